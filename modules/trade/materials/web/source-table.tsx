import { call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { type Side, type Source, SourceState, supplyApi } from '../supply-contract.ts'
import { sourceTones } from './queries.ts'

export function SourceTable({ side }: { side: Side }) {
  const t = useWords('materials')
  const states = SourceState.options.filter((state) => side === 'buyer' || state !== 'proposed')
  const filters: Filter[] = [
    { key: 'state', label: t('state'), options: states.map((value) => ({ value, label: t(`sources.states.${value}`) })) },
  ]
  return (
    <DataTable<Source>
      name={`material-sources-${side}`}
      label={t(side === 'buyer' ? 'menu.sources' : 'menu.supplied')}
      queryKey={['materials', 'sources', side]}
      rowKey={(row) => row.id}
      defaultSort="code"
      pageQuery={(query, signal) => call(supplyApi.sources, { query: { ...query, side } as never, signal })}
      columns={useColumns(side)}
      filters={filters}
      searchHint={t(side === 'buyer' ? 'sources.search' : 'supplied.search')}
      rowHref={(row) => `/materials/sources/${row.id}`}
      empty={{ text: t(side === 'buyer' ? 'sources.empty' : 'supplied.empty') }}
    />
  )
}

function useColumns(side: Side): Column<Source>[] {
  const t = useWords('materials')
  const locale = useLocale()
  const english = locale === 'en-US'
  const bought = side === 'buyer'
  const name = (s: Source) => nameIn(locale, s.materialName, s.materialNameEn)
  const partner = (s: Source) => nameIn(locale, s.partnerName, s.partnerNameEn)
  const price = (s: Source) => s.price && `${formatPrice(s.price.currency, s.price.netPrice)} / ${unitName(s.price.unit, english)}`
  const gross = (s: Source) => s.price && formatPrice(s.price.currency, s.price.grossPrice)
  const minimum = (s: Source) => s.minimum && `${formatQuantity(s.minimum)} ${unitName(s.baseUnit, english)}`
  const state = (s: Source) => t(`sources.states.${s.state}`)
  return [
    { key: 'name', title: t('materialName'), primary: true, render: name, text: name },
    {
      key: 'code',
      title: t(bought ? 'code' : 'supplied.customerCode'),
      sort: 'code',
      width: 150,
      render: (s) => s.materialCode,
      text: (s) => s.materialCode,
    },
    { key: 'specification', title: t('specification'), render: (s) => formatText(s.specification), text: (s) => s.specification },
    { key: 'partner', title: t(bought ? 'sources.supplier' : 'supplied.customer'), sort: 'partner', render: partner, text: partner },
    {
      key: 'supplierCode',
      title: t(bought ? 'sources.supplierCode' : 'supplied.ownCode'),
      render: (s) => formatText(s.supplierCode),
      text: (s) => s.supplierCode,
    },
    { key: 'price', title: t('prices.net'), align: 'right', render: (s) => formatText(price(s)), text: price },
    { key: 'gross', title: t('prices.gross'), align: 'right', hidden: true, render: (s) => formatText(gross(s)), text: gross },
    {
      key: 'tax',
      title: t('prices.taxRate'),
      align: 'right',
      width: 90,
      render: (s) => formatText(s.price && writePercent(s.price.taxRate)),
      text: (s) => s.price && writePercent(s.price.taxRate),
    },
    {
      key: 'leadTime',
      title: t('sources.leadTime'),
      align: 'right',
      width: 100,
      render: (s) => (s.leadTimeDays === null ? '—' : t('nDays', { n: s.leadTimeDays })),
      text: (s) => s.leadTimeDays,
    },
    { key: 'minimum', title: t('sources.minimum'), align: 'right', hidden: true, render: (s) => formatText(minimum(s)), text: minimum },
    {
      key: 'state',
      title: t('state'),
      width: 110,
      render: (s) => <StatusTag tone={sourceTones[s.state]}>{state(s)}</StatusTag>,
      text: state,
    },
  ]
}
