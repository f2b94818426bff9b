import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { apiUrl, call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { formatDate, formatMoney, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type StockItem, stockApi } from '../stock-contract.ts'
import { quantityText } from './queries.ts'

/** Stock by material. */
export function Component() {
  const t = useWords('inventory')
  const canMove = useCan('inventory.move')
  const canAccount = useCan('inventory.account')
  const filters: Filter[] = [
    {
      key: 'idleDays',
      label: t('items.idle'),
      options: ['30', '90', '180', '365'].map((n) => ({ value: n, label: t('items.idleFor', { n }) })),
    },
    { key: 'present', label: t('items.present'), options: [{ value: 'false', label: t('items.all') }] },
  ]
  const opening = canAccount && (
    <Link to="/inventory/opening">
      <Button icon={<UploadOutlined aria-hidden />}>{t('opening.open')}</Button>
    </Link>
  )
  return (
    <Page
      title={t('menu.stock')}
      subtitle={t('items.subtitle')}
      actions={
        <>
          <Link to="/inventory/stock">
            <Button>{t('stock.open')}</Button>
          </Link>
          {opening}
          {canMove && (
            <Link to="/inventory/move">
              <Button type="primary">{t('move.open')}</Button>
            </Link>
          )}
        </>
      }
    >
      <DataTable<StockItem>
        name="inventory-items"
        label={t('menu.stock')}
        queryKey={['inventory', 'items']}
        rowKey={(row) => row.materialId}
        defaultSort="code"
        searchHint={t('items.search')}
        filters={filters}
        pageQuery={(query, signal) => call(stockApi.items, { query: query as never, signal })}
        wholeHref={({ search, sort, filters }) =>
          apiUrl(stockApi.exportItems, { query: { ...filters, sort, ...(search && { search }) } as never })
        }
        columns={useColumns()}
        rowHref={(row) => `/inventory/items/${row.materialId}`}
        empty={{ text: t('items.empty'), action: opening }}
      />
    </Page>
  )
}

function useColumns(): Column<StockItem>[] {
  const t = useWords('inventory')
  const locale = useLocale()
  const seesValue = useCan('inventory.readValue')
  const amount = (key: 'onHand' | 'reserved' | 'available' | 'consigned', hidden = false): Column<StockItem> => ({
    key,
    title: t(`items.${key}`),
    align: 'right',
    hidden,
    render: (row) => quantityText(row[key], row.unit, locale),
    text: (row) => Number(row[key]),
  })
  return [
    { key: 'name', title: t('material'), sort: 'name', primary: true, render: (row) => row.name, text: (row) => row.name },
    { key: 'code', title: t('code'), sort: 'code', render: (row) => row.code, text: (row) => row.code },
    { key: 'specification', title: t('specification'), render: (row) => formatText(row.specification), text: (row) => row.specification },
    amount('onHand'),
    amount('reserved'),
    amount('available'),
    amount('consigned'),
    ...(seesValue
      ? [
          {
            key: 'value',
            title: t('value'),
            align: 'right' as const,
            render: (row: StockItem) => formatMoney(row.value),
            text: (row: StockItem) => Number(row.value?.amount ?? 0),
          },
        ]
      : []),
    { key: 'lastOut', title: t('items.lastOut'), sort: 'lastOut', render: (row) => formatDate(row.lastOut), text: (row) => row.lastOut },
    {
      key: 'idleDays',
      title: t('items.idleDays'),
      align: 'right',
      hidden: true,
      render: (row) => (row.idleDays === null ? formatText('') : t('days', { n: row.idleDays })),
      text: (row) => row.idleDays,
    },
  ]
}
