import { Button } from 'antd'
import { Link } from 'react-router'
import { apiUrl, call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { ledgerApi, type VoucherHead, VoucherKind } from '../ledger-contract.ts'
import { Amount, voucherWord } from './money-text.tsx'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const add = useCan('finance.manage') && (
    <Link to="/finance/vouchers/new">
      <Button type="primary">{t('byHand.add')}</Button>
    </Link>
  )
  return (
    <Page title={t('vouchers.title')} subtitle={t('vouchers.subtitle')} actions={add}>
      <DataTable<VoucherHead>
        name="finance-vouchers"
        label={t('vouchers.title')}
        queryKey={['finance', 'vouchers']}
        rowKey={(row) => row.id}
        rowHref={(row) => `/finance/vouchers/${row.id}`}
        defaultSort="-number"
        searchHint={t('vouchers.searchHint')}
        pageQuery={(query, signal) => call(ledgerApi.vouchers, { query: query as never, signal })}
        wholeHref={({ search, sort, filters }) =>
          apiUrl(ledgerApi.exportVouchers, { query: { ...filters, sort, ...(search && { search }) } as never })
        }
        filters={[
          {
            key: 'kind',
            label: t('vouchers.kind'),
            options: VoucherKind.options.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) })),
          },
        ]}
        columns={[
          {
            key: 'word',
            title: t('vouchers.word'),
            width: 90,
            render: (row) => voucherWord(row.number),
            text: (row) => voucherWord(row.number),
          },
          { key: 'day', title: t('vouchers.day'), sort: 'day', width: 120, render: (row) => formatDate(row.day) },
          { key: 'summary', title: t('vouchers.summary'), primary: true, render: (row) => row.summary },
          {
            key: 'kind',
            title: t('vouchers.kind'),
            width: 170,
            text: (row) => t(`kinds.${row.kind}`),
            render: (row) => (
              <>
                {t(`kinds.${row.kind}`)} {row.reversed && <StatusTag tone="warning">{t('vouchers.reversed')}</StatusTag>}
              </>
            ),
          },
          {
            key: 'total',
            title: t('vouchers.total'),
            align: 'right',
            width: 150,
            text: (row) => row.total.amount,
            render: (row) => <Amount money={row.total} sign />,
          },
          { key: 'number', title: t('vouchers.number'), sort: 'number', width: 170, render: (row) => row.number },
          { key: 'source', title: t('vouchers.source'), hidden: true, render: (row) => row.sourceNumber ?? '—' },
          { key: 'postedBy', title: t('vouchers.postedBy'), hidden: true, render: (row) => row.postedBy ?? '—' },
        ]}
        empty={{ text: t('vouchers.empty') }}
      />
    </Page>
  )
}
