import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { locationImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('inventory')
  const client = useQueryClient()
  const path = '/inventory/locations'
  return (
    <Page title={t('locationImport.title')} subtitle={t('locationImport.subtitle')} breadcrumbs={[{ label: t('menu.locations'), path }]}>
      <ImportWizard
        endpoints={locationImport}
        listPath={path}
        onWritten={() => void client.invalidateQueries({ queryKey: ['inventory'] })}
      />
    </Page>
  )
}
