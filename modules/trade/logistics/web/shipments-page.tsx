import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { logisticsApi, type ShipmentHead, ShipmentState, type Side } from '../contract.ts'
import { appointmentText, numberText, partnerOf, ShipmentStateTag, TimeText } from './shipment-words.tsx'

/** What we send and what is sent to us. */
export function Component() {
  const t = useWords('logistics')
  const locale = useLocale()
  const canShip = useCan('logistics.ship')
  const [side, setSide] = useSide()
  const add = canShip && (
    <Link to="/logistics/new">
      <Button type="primary" icon={<PlusOutlined aria-hidden />}>
        {t('newShipment')}
      </Button>
    </Link>
  )
  return (
    <Page title={t('menu.list')} subtitle={t(`sideHints.${side}`)} actions={side === 'supplier' && add}>
      <SideSwitch side={side} onChange={setSide} words={(value) => t(`sides.${value}`)} above />
      <DataTable<ShipmentHead>
        key={side}
        name={`logistics-${side}`}
        label={t('menu.list')}
        columns={columnsOf(t, locale, side)}
        rowKey={(row) => row.id}
        queryKey={['logistics', 'shipments', side]}
        pageQuery={(query, signal) => call(logisticsApi.list, { query: { ...query, side } as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('searchHint')}
        filters={[
          {
            key: 'state',
            label: t('state'),
            options: ShipmentState.options
              .filter((state) => side === 'supplier' || state !== 'draft')
              .map((value) => ({ value, label: t(`states.${value}`) })),
          },
        ]}
        rowHref={(row) => `/logistics/${row.id}`}
        empty={{ text: t(`emptyLists.${side}`), action: side === 'supplier' && add }}
      />
    </Page>
  )
}

const columnsOf = (t: Words, locale: PageLocale, side: Side): Column<ShipmentHead>[] => [
  { key: 'number', title: t('number'), sort: 'number', primary: true, render: (s) => numberText(s, t), text: (s) => s.number },
  {
    key: 'partner',
    title: t(side === 'buyer' ? 'supplier' : 'buyer'),
    sort: 'partner',
    render: (s) => partnerOf(s, locale),
    text: (s) => partnerOf(s, locale),
  },
  { key: 'state', title: t('state'), render: (s) => <ShipmentStateTag state={s.state} />, text: (s) => t(`states.${s.state}`) },
  {
    key: 'departure',
    title: t('departure'),
    render: (s) => (s.departure ? <TimeText time={s.departure} /> : t('noNotice')),
    text: (s) => (s.departure ? formatDateTime(s.departure.at) : t('noNotice')),
  },
  {
    key: 'arrivalAt',
    title: t('arrival'),
    sort: 'arrivalAt',
    render: (s) => <TimeText time={s.arrival} />,
    text: (s) => formatDateTime(s.arrival.at),
  },
  { key: 'lines', title: t('lines'), align: 'right', render: (s) => formatNumber(s.lineCount), text: (s) => s.lineCount },
  { key: 'packs', title: t('packs'), align: 'right', render: (s) => formatNumber(s.packCount), text: (s) => s.packCount },
  { key: 'deliverTo', title: t('deliverTo'), render: (s) => s.deliverTo, text: (s) => s.deliverTo },
  {
    key: 'appointment',
    title: t('appointment'),
    hidden: true,
    render: (s) => (s.appointment ? appointmentText(s.appointment) : '—'),
    text: (s) => (s.appointment ? appointmentText(s.appointment) : null),
  },
  {
    key: 'createdAt',
    title: t('createdAt'),
    sort: 'createdAt',
    hidden: true,
    render: (s) => formatDateTime(s.createdAt),
    text: (s) => formatDateTime(s.createdAt),
  },
]
