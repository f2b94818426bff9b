import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { formatDate, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { type StockRow, stockApi } from '../stock-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'

/** What lies where: by place, owner, lot and serial number. */
export function Component() {
  const t = useWords('inventory')
  const warehouses = useQuery(inventoryQueries.warehouses)
  const filters: Filter[] = [
    {
      key: 'locationId',
      label: t('location.warehouse'),
      options: (warehouses.data?.items ?? []).map((w) => ({ value: w.id, label: `${w.code} ${w.name}` })),
    },
    { key: 'owner', label: t('owner'), options: ['own', 'consigned'].map((value) => ({ value, label: t(`owners.${value}`) })) },
    { key: 'expiry', label: t('expires'), options: ['expired', 'soon'].map((value) => ({ value, label: t(`expiry.${value}`) })) },
  ]
  return (
    <Page title={t('stock.title')} subtitle={t('stock.subtitle')} breadcrumbs={[{ label: t('menu.stock'), path: '/inventory' }]}>
      <DataTable<StockRow>
        name="inventory-stock"
        label={t('stock.title')}
        queryKey={['inventory', 'stock']}
        rowKey={(row) => row.id}
        defaultSort="code"
        searchHint={t('stock.search')}
        filters={filters}
        pageQuery={(query, signal) => call(stockApi.stock, { query: query as never, signal })}
        wholeHref={({ search, sort, filters }) =>
          apiUrl(stockApi.exportStock, { query: { ...filters, sort, ...(search && { search }) } as never })
        }
        columns={useStockColumns()}
        rowHref={(row) => `/inventory/items/${row.materialId}`}
        empty={{ text: t('stock.empty') }}
      />
    </Page>
  )
}

export function useStockColumns(): Column<StockRow>[] {
  const t = useWords('inventory')
  const locale = useLocale()
  const whereOf = (row: StockRow) => (row.warehouse ? `${row.warehouse.name} / ${placeName(row.location, t)}` : placeName(row.location, t))
  const ownerOf = (row: StockRow) => row.owner?.name ?? t('owners.own')
  return [
    { key: 'name', title: t('material'), primary: true, render: (row) => row.name, text: (row) => row.name },
    { key: 'code', title: t('code'), sort: 'code', render: (row) => row.code, text: (row) => row.code },
    { key: 'where', title: t('place'), render: whereOf, text: whereOf },
    {
      key: 'quantity',
      title: t('quantity'),
      align: 'right',
      render: (row) => quantityText(row.quantity, row.unit, locale),
      text: (row) => Number(row.quantity),
    },
    { key: 'lot', title: t('lot'), render: (row) => formatText(row.lot), text: (row) => row.lot },
    { key: 'serial', title: t('serial'), hidden: true, render: (row) => formatText(row.serial), text: (row) => row.serial },
    {
      key: 'expires',
      title: t('expires'),
      sort: 'expires',
      render: (row) => (
        <>
          {formatDate(row.expires)}{' '}
          {row.expiry && <StatusTag tone={row.expiry === 'expired' ? 'bad' : 'warning'}>{t(`expiry.${row.expiry}`)}</StatusTag>}
        </>
      ),
      text: (row) => row.expires,
    },
    { key: 'owner', title: t('owner'), render: ownerOf, text: ownerOf },
    { key: 'since', title: t('since'), sort: 'since', render: (row) => formatDate(row.since), text: (row) => row.since },
  ]
}
