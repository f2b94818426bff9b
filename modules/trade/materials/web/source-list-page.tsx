import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SourceTable } from './source-table.tsx'

/** As the buyer: who supplies what at which price. */
export function Component() {
  const t = useWords('materials')
  const canManage = useCan('materials.manageSources')
  return (
    <Page
      title={t('menu.sources')}
      subtitle={t('sources.subtitle')}
      actions={
        canManage && (
          <Link to="/materials/import-prices">
            <Button icon={<UploadOutlined aria-hidden />}>{t('importPrices.open')}</Button>
          </Link>
        )
      }
    >
      <SourceTable side="buyer" />
    </Page>
  )
}
