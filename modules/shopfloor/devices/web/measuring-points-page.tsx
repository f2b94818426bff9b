import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type DeviceId, devicesApi, type MeasuringPoint } from '../contract.ts'
import { PointKind } from '../thing-model.ts'
import { sinceText } from './device-points.tsx'
import { DeviceSelect } from './device-select.tsx'
import { InstantField, instantOf, pickerTime } from './instant-field.tsx'
import { deviceQueries } from './queries.ts'
import './devices.css'

const boundNow = (m: MeasuringPoint) => m.bindings.find((b) => b.until === null)

export function Component() {
  const t = useWords('devices')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const deviceId = params.get('deviceId')
  const device = useQuery({ ...deviceQueries.device(deviceId ?? '', null), enabled: deviceId !== null })
  const [open, setOpen] = useState<MeasuringPoint>()
  const labelOf = (m: MeasuringPoint) => nameIn(locale, m.label, m.labelEn)
  const columns: Column<MeasuringPoint>[] = [
    { key: 'label', title: t('measuringPoint'), sort: 'label', primary: true, render: labelOf, text: labelOf },
    { key: 'code', title: t('code'), sort: 'code', render: (m) => m.code, text: (m) => m.code },
    { key: 'kind', title: t('kind'), render: (m) => t(`kinds.${m.kind}`), text: (m) => t(`kinds.${m.kind}`) },
    { key: 'unit', title: t('unit'), render: (m) => formatText(m.unit), text: (m) => m.unit },
    { key: 'device', title: t('boundTo'), render: (m) => <BoundTo point={m} />, text: (m) => boundNow(m)?.deviceCode ?? '' },
    { key: 'since', title: t('boundSince'), render: (m) => sinceOf(m, t), text: (m) => sinceOf(m, t) },
    { key: 'bindings', title: t('bindingCount'), align: 'right', render: (m) => m.bindings.length, text: (m) => m.bindings.length },
  ]
  return (
    <Page
      title={t('menu.measuringPoints')}
      subtitle={t('measuringPointsSubtitle')}
      tags={
        deviceId && (
          <StatusTag tone="info">
            {t('ofDevice', { name: device.data?.name ?? '' })}{' '}
            <button type="button" className="ls-link" onClick={() => setParams({})}>
              {t('showAll')}
            </button>
          </StatusTag>
        )
      }
    >
      <DataTable<MeasuringPoint>
        name="measuring-points"
        label={t('menu.measuringPoints')}
        columns={columns}
        rowKey={(m) => m.id}
        queryKey={['devices', 'measuringPoints', deviceId]}
        pageQuery={(query, signal) =>
          call(devicesApi.measuringPoints, { query: { ...query, ...(deviceId ? { deviceId } : {}) } as never, signal })
        }
        defaultSort="code"
        searchHint={t('searchMeasuringPoint')}
        filters={[
          { key: 'kind', label: t('kind'), options: PointKind.options.map((value) => ({ value, label: t(`kinds.${value}`) })) },
          { key: 'retired', label: t('status'), options: [{ value: 'true', label: t('withRetired') }] },
        ]}
        onOpen={setOpen}
        empty={{ text: t('noMeasuringPoints') }}
      />
      <MeasuringPointDrawer point={open} onClose={() => setOpen(undefined)} />
    </Page>
  )
}

function BoundTo({ point }: { point: MeasuringPoint }) {
  const t = useWords('devices')
  const binding = boundNow(point)
  if (!binding) return <StatusTag tone="neutral">{t(point.retiredAt ? 'modelRetired' : 'boundToNothing')}</StatusTag>
  return (
    <Link to={`/devices/${binding.deviceId}`} onClick={(event) => event.stopPropagation()}>
      {binding.deviceName}（{binding.deviceCode}）
    </Link>
  )
}

const sinceOf = (m: MeasuringPoint, t: Words) => {
  const binding = boundNow(m)
  return binding ? sinceText(binding.from, t) : '—'
}

type Doing = 'edit' | 'bind'

function MeasuringPointDrawer({ point, onClose }: { point: MeasuringPoint | undefined; onClose: () => void }) {
  const t = useWords('devices')
  const locale = useLocale()
  const canManage = useCan('devices.manage')
  const [doing, setDoing] = useState<Doing>()
  const fresh = useQuery({
    queryKey: ['devices', 'measuringPoints', 'one', point?.id],
    queryFn: ({ signal }) => call(devicesApi.measuringPoint, { params: { id: point?.id as MeasuringPoint['id'] }, signal }),
    enabled: point !== undefined,
  })
  const shown = fresh.data ?? point
  if (!shown || !point) return null
  return (
    <Drawer
      open
      title={nameIn(locale, shown.label, shown.labelEn)}
      size={520}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={onClose}
    >
      <DetailGrid
        columns={2}
        items={[
          { label: t('code'), value: shown.code },
          { label: t('pointName'), value: <code>{shown.name}</code> },
          { label: t('kind'), value: t(`kinds.${shown.kind}`) },
          { label: t('unit'), value: shown.unit },
        ]}
      />
      <h3 className="dv-sub">{t('bindingHistory')}</h3>
      <ol className="dv-bindings">
        {[...shown.bindings].reverse().map((b) => (
          <li key={b.from}>
            <StatusTag tone={b.until === null ? 'good' : 'neutral'}>{t(b.until === null ? 'boundNow' : 'boundBefore')}</StatusTag>
            <Link to={`/devices/${b.deviceId}`}>
              {b.deviceName}（{b.deviceCode}）
            </Link>{' '}
            <code>{b.pointName}</code>
            <div className="ls-quiet">
              {sinceText(b.from, t)}
              {b.until !== null && ` ${t('boundUntil', { at: formatDateTime(b.until) })}`}
            </div>
          </li>
        ))}
      </ol>
      {canManage && (
        <div className="ls-page-actions">
          <Button onClick={() => setDoing('edit')}>{t('ui:edit')}</Button>
          <Button
            type="primary"
            disabled={shown.retiredAt !== null}
            title={shown.retiredAt ? t('errors.measuringPointRetired') : ''}
            onClick={() => setDoing('bind')}
          >
            {t('rebind')}
          </Button>
        </div>
      )}
      {doing === 'edit' && <EditPoint point={shown} open onClose={() => setDoing(undefined)} />}
      {doing === 'bind' && <BindPoint point={shown} open onClose={() => setDoing(undefined)} />}
    </Drawer>
  )
}

interface FormProps {
  point: MeasuringPoint
  open: boolean
  onClose: () => void
}

function EditPoint({ point, open, onClose }: FormProps) {
  const t = useWords('devices')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['devices', 'measuringPoints'] })
  const bound = boundNow(point) !== undefined
  return (
    <EditModal<{ label: string; labelEn?: string | null; decimals?: number | null; retired: boolean }>
      open={open}
      title={t('editMeasuringPoint')}
      initialValues={{ label: point.label, labelEn: point.labelEn, decimals: point.decimals, retired: point.retiredAt !== null }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async (values) => {
        await call(devicesApi.updateMeasuringPoint, {
          params: { id: point.id },
          body: {
            version: point.version,
            label: values.label,
            labelEn: values.labelEn || null,
            decimals: values.decimals ?? null,
            retired: values.retired,
          },
        })
        await refresh()
      }}
    >
      <Form.Item name="label" label={t('label')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="labelEn" label={t('labelEn')}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="decimals" label={t('decimals')}>
        <InputNumber min={0} max={9} precision={0} />
      </Form.Item>
      <Form.Item
        name="retired"
        label={t('retireMeasuringPoint')}
        valuePropName="checked"
        {...(bound ? { extra: t('errors.measuringPointBound') } : {})}
      >
        <Switch disabled={bound} />
      </Form.Item>
    </EditModal>
  )
}

interface BindValues {
  deviceId?: string
  pointName?: string
  nothing?: boolean
  from: Dayjs
}

/** Binds to another device's point, or to none, from an instant on. */
function BindPoint({ point, open, onClose }: FormProps) {
  const t = useWords('devices')
  const client = useQueryClient()
  const [form] = Form.useForm<BindValues>()
  const deviceId = Form.useWatch('deviceId', form)
  const nothing = Form.useWatch('nothing', form) ?? false
  const points = useQuery({ ...deviceQueries.points(deviceId as DeviceId), enabled: open && deviceId !== undefined })
  const fitting = (points.data?.points ?? []).filter(
    (p) => p.kind === point.kind && p.valueType === point.valueType && (p.unit ?? '') === (point.unit ?? ''),
  )
  return (
    <EditModal<BindValues>
      form={form}
      open={open}
      title={t('rebind')}
      initialValues={{ from: pickerTime(nowMs()), nothing: false }}
      fieldOfCode={{
        'devices.bindingOverlap': 'from',
        'devices.inFuture': 'from',
        'devices.pointsDiffer': 'pointName',
        'devices.pointNotFound': 'pointName',
        'devices.retired': 'deviceId',
      }}
      onClose={onClose}
      onSubmit={async (values) => {
        const to =
          values.nothing || !values.deviceId || !values.pointName
            ? null
            : { deviceId: values.deviceId as DeviceId, pointName: values.pointName }
        await call(devicesApi.bind, { params: { id: point.id }, body: { to, from: instantOf(values.from) } })
        await client.invalidateQueries()
      }}
    >
      <Alert type="info" showIcon className="ls-form-failure" title={t('rebindText')} />
      <Form.Item name="nothing" label={t('bindToNothing')} valuePropName="checked">
        <Switch />
      </Form.Item>
      {!nothing && (
        <>
          <Form.Item name="deviceId" label={t('device')} rules={[{ required: true }]}>
            <DeviceSelect />
          </Form.Item>
          <Form.Item name="pointName" label={t('point')} extra={t('fittingHint')} rules={[{ required: true }]}>
            <Select
              loading={points.isFetching}
              disabled={!deviceId}
              options={fitting.map((p) => ({ value: p.name, label: `${p.label}（${p.name}）` }))}
            />
          </Form.Item>
        </>
      )}
      <InstantField name="from" label={t('fromInstant')} />
    </EditModal>
  )
}
