import { PlusOutlined, QrcodeOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import type { PlantNode } from '#modules/shopfloor/plant/contract.ts'
import { call } from '#ui/api.ts'
import { type Column, DataTable, type Filter } from '#ui/data-table.tsx'
import { EMPTY, formatDateTime, formatText } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { DeviceStatus, type DeviceSummary, devicesApi } from '../contract.ts'
import { contentUrl, deviceName, deviceQueries, placeText, statusTones, typeName } from './queries.ts'
import './devices.css'

/** As many as one question may name. */
const MAX_LABELS = 200

/** The own devices, or a partner's machines by name and type. */
export function Component() {
  const t = useWords('devices')
  const [params] = useSearchParams()
  const owner = params.get('owner')
  const canManage = useCan('devices.manage')
  const add = canManage && !owner && (
    <>
      <Link to="/devices/import">
        <Button icon={<UploadOutlined aria-hidden />}>{t('import.open')}</Button>
      </Link>
      <Link to="/devices/new">
        <Button type="primary" icon={<PlusOutlined aria-hidden />}>
          {t('addDevice')}
        </Button>
      </Link>
    </>
  )
  return (
    <Page
      title={t('menu.devices')}
      subtitle={t(owner ? 'partnerSubtitle' : 'subtitle')}
      actions={
        <>
          <OwnerSelect owner={owner} />
          {add}
        </>
      }
    >
      {owner ? <PartnerMachines key={owner} owner={owner} /> : <OwnDevices add={add} />}
    </Page>
  )
}

/** Whose devices: the own ones or a partner's. */
function OwnerSelect({ owner }: { owner: string | null }) {
  const t = useWords('devices')
  const locale = useLocale()
  const [, setParams] = useSearchParams()
  const partners = useQuery(deviceQueries.partners)
  const options = (partners.data?.items ?? []).map((p) => ({
    value: p.partnerId as string,
    label: nameIn(locale, p.partnerName, p.partnerNameEn),
  }))
  return (
    <Select
      aria-label={t('whose')}
      className="dv-owner"
      value={owner ?? ''}
      loading={partners.isPending}
      showSearch={{ optionFilterProp: 'label' }}
      options={[{ value: '', label: t('ownDevices') }, ...(options.length > 0 ? [{ label: t('partners'), options }] : [])]}
      onChange={(value) => setParams(value ? { owner: value } : {})}
    />
  )
}

function PartnerMachines({ owner }: { owner: string }) {
  const t = useWords('devices')
  const locale = useLocale()
  const columns: Column<DeviceSummary>[] = [
    { key: 'name', title: t('deviceName'), sort: 'name', render: (d) => deviceName(d, locale), text: (d) => deviceName(d, locale) },
    { key: 'type', title: t('type'), render: (d) => typeName(d, locale), text: (d) => typeName(d, locale) },
  ]
  return (
    <DataTable<DeviceSummary>
      name="partner-devices"
      label={t('partnerMachines')}
      columns={columns}
      rowKey={(d) => d.id}
      queryKey={['devices', 'list', owner]}
      pageQuery={(query, signal) => call(devicesApi.list, { query: { ...query, owner } as never, signal })}
      defaultSort="name"
      searchHint={t('searchPartner')}
      rowHref={(d) => `/devices/${d.id}?owner=${owner}`}
      empty={{ text: t('noPartnerMachines') }}
    />
  )
}

function OwnDevices({ add }: { add: React.ReactNode }) {
  const t = useWords('devices')
  const columns = useDeviceColumns()
  return (
    <DataTable<DeviceSummary>
      name="devices"
      label={t('menu.devices')}
      columns={columns}
      rowKey={(d) => d.id}
      queryKey={['devices', 'list', 'own']}
      pageQuery={(query, signal) => call(devicesApi.list, { query: query as never, signal })}
      defaultSort="code"
      searchHint={t('searchDevice')}
      filters={useDeviceFilters()}
      rowHref={(d) => `/devices/${d.id}`}
      bulk={(rows) => (
        <Link
          to={`/devices/labels?ids=${rows
            .slice(0, MAX_LABELS)
            .map((d) => d.id)
            .join(',')}`}
        >
          <Button icon={<QrcodeOutlined aria-hidden />}>
            {t(rows.length > MAX_LABELS ? 'labels.openFirst' : 'labels.openMany', { n: Math.min(rows.length, MAX_LABELS) })}
          </Button>
        </Link>
      )}
      empty={{ text: t('noDevices'), action: add }}
    />
  )
}

function useDeviceFilters(): Filter[] {
  const t = useWords('devices')
  const locale = useLocale()
  const places = useQuery(deviceQueries.places)
  const models = useQuery(deviceQueries.modelChoices)
  return [
    { key: 'status', label: t('status'), options: DeviceStatus.options.map((value) => ({ value, label: t(`statuses.${value}`) })) },
    { key: 'nodeId', label: t('place'), options: placeOptions(places.data?.nodes ?? [], locale) },
    {
      key: 'modelCode',
      label: t('type'),
      options: (models.data?.items ?? []).map((m) => ({ value: m.code, label: nameIn(locale, m.name, m.nameEn) })),
    },
  ]
}

/** Sites, workshops and lines with their way down from the site. */
function placeOptions(nodes: readonly PlantNode[], locale: PageLocale): { value: string; label: string }[] {
  const byId = new Map(nodes.map((node) => [node.id as string, node]))
  const wayTo = (node: PlantNode): string => {
    const parent = byId.get(node.parentId ?? '')
    const name = nameIn(locale, node.name, node.nameEn)
    return parent && parent.level !== 'enterprise' ? `${wayTo(parent)} / ${name}` : name
  }
  return nodes
    .filter((node) => ['site', 'workshop', 'line'].includes(node.level))
    .map((node) => ({ value: node.id, label: wayTo(node) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'zh-CN', { numeric: true }))
}

export function useDeviceColumns(): Column<DeviceSummary>[] {
  const t = useWords('devices')
  const locale = useLocale()
  const placeOf = (d: DeviceSummary) => placeText(d.own?.place, locale)
  return [
    {
      key: 'name',
      title: t('deviceName'),
      sort: 'name',
      primary: true,
      render: (d) => deviceName(d, locale),
      text: (d) => deviceName(d, locale),
    },
    { key: 'code', title: t('code'), sort: 'code', render: (d) => d.own?.code ?? EMPTY, text: (d) => d.own?.code },
    { key: 'type', title: t('type'), render: (d) => typeName(d, locale), text: (d) => typeName(d, locale) },
    {
      key: 'status',
      title: t('status'),
      render: (d) => d.own && <StatusTag tone={statusTones[d.own.status]}>{t(`statuses.${d.own.status}`)}</StatusTag>,
      text: (d) => d.own && t(`statuses.${d.own.status}`),
    },
    { key: 'place', title: t('place'), render: (d) => formatText(placeOf(d)), text: placeOf },
    { key: 'maker', title: t('maker'), render: (d) => formatText(d.own?.maker), text: (d) => d.own?.maker },
    { key: 'model', title: t('model'), render: (d) => formatText(d.own?.model), text: (d) => d.own?.model },
    {
      key: 'photo',
      title: t('attachments.mainPhoto'),
      hidden: true,
      width: 80,
      render: (d) => d.own?.mainPhotoId && <img src={contentUrl(d.id, d.own.mainPhotoId)} alt="" loading="lazy" className="dv-thumb" />,
    },
    { key: 'serial', title: t('serial'), hidden: true, render: (d) => formatText(d.own?.serial), text: (d) => d.own?.serial },
    {
      key: 'createdAt',
      title: t('createdAt'),
      sort: 'createdAt',
      hidden: true,
      render: (d) => formatDateTime(d.own?.createdAt),
      text: (d) => formatDateTime(d.own?.createdAt),
    },
  ]
}
