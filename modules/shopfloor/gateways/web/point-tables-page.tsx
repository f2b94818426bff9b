import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { protocols } from '#edge/drivers/protocols.ts'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { configurationApi, type PointTableSummary } from '../configuration-contract.ts'

export function Component() {
  const t = useWords('gateways')
  const locale = useLocale()
  const canManage = useCan('gateways.manage')
  const protocolName = (name: string) => {
    const label = protocols[name]?.label
    return (locale === 'en-US' ? label?.en : label?.zh) ?? name
  }
  const columns: Column<PointTableSummary>[] = [
    { key: 'name', title: t('tableName'), sort: 'name', primary: true, render: (p) => p.name, text: (p) => p.name },
    {
      key: 'model',
      title: t('model'),
      render: (p) => nameIn(locale, p.modelName, p.modelNameEn),
      text: (p) => nameIn(locale, p.modelName, p.modelNameEn),
    },
    { key: 'protocol', title: t('protocol'), render: (p) => protocolName(p.protocol), text: (p) => protocolName(p.protocol) },
    { key: 'points', title: t('points'), align: 'right', render: (p) => formatNumber(p.points), text: (p) => p.points },
    {
      key: 'unfilled',
      title: t('unfilledColumn'),
      align: 'right',
      render: (p) => (p.unfilled > 0 ? <StatusTag tone="warning">{formatNumber(p.unfilled)}</StatusTag> : formatNumber(0)),
      text: (p) => p.unfilled,
    },
    { key: 'devices', title: t('devices'), align: 'right', render: (p) => formatNumber(p.devices), text: (p) => p.devices },
  ]
  const add = canManage && (
    <>
      <Link to="/gateways/point-tables/from-model">
        <Button>{t('companion.open')}</Button>
      </Link>
      <Link to="/gateways/point-tables/new">
        <Button type="primary" icon={<PlusOutlined aria-hidden />}>
          {t('addTable')}
        </Button>
      </Link>
    </>
  )
  return (
    <Page title={t('menu.pointTables')} subtitle={t('tablesSubtitle')} actions={add}>
      <DataTable<PointTableSummary>
        name="point-tables"
        label={t('menu.pointTables')}
        columns={columns}
        rowKey={(p) => p.id}
        queryKey={['gateways', 'pointTables', 'list']}
        pageQuery={(query, signal) => call(configurationApi.pointTables, { query: query as never, signal })}
        defaultSort="name"
        rowHref={(p) => `/gateways/point-tables/${p.id}`}
        empty={{ text: t('noTables'), action: add }}
      />
    </Page>
  )
}
