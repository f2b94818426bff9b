import { useQueryClient } from '@tanstack/react-query'
import { download } from '#ui/api.ts'
import { DownloadButton } from '#ui/download-button.tsx'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { materialExport, materialImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('materials')
  const client = useQueryClient()
  return (
    <Page
      title={t('import.title')}
      subtitle={t('import.subtitle')}
      breadcrumbs={[{ label: t('name'), path: '/materials' }]}
      actions={<DownloadButton text={t('import.export')} fetchFile={() => download(materialExport.export, {})} />}
    >
      <ImportWizard
        endpoints={materialImport}
        listPath="/materials?sort=-createdAt"
        onWritten={() => void client.invalidateQueries({ queryKey: ['materials'] })}
      />
    </Page>
  )
}
