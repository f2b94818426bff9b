import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { apiUrl, call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { formatDateTime, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import { MaterialKind, type MaterialSummary, materialsApi } from '../contract.ts'
import { NewMaterialDrawer } from './material-form.tsx'
import { categoryTree, materialQueries } from './queries.ts'

export function Component() {
  const t = useWords('materials')
  const canManage = useCan('materials.manage')
  const [adding, setAdding] = useState(false)
  const actions = canManage && (
    <>
      <Link to="/materials/import">
        <Button icon={<UploadOutlined aria-hidden />}>{t('import.open')}</Button>
      </Link>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
        {t('add')}
      </Button>
    </>
  )
  return (
    <Page
      title={t('name')}
      subtitle={t('subtitle')}
      actions={
        <>
          <Link to="/materials/categories">
            <Button>{t('categories.title')}</Button>
          </Link>
          {actions}
        </>
      }
    >
      <DataTable<MaterialSummary>
        name="materials"
        label={t('name')}
        queryKey={['materials', 'list']}
        rowKey={(row) => row.id}
        defaultSort="code"
        pageQuery={(query, signal) => call(materialsApi.list, { query: query as never, signal })}
        wholeHref={({ search, sort, filters }) =>
          apiUrl(materialsApi.exportList, { query: { ...filters, sort, ...(search && { search }) } as never })
        }
        columns={useColumns()}
        filters={useFilters()}
        searchHint={t('search')}
        rowHref={(row) => `/materials/${row.id}`}
        empty={{ text: t('empty'), action: actions }}
      />
      <NewMaterialDrawer open={adding} onClose={() => setAdding(false)} />
    </Page>
  )
}

function useFilters(): Filter[] {
  const t = useWords('materials')
  const locale = useLocale()
  const { data } = useQuery(materialQueries.categories)
  return [
    { key: 'categoryId', label: t('category'), options: categoryTree(data?.categories ?? [], locale) },
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
  const unit = (m: MaterialSummary) => unitName(m.baseUnit, english)
  const created = (m: MaterialSummary) => formatDateTime(m.createdAt)
  const control = (m: MaterialSummary) => t(`controls.${m.control}`)
  return [
    { key: 'code', title: t('code'), sort: 'code', width: 150, render: (m) => m.code, text: (m) => m.code },
    { key: 'name', title: t('materialName'), sort: 'name', primary: true, render: name, text: name },
    { key: 'specification', title: t('specification'), render: (m) => formatText(m.specification), text: (m) => m.specification },
    { key: 'category', title: t('category'), render: category, text: category },
    { key: 'kind', title: t('kind'), width: 110, render: (m) => t(`kinds.${m.kind}`), text: (m) => t(`kinds.${m.kind}`) },
    { key: 'baseUnit', title: t('baseUnit'), width: 100, render: unit, text: unit },
    { key: 'control', title: t('control'), width: 130, render: control, text: control },
    {
      key: 'state',
      title: t('state'),
      width: 110,
      render: (m) => <StatusTag tone={m.retired ? 'neutral' : 'good'}>{state(m)}</StatusTag>,
      text: state,
    },
    { key: 'createdAt', title: t('createdAt'), sort: 'createdAt', hidden: true, render: created, text: created },
  ]
}
