import { useQuery } from '@tanstack/react-query'
import { DatePicker, Select, Space } from 'antd'
import dayjs from 'dayjs'
import { Link, useParams, useSearchParams } from 'react-router'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDate, formatDateTime, formatMoney, formatText } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { type CardEntry, type StockItem, type StockRow, stockApi } from '../stock-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'
import { useStockColumns } from './stock-page.tsx'
import './inventory.css'

const DAYS_SHOWN = 90

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(inventoryQueries.item(id))
  return <Loaded query={query}>{(item) => <Item item={item} />}</Loaded>
}

function Item({ item }: { item: StockItem }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const amount = (text: string) => quantityText(text, item.unit, locale)
  return (
    <Page
      title={item.name}
      subtitle={[item.code, item.specification].filter(Boolean).join(' · ')}
      breadcrumbs={[{ label: t('menu.stock'), path: '/inventory' }]}
    >
      <Section>
        <DetailGrid
          columns={4}
          items={[
            { label: t('items.onHand'), value: amount(item.onHand) },
            { label: t('items.reserved'), value: <ReservedLink item={item} text={amount(item.reserved)} /> },
            { label: t('items.available'), value: amount(item.available) },
            { label: t('items.consigned'), value: amount(item.consigned) },
            item.value && { label: t('value'), value: formatMoney(item.value) },
            { label: t('items.lastIn'), value: formatDate(item.lastIn) },
            { label: t('items.lastOut'), value: formatDate(item.lastOut) },
            { label: t('items.control'), value: t(`control.${item.control}`) },
          ]}
        />
      </Section>
      <Section title={t('stock.title')} flush>
        <Places id={item.materialId} />
      </Section>
      <Card item={item} />
    </Page>
  )
}

/** Who has reserved it. */
const ReservedLink = ({ item, text }: { item: StockItem; text: string }) =>
  item.reserved === '0' ? text : <Link to={`/inventory/reservations?materialId=${item.materialId}`}>{text}</Link>

function Places({ id }: { id: MaterialId }) {
  const t = useWords('inventory')
  const columns = useStockColumns().filter((column) => column.key !== 'name' && column.key !== 'code')
  return (
    <DataTable<StockRow>
      name="inventory-item-stock"
      prefix="s"
      label={t('stock.title')}
      queryKey={['inventory', 'stock', id]}
      rowKey={(row) => row.id}
      defaultSort="code"
      searchable={false}
      pageQuery={(query, signal) => call(stockApi.stock, { query: { ...query, materialId: id } as never, signal })}
      columns={columns.map((column) => (column.key === 'where' ? { ...column, primary: true } : column))}
      empty={{ text: t('stock.noneOfIt') }}
    />
  )
}

const day = (ms: number) => formatDate(ms)
const DAY_MS = 86_400_000

/** 台账: the moves of a period, the newest first, with the balance after each. */
function Card({ item }: { item: StockItem }) {
  const t = useWords('inventory')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const from = params.get('from') ?? day(nowMs() - DAYS_SHOWN * DAY_MS)
  const until = params.get('until') ?? day(nowMs())
  const locationId = params.get('at') ?? undefined
  const warehouses = useQuery(inventoryQueries.warehouses)
  const change = (part: Record<string, string | undefined>) =>
    setParams((before) => {
      for (const [name, value] of Object.entries(part)) value ? before.set(name, value) : before.delete(name)
      return before
    })
  const period = { from, until, ...(locationId ? { locationId: locationId as never } : {}) }
  const sums = useQuery({
    queryKey: ['inventory', 'card', item.materialId, 'sums', period],
    queryFn: ({ signal }) => call(stockApi.card, { params: { id: item.materialId }, query: { ...period, limit: 1 }, signal }),
  })
  return (
    <Section
      title={t('card.title')}
      extra={
        <Space wrap>
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(from), dayjs(until)]}
            onChange={(range) =>
              range?.[0] && range[1] && change({ from: range[0].format('YYYY-MM-DD'), until: range[1].format('YYYY-MM-DD') })
            }
          />
          <Select
            aria-label={t('location.warehouse')}
            allowClear
            placeholder={t('card.everywhere')}
            style={{ minWidth: 140 }}
            value={locationId ?? null}
            options={(warehouses.data?.items ?? []).map((w) => ({ value: w.id as string, label: w.name }))}
            onChange={(value) => change({ at: value ?? undefined })}
          />
        </Space>
      }
      flush
    >
      {sums.data?.sums && (
        <p className="iv-sums">
          {sums.data.sums.opening !== null && (
            <>
              {t('card.opening')} <strong>{quantityText(sums.data.sums.opening, item.unit, locale)}</strong> ·{' '}
            </>
          )}
          {t('card.closing')} <strong>{quantityText(sums.data.sums.closing, item.unit, locale)}</strong>
          {sums.data.sums.opening === null && <span className="ls-quiet"> {t('card.openingHidden')}</span>}
        </p>
      )}
      <DataTable<CardEntry>
        name="inventory-card"
        prefix="c"
        label={t('card.title')}
        queryKey={['inventory', 'card', item.materialId, period]}
        rowKey={(row) => row.moveId}
        searchable={false}
        pageQuery={async ({ cursor, limit }, signal) => {
          const page = await call(stockApi.card, {
            params: { id: item.materialId },
            query: { ...period, ...(cursor ? { after: String(cursor) } : {}), limit: Number(limit) },
            signal,
          })
          const { total, totalCapped } = page.sums ?? { total: 0, totalCapped: false }
          return { items: page.items, nextCursor: page.next, total, totalCapped }
        }}
        columns={useCardColumns(item.unit)}
        empty={{ text: t('card.empty') }}
      />
    </Section>
  )
}

/** One's own papers have a page; those of other modules are named. */
const pages: Record<string, string> = { 'inventory.document': '/inventory/documents', 'inventory.stocktake': '/inventory/stocktakes' }

function DocumentLink({ row: { document }, children }: { row: CardEntry; children: string }) {
  const page = pages[document.entity]
  return page && document.number !== null ? <Link to={`${page}/${document.id}`}>{children}</Link> : children
}

function useCardColumns(unit: string): Column<CardEntry>[] {
  const t = useWords('inventory')
  const locale = useLocale()
  const amount = (key: 'in' | 'out' | 'balance'): Column<CardEntry> => ({
    key,
    title: t(`card.${key}`),
    align: 'right',
    render: (row) => quantityText(row[key], key === 'balance' ? unit : null, locale),
    text: (row) => (row[key] === null ? null : Number(row[key])),
  })
  const documentOf = (row: CardEntry) =>
    row.document.number ?? (row.reason || t(`card.sources.${row.document.entity.replace('.', '_')}`, { defaultValue: '' }))
  const wayOf = (row: CardEntry) => `${placeName(row.from, t)} → ${placeName(row.to, t)}`
  return [
    { key: 'day', title: t('card.day'), primary: true, render: (row) => formatDate(row.day), text: (row) => row.day },
    { key: 'way', title: t('card.way'), render: wayOf, text: wayOf },
    amount('in'),
    amount('out'),
    amount('balance'),
    { key: 'value', title: t('card.cost'), align: 'right', render: (row) => formatMoney(row.value), text: (row) => row.value?.amount },
    { key: 'lot', title: t('lot'), render: (row) => formatText(row.lot || row.serial), text: (row) => row.lot || row.serial },
    {
      key: 'document',
      title: t('card.document'),
      render: (row) => <DocumentLink row={row}>{formatText(documentOf(row))}</DocumentLink>,
      text: documentOf,
    },
    {
      key: 'owner',
      title: t('owner'),
      hidden: true,
      render: (row) => row.owner?.name ?? t('owners.own'),
      text: (row) => row.owner?.name ?? t('owners.own'),
    },
    { key: 'reason', title: t('reason'), hidden: true, render: (row) => formatText(row.reason), text: (row) => row.reason },
    { key: 'by', title: t('card.by'), hidden: true, render: (row) => formatText(row.by), text: (row) => row.by },
    {
      key: 'postedAt',
      title: t('card.postedAt'),
      hidden: true,
      render: (row) => formatDateTime(row.postedAt),
      text: (row) => formatDateTime(row.postedAt),
    },
  ]
}
