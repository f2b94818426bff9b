import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { financeApi, type Voucher } from '../contract.ts'

export function Component() {
  const t = useWords('finance')
  return (
    <Page title={t('name')}>
      <DataTable<Voucher>
        name="finance"
        label={t('name')}
        queryKey={['finance']}
        rowKey={(row) => row.id}
        defaultSort="name"
        pageQuery={(query, signal) => call(financeApi.list, { query: query as never, signal })}
        columns={[{ key: 'name', title: t('field.name'), sort: 'name', render: (row) => row.name }]}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}
