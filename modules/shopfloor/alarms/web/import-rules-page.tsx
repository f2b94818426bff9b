import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '#ui/i18n.ts'
import { ImportWizard } from '#ui/import-wizard.tsx'
import { Page } from '#ui/page.tsx'
import { ruleImport } from '../import-contract.ts'

export function Component() {
  const t = useWords('alarms')
  const client = useQueryClient()
  return (
    <Page title={t('rule.importTitle')} subtitle={t('rule.importHint')} breadcrumbs={[{ label: t('tabs.rules'), path: '/alarms/rules' }]}>
      <ImportWizard
        endpoints={ruleImport}
        listPath="/alarms/rules"
        onWritten={() => void client.invalidateQueries({ queryKey: ['alarms'] })}
      />
    </Page>
  )
}
