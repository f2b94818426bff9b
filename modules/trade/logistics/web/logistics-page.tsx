import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { logisticsApi, type Shipment } from '../contract.ts'

export function Component() {
  const t = useWords('logistics')
  return (
    <Page title={t('name')}>
      <DataTable<Shipment>
        name="logistics"
        label={t('name')}
        queryKey={['logistics']}
        rowKey={(row) => row.id}
        defaultSort="name"
        pageQuery={(query, signal) => call(logisticsApi.list, { query: query as never, signal })}
        columns={[{ key: 'name', title: t('field.name'), sort: 'name', render: (row) => row.name }]}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}
