import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { SourceTable } from './source-table.tsx'

/** As the supplier: what each customer lists one for. */
export function Component() {
  const t = useWords('materials')
  return (
    <Page title={t('menu.supplied')} subtitle={t('supplied.subtitle')}>
      <SourceTable side="supplier" />
    </Page>
  )
}
