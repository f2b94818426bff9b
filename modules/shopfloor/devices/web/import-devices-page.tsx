import { useQueryClient } from '@tanstack/react-query'
import { Alert, App } from 'antd'
import { useState } from 'react'
import { download } from '#ui/api.ts'
import { DownloadButton } from '#ui/download-button.tsx'
import { formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { ImportState } from '#values/import.ts'
import { deviceImport, deviceImportApi } from '../import-contract.ts'

export function Component() {
  const t = useWords('devices')
  const client = useQueryClient()
  return (
    <Page title={t('import.title')} subtitle={t('import.subtitle')} breadcrumbs={[{ label: t('menu.devices'), path: '/devices' }]}>
      <ImportWizard
        endpoints={deviceImport}
        listPath="/devices?sort=-createdAt"
        onWritten={() => void client.invalidateQueries({ queryKey: ['devices'] })}
        result={(state) => <Secrets key={state.id} state={state} />}
      />
    </Page>
  )
}

/** Credentials that the file asked for: made and given in one download, once. */
function Secrets({ state }: { state: ImportState }) {
  const t = useWords('devices')
  const client = useQueryClient()
  const { modal } = App.useApp()
  const canCredential = useCan('devices.manageCredentials')
  const [given, setGiven] = useState(false)
  if (given) return <Alert type="success" showIcon title={t('import.secretsDone')} />
  if (state.toHandOut === 0) return null
  const n = formatNumber(state.toHandOut)
  const give = async () => {
    const sure = await modal.confirm({
      title: t('import.secretsConfirm', { n }),
      content: t('import.secretsConfirmText'),
      okText: t('import.secretsDownload'),
    })
    if (!sure) return
    await download(deviceImportApi.secrets, { params: { id: state.id } })
    setGiven(true)
    await client.invalidateQueries({ queryKey: ['import'] })
  }
  return (
    <Alert
      type="warning"
      showIcon
      title={t('import.secretsTitle', { n })}
      description={
        <>
          <p>{canCredential ? t('import.secretsText') : t('import.secretsNeedRight')}</p>
          {canCredential && <DownloadButton primary text={t('import.secretsDownload')} fetchFile={give} />}
        </>
      }
    />
  )
}
