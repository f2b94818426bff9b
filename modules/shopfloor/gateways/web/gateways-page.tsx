import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { configurationApi, type GatewaySummary } from '../configuration-contract.ts'
import { PairTag } from './pair-section.tsx'
import { stateTones } from './queries.ts'
import './gateways.css'

const REFRESH_MS = 10_000

export function Component() {
  const t = useWords('gateways')
  const locale = useLocale()
  const canManage = useCan('gateways.manage')
  const nameOf = (g: GatewaySummary) => nameIn(locale, g.name, g.nameEn)
  const columns: Column<GatewaySummary>[] = [
    { key: 'name', title: t('gatewayName'), primary: true, render: nameOf, text: nameOf },
    { key: 'code', title: t('code'), sort: 'code', render: (g) => g.code, text: (g) => g.code },
    {
      key: 'state',
      title: t('state'),
      render: (g) => (
        <>
          <StatusTag tone={stateTones[g.state]}>{t(`states.${g.state}`)}</StatusTag> {g.pair && <PairTag {...g.pair} />}
        </>
      ),
      text: (g) => t(`states.${g.state}`),
    },
    {
      key: 'links',
      title: t('links'),
      render: (g) => (
        <>
          {formatNumber(g.links)} {g.linksDown > 0 && <StatusTag tone="bad">{t('linksDown', { n: g.linksDown })}</StatusTag>}
        </>
      ),
      text: (g) => g.links,
    },
    { key: 'devices', title: t('devices'), align: 'right', render: (g) => formatNumber(g.devices), text: (g) => g.devices },
    {
      key: 'queue',
      title: t('queueBatches'),
      align: 'right',
      render: (g) => (g.queueBatches === null ? EMPTY : formatNumber(g.queueBatches)),
      text: (g) => g.queueBatches,
    },
    {
      key: 'lastSeen',
      title: t('lastSeen'),
      render: (g) => formatDateTimeSeconds(g.lastSeenAt),
      text: (g) => formatDateTimeSeconds(g.lastSeenAt),
    },
    {
      key: 'version',
      title: t('softwareVersion'),
      hidden: true,
      render: (g) => g.softwareVersion ?? EMPTY,
      text: (g) => g.softwareVersion,
    },
  ]
  const add = canManage && (
    <Link to="/gateways/new">
      <Button type="primary" icon={<PlusOutlined aria-hidden />}>
        {t('addGateway')}
      </Button>
    </Link>
  )
  return (
    <Page
      title={t('menu.gateways')}
      subtitle={t('gatewaysSubtitle')}
      actions={
        <>
          {canManage && (
            <Link to="/gateways/import">
              <Button icon={<UploadOutlined aria-hidden />}>{t('importConnections')}</Button>
            </Link>
          )}
          {add}
        </>
      }
    >
      <DataTable<GatewaySummary>
        name="gateways"
        label={t('menu.gateways')}
        columns={columns}
        rowKey={(g) => g.id}
        queryKey={['gateways', 'list']}
        pageQuery={(query, signal) => call(configurationApi.list, { query: query as never, signal })}
        defaultSort="code"
        rowHref={(g) => `/gateways/${g.id}`}
        refreshMs={REFRESH_MS}
        empty={{ text: t('noGateways'), action: add }}
      />
    </Page>
  )
}
