import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { connectionImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('gateways')
  const client = useQueryClient()
  return (
    <Page
      title={t('importConnections')}
      subtitle={t('importConnectionsSubtitle')}
      breadcrumbs={[{ label: t('menu.gateways'), path: '/gateways' }]}
    >
      <ImportWizard
        endpoints={connectionImport}
        listPath="/gateways"
        onWritten={() => void Promise.all([['gateways'], ['devices']].map((queryKey) => client.invalidateQueries({ queryKey })))}
      />
    </Page>
  )
}
