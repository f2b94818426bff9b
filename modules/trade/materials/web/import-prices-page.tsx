import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { priceImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('materials')
  const client = useQueryClient()
  return (
    <Page
      title={t('importPrices.title')}
      subtitle={t('importPrices.subtitle')}
      breadcrumbs={[{ label: t('menu.sources'), path: '/materials/sources' }]}
    >
      <ImportWizard
        endpoints={priceImport}
        listPath="/materials/sources"
        onWritten={() => void client.invalidateQueries({ queryKey: ['materials'] })}
      />
    </Page>
  )
}
