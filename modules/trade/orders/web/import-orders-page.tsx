import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { orderImport } from '../import-contract.ts'

/** Drafts from a spreadsheet of many orders. */
export function Component() {
  const t = useWords('orders')
  const client = useQueryClient()
  return (
    <Page title={t('import.ordersTitle')} subtitle={t('import.ordersSubtitle')} breadcrumbs={[{ label: t('name'), path: '/orders' }]}>
      <ImportWizard
        endpoints={orderImport}
        listPath="/orders?side=buyer&tab=all&sort=-createdAt"
        onWritten={() => void client.invalidateQueries({ queryKey: ['orders'] })}
      />
    </Page>
  )
}
