import { Button, Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatDateTime, formatQuantity } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import { InspectionResult, type InspectionSummary, qualityApi } from '../contract.ts'
import { ResultTag } from './quality-words.tsx'

type State = 'waiting' | 'decided'

/** 待检, and what was decided. */
export function Component() {
  const t = useWords('quality')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const state: State = params.get('state') === 'decided' ? 'decided' : 'waiting'
  return (
    <Page
      title={t('menu.quality')}
      subtitle={t(`hints.${state}`)}
      actions={
        <Link to="/quality/defects">
          <Button>{t('defects')}</Button>
        </Link>
      }
    >
      <Segmented<State>
        aria-label={t('stateLabel')}
        value={state}
        onChange={(value) => setParams({ state: value })}
        options={(['waiting', 'decided'] as const).map((value) => ({ value, label: t(`states.${value}`) }))}
        style={{ marginBottom: 12 }}
      />
      <DataTable<InspectionSummary>
        key={state}
        name={`quality-${state}`}
        label={t('menu.quality')}
        columns={columnsOf(t, locale, state)}
        rowKey={(row) => row.id}
        queryKey={['quality', 'inspections', state]}
        pageQuery={(query, signal) => call(qualityApi.inspections, { query: { ...query, state } as never, signal })}
        defaultSort={state === 'waiting' ? 'receivedAt' : '-receivedAt'}
        searchHint={t('searchHint')}
        filters={
          state === 'waiting'
            ? []
            : [
                {
                  key: 'result',
                  label: t('resultLabel'),
                  options: InspectionResult.options.map((value) => ({ value, label: t(`results.${value}`) })),
                },
              ]
        }
        rowHref={(row) => `/quality/${row.id}`}
        empty={{ text: t(`empty.${state}`) }}
      />
    </Page>
  )
}

function columnsOf(t: Words, locale: PageLocale, state: State): Column<InspectionSummary>[] {
  const english = locale === 'en-US'
  const quantity = (key: 'quantity' | 'accepted' | 'rejected'): Column<InspectionSummary> => ({
    key,
    title: t(key),
    align: 'right',
    render: (row) => formatQuantity(row[key], unitName(row.unit, english)),
    text: (row) => row[key],
  })
  const supplier = (row: InspectionSummary) => nameIn(locale, row.supplier.name, row.supplier.nameEn)
  const material = (row: InspectionSummary) => `${row.materialCode} ${row.materialName}`
  const lot = (row: InspectionSummary) => row.lot ?? row.serial
  return [
    { key: 'number', title: t('number'), sort: 'number', primary: true, render: (row) => row.number, text: (row) => row.number },
    { key: 'material', title: t('material'), sort: 'material', render: material, text: material },
    { key: 'supplier', title: t('supplier'), sort: 'supplier', render: supplier, text: supplier },
    { key: 'lot', title: t('lot'), render: (row) => lot(row) ?? EMPTY, text: lot },
    quantity('quantity'),
    ...(state === 'decided'
      ? [
          {
            key: 'result',
            title: t('resultLabel'),
            render: (row: InspectionSummary) => <ResultTag result={row.result} />,
            text: (row: InspectionSummary) => t(`results.${row.result ?? 'waiting'}`),
          },
          quantity('accepted'),
          quantity('rejected'),
          {
            key: 'inspector',
            title: t('inspector'),
            render: (row: InspectionSummary) => row.inspector ?? EMPTY,
            text: (row: InspectionSummary) => row.inspector,
          },
        ]
      : []),
    { key: 'receipt', title: t('receipt'), render: (row) => row.receiptNumber, text: (row) => row.receiptNumber },
    { key: 'order', title: t('order'), hidden: true, render: (row) => row.orderNumber, text: (row) => row.orderNumber },
    {
      key: 'receivedAt',
      title: t('receivedAt'),
      sort: 'receivedAt',
      render: (row) => formatDateTime(row.receivedAt),
      text: (row) => formatDateTime(row.receivedAt),
    },
  ]
}
