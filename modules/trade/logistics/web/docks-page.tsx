import { PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Switch, TimePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { localPage } from '#ui/local-page.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { ShipmentState } from '../contract.ts'
import { type Dock, dockApi } from '../dock-contract.ts'
import { clock, ShipmentStateTag } from './shipment-words.tsx'
import './logistics.css'

/** The docks with their hours, and who comes on a day. */
export function Component() {
  const t = useWords('logistics')
  const canManage = useCan('logistics.manage')
  const [editing, setEditing] = useState<Dock | 'new'>()
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('addDock')}
    </Button>
  )
  const columns: Column<Dock>[] = [
    { key: 'code', title: t('dockCode'), sort: 'code', render: (d) => d.code, text: (d) => d.code, primary: true },
    { key: 'name', title: t('setup.name'), render: (d) => d.name, text: (d) => d.name },
    {
      key: 'hours',
      title: t('hours'),
      render: (d) => `${clock(d.openMinute)}–${clock(d.closeMinute)}`,
      text: (d) => `${clock(d.openMinute)}–${clock(d.closeMinute)}`,
    },
    { key: 'slot', title: t('slotMinutes'), align: 'right', render: (d) => formatNumber(d.slotMinutes), text: (d) => d.slotMinutes },
    { key: 'capacity', title: t('capacity'), align: 'right', render: (d) => formatNumber(d.capacity), text: (d) => d.capacity },
    {
      key: 'closed',
      title: t('state'),
      render: (d) => t(d.closed ? 'dockClosed' : 'dockOpen'),
      text: (d) => t(d.closed ? 'dockClosed' : 'dockOpen'),
    },
  ]
  return (
    <Page title={t('menu.docks')} subtitle={t('docksHint')} actions={add}>
      <Arrivals />
      <Section title={t('docks')} flush>
        <DataTable<Dock>
          name="logistics-docks"
          label={t('docks')}
          columns={columns}
          rowKey={(d) => d.id}
          queryKey={['logistics', 'docks']}
          pageQuery={async (query, signal) =>
            localPage((await call(dockApi.docks, { signal })).docks, query, {
              text: (d) => `${d.code} ${d.name}`,
              sorts: { code: (d) => d.code },
            })
          }
          defaultSort="code"
          {...(canManage ? { onOpen: setEditing } : {})}
          empty={{ text: t('noDocksYet'), action: add }}
        />
      </Section>
      <DockForm dock={editing} onClose={() => setEditing(undefined)} />
    </Page>
  )
}

function Arrivals() {
  const t = useWords('logistics')
  const [params, setParams] = useSearchParams()
  const day = params.get('day') ?? formatDate(nowMs())
  const query = useQuery({
    queryKey: ['logistics', 'arrivals', day],
    queryFn: ({ signal }) => call(dockApi.arrivals, { query: { day }, signal }),
  })
  return (
    <Section
      title={t('arrivalsOf')}
      extra={
        <DatePicker
          aria-label={t('day')}
          allowClear={false}
          value={dayjs(day)}
          onChange={(value) => value && setParams({ day: value.format('YYYY-MM-DD') })}
        />
      }
    >
      <Loaded query={query}>
        {({ appointments }) =>
          appointments.length === 0 ? (
            <p className="ls-quiet">{t('nobodyComes')}</p>
          ) : (
            <ul className="lg-rows">
              {appointments.map((one) => (
                <li key={one.shipmentId}>
                  <span className="lg-row">
                    <span>
                      <strong>
                        {clock(one.startMinute)}–{clock(one.endMinute)}
                      </strong>{' '}
                      {one.dock} {one.dockName} · <Link to={`/logistics/${one.shipmentId}`}>{one.number}</Link>{' '}
                      <ShipmentStateTag state={one.state as ShipmentState} />
                    </span>
                    <span className="ls-quiet">
                      {one.supplierName} {one.vehicle}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

interface Values {
  code: string
  name: string
  open: Dayjs
  close: Dayjs
  slotMinutes: number
  capacity: number
  usable: boolean
}

const minuteOf = (time: Dayjs) => time.hour() * 60 + time.minute()
const timeOf = (minute: number) => dayjs('2000-01-01').add(Math.min(minute, 1439), 'minute')

function DockForm({ dock, onClose }: { dock: Dock | 'new' | undefined; onClose: () => void }) {
  const t = useWords('logistics')
  const client = useQueryClient()
  const old = dock === 'new' ? undefined : dock
  const renew = () => client.invalidateQueries({ queryKey: ['logistics'] })
  const required = [{ required: true, message: t('required') }]
  return (
    <EditDrawer<Values>
      open={dock !== undefined}
      title={t(old ? 'changeDock' : 'addDock')}
      allowUnchanged={!old}
      initialValues={
        old
          ? {
              code: old.code,
              name: old.name,
              open: timeOf(old.openMinute),
              close: timeOf(old.closeMinute),
              slotMinutes: old.slotMinutes,
              capacity: old.capacity,
              usable: !old.closed,
            }
          : { open: timeOf(480), close: timeOf(1080), slotMinutes: 60, capacity: 1, usable: true }
      }
      onClose={onClose}
      onReload={() => void renew()}
      fieldOfCode={{ 'logistics.nameTaken': 'code' }}
      onSubmit={async ({ code, name, open, close, slotMinutes, capacity, usable }) => {
        const body = { code, name, openMinute: minuteOf(open), closeMinute: minuteOf(close), slotMinutes, capacity, closed: !usable }
        if (old) await call(dockApi.changeDock, { params: { id: old.id }, body: { ...body, version: old.version } })
        else await call(dockApi.createDock, { body })
        await renew()
      }}
    >
      <Form.Item name="code" label={t('dockCode')} rules={required}>
        <Input maxLength={20} placeholder="D1" />
      </Form.Item>
      <Form.Item name="name" label={t('setup.name')} rules={required}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="open" label={t('opens')} rules={required}>
        <TimePicker format="HH:mm" minuteStep={5} />
      </Form.Item>
      <Form.Item
        name="close"
        label={t('closes')}
        rules={[
          ...required,
          ({ getFieldValue }) => ({
            validator: async (_, close: Dayjs | undefined) => {
              const open = getFieldValue('open') as Dayjs | undefined
              if (open && close && minuteOf(open) + (getFieldValue('slotMinutes') as number) > minuteOf(close))
                throw new Error(t('hoursRule'))
            },
          }),
        ]}
      >
        <TimePicker format="HH:mm" minuteStep={5} />
      </Form.Item>
      <Form.Item name="slotMinutes" label={t('slotMinutes')} rules={required}>
        <InputNumber min={10} max={480} precision={0} />
      </Form.Item>
      <Form.Item name="capacity" label={t('capacity')} rules={required}>
        <InputNumber min={1} max={50} precision={0} />
      </Form.Item>
      <Form.Item name="usable" label={t('dockOpen')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </EditDrawer>
  )
}
