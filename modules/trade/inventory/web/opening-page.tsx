import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { openingImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('inventory')
  const client = useQueryClient()
  return (
    <Page title={t('opening.title')} subtitle={t('opening.subtitle')} breadcrumbs={[{ label: t('menu.stock'), path: '/inventory' }]}>
      <ImportWizard
        endpoints={openingImport}
        listPath="/inventory"
        onWritten={() => void client.invalidateQueries({ queryKey: ['inventory'] })}
      />
    </Page>
  )
}
