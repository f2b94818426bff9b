import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { type Order, ordersApi } from '../contract.ts'

export function Component() {
  const t = useWords('orders')
  return (
    <Page title={t('name')}>
      <DataTable<Order>
        name="orders"
        label={t('name')}
        queryKey={['orders']}
        rowKey={(row) => row.id}
        defaultSort="name"
        pageQuery={(query, signal) => call(ordersApi.list, { query: query as never, signal })}
        columns={[{ key: 'name', title: t('field.name'), sort: 'name', render: (row) => row.name }]}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}
