import { useQuery } from '@tanstack/react-query'
import { call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { formatDateTime, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import { MaterialKind, type MaterialSummary, materialsApi } from '../contract.ts'
import { categoryOptions, materialQueries } from './queries.ts'

export function Component() {
  const t = useWords('materials')
  return (
    <Page title={t('name')} subtitle={t('subtitle')}>
      <DataTable<MaterialSummary>
        name="materials"
        label={t('name')}
        queryKey={['materials', 'list']}
        rowKey={(row) => row.id}
        defaultSort="code"
        pageQuery={(query, signal) => call(materialsApi.list, { query: query as never, signal })}
        columns={useColumns()}
        filters={useFilters()}
        searchHint={t('search')}
        empty={{ text: t('empty') }}
      />
    </Page>
  )
}

function useFilters(): Filter[] {
  const t = useWords('materials')
  const locale = useLocale()
  const { data } = useQuery(materialQueries.categories)
  return [
    {
      key: 'categoryId',
      label: t('category'),
      options: categoryOptions(data?.categories ?? [], (one) => nameIn(locale, one.name, one.nameEn)),
    },
    { key: 'kind', label: t('kind'), options: MaterialKind.options.map((value) => ({ value, label: t(`kinds.${value}`) })) },
    { key: 'state', label: t('state'), options: ['retired', 'all'].map((value) => ({ value, label: t(`states.${value}`) })) },
  ]
}

function useColumns(): Column<MaterialSummary>[] {
  const t = useWords('materials')
  const locale = useLocale()
  const english = locale === 'en-US'
  const name = (m: MaterialSummary) => nameIn(locale, m.name, m.nameEn)
  const category = (m: MaterialSummary) => nameIn(locale, m.categoryName, m.categoryNameEn)
  const state = (m: MaterialSummary) => t(`states.${m.retired ? 'retired' : 'inUse'}`)
  return [
    { key: 'code', title: t('code'), sort: 'code', width: 160, render: (m) => m.code, text: (m) => m.code },
    { key: 'name', title: t('materialName'), sort: 'name', primary: true, render: name, text: name },
    { key: 'specification', title: t('specification'), render: (m) => formatText(m.specification), text: (m) => m.specification },
    { key: 'category', title: t('category'), render: category, text: category },
    { key: 'kind', title: t('kind'), render: (m) => t(`kinds.${m.kind}`), text: (m) => t(`kinds.${m.kind}`) },
    {
      key: 'baseUnit',
      title: t('baseUnit'),
      width: 80,
      render: (m) => unitName(m.baseUnit, english),
      text: (m) => unitName(m.baseUnit, english),
    },
    {
      key: 'control',
      title: t('control'),
      hidden: true,
      render: (m) => t(`controls.${m.control}`),
      text: (m) => t(`controls.${m.control}`),
    },
    {
      key: 'state',
      title: t('state'),
      width: 100,
      render: (m) => <StatusTag tone={m.retired ? 'neutral' : 'good'}>{state(m)}</StatusTag>,
      text: state,
    },
    {
      key: 'createdAt',
      title: t('createdAt'),
      sort: 'createdAt',
      hidden: true,
      render: (m) => formatDateTime(m.createdAt),
      text: (m) => formatDateTime(m.createdAt),
    },
  ]
}
