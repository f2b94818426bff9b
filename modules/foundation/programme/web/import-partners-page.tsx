import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { partnerImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('programme')
  const client = useQueryClient()
  return (
    <Page title={t('import.title')} subtitle={t('import.subtitle')} breadcrumbs={[{ label: t('name'), path: '/programme' }]}>
      <ImportWizard
        endpoints={partnerImport}
        listPath="/programme?state=invited"
        onWritten={() => void client.invalidateQueries({ queryKey: ['programme'] })}
      />
    </Page>
  )
}
