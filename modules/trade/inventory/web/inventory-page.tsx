import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { inventoryApi, type Location } from '../contract.ts'

export function Component() {
  const t = useWords('inventory')
  return (
    <Page title={t('name')}>
      <DataTable<Location>
        name="inventory"
        label={t('name')}
        queryKey={['inventory']}
        rowKey={(row) => row.id}
        defaultSort="name"
        pageQuery={(query, signal) => call(inventoryApi.list, { query: query as never, signal })}
        columns={[{ key: 'name', title: t('field.name'), sort: 'name', render: (row) => row.name }]}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}
