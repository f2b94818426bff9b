import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Checkbox, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { type Device, type DeviceId, DeviceStatus, devicesApi } from '../contract.ts'
import { DeviceSelect } from './device-select.tsx'
import { InstantField, instantOf, pickerTime } from './instant-field.tsx'
import { PlaceSelect } from './place-select.tsx'
import { deviceQueries } from './queries.ts'

interface Props {
  device: Device
  own: NonNullable<Device['own']>
  open: boolean
  onClose: () => void
}

const useRefresh = () => {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['devices'] })
}

export interface PlateValues {
  name: string
  nameEn?: string | null
  status: Exclude<DeviceStatus, 'retired'>
  maker?: string
  model?: string
  serial?: string
  note?: string
}

export const plateOf = (values: PlateValues) => ({
  name: values.name,
  nameEn: values.nameEn || null,
  status: values.status,
  maker: values.maker ?? '',
  model: values.model ?? '',
  serial: values.serial ?? '',
  note: values.note ?? '',
})

/** What stands on the machine's plate and in its file. */
export function PlateFields() {
  const t = useWords('devices')
  return (
    <>
      <Form.Item name="name" label={t('deviceName')} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={80} placeholder={t('nameExample')} autoComplete="off" />
      </Form.Item>
      <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="status" label={t('status')} extra={t('statusExtra')} rules={[{ required: true }]}>
        <Select options={DeviceStatus.exclude(['retired']).options.map((value) => ({ value, label: t(`statuses.${value}`) }))} />
      </Form.Item>
      <Form.Item name="maker" label={t('maker')}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="model" label={t('model')}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="serial" label={t('serial')}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea maxLength={1000} rows={3} showCount />
      </Form.Item>
    </>
  )
}

export function EditDevice({ device, own, open, onClose }: Props) {
  const t = useWords('devices')
  const refresh = useRefresh()
  return (
    <EditDrawer<PlateValues>
      open={open}
      title={t('editDevice', { name: device.name })}
      initialValues={{
        name: device.name,
        nameEn: device.nameEn,
        status: own.status === 'retired' ? 'active' : own.status,
        maker: own.maker,
        model: own.model,
        serial: own.serial,
        note: own.note,
      }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async (values) => {
        await call(devicesApi.update, { params: { id: device.id }, body: { ...plateOf(values), version: own.version } })
        await refresh()
      }}
    >
      <PlateFields />
    </EditDrawer>
  )
}

export function PlaceDevice({ device, own, open, onClose }: Props) {
  const t = useWords('devices')
  const refresh = useRefresh()
  return (
    <EditModal<{ nodeId?: string | null; from: Dayjs }>
      open={open}
      title={t('placeTitle', { name: device.name })}
      initialValues={{ nodeId: own.place?.nodeId ?? null, from: pickerTime(nowMs()) }}
      fieldOfCode={{
        'devices.placementOverlap': 'from',
        'devices.inFuture': 'from',
        'devices.placeNotFound': 'nodeId',
        'devices.placeRetired': 'nodeId',
      }}
      onClose={onClose}
      onSubmit={async ({ nodeId, from }) => {
        await call(devicesApi.place, {
          params: { id: device.id },
          body: { nodeId: (nodeId ?? null) as PlantNodeId | null, from: instantOf(from) },
        })
        await refresh()
      }}
    >
      <Form.Item name="nodeId" label={t('place')} extra={t('placeHint')}>
        <PlaceSelect />
      </Form.Item>
      <InstantField name="from" label={t('fromInstant')} extra={t('placeFromHint')} />
    </EditModal>
  )
}

interface ExchangeValues {
  toDeviceId: string
  from: Dayjs
  retireOld: boolean
  takePlace: boolean
}

export function ExchangeDevice({ device, own, open, onClose }: Props) {
  const t = useWords('devices')
  const { message } = App.useApp()
  const client = useQueryClient()
  return (
    <EditDrawer<ExchangeValues>
      open={open}
      title={t('exchangeTitle', { name: device.name })}
      initialValues={{ from: pickerTime(nowMs()), retireOld: own.status !== 'retired', takePlace: true }}
      allowUnchanged
      submitText={t('exchange')}
      successText={false}
      fieldOfCode={{
        'devices.pointsDiffer': 'toDeviceId',
        'devices.sameDevice': 'toDeviceId',
        'devices.retired': 'toDeviceId',
        'devices.bindingOverlap': 'from',
        'devices.placementOverlap': 'from',
        'devices.inFuture': 'from',
      }}
      onClose={onClose}
      onSubmit={async (values) => {
        const { rebound } = await call(devicesApi.exchange, {
          params: { id: device.id },
          body: { ...values, toDeviceId: values.toDeviceId as DeviceId, from: instantOf(values.from) },
        })
        void message.success(t('exchanged', { n: rebound }))
        // What the values' panels show changes with it.
        await client.invalidateQueries()
      }}
    >
      <Alert type="info" showIcon className="ls-form-failure" title={t('exchangeText')} />
      <Form.Item name="toDeviceId" label={t('newDevice')} extra={t('newDeviceHint')} rules={[{ required: true }]}>
        <DeviceSelect without={device.id} />
      </Form.Item>
      <InstantField name="from" label={t('exchangedAt')} extra={t('exchangedAtHint')} />
      <Form.Item name="takePlace" valuePropName="checked">
        <Checkbox>{t('takePlace')}</Checkbox>
      </Form.Item>
      <Form.Item name="retireOld" valuePropName="checked" hidden={own.status === 'retired'}>
        <Checkbox>{t('retireOld')}</Checkbox>
      </Form.Item>
    </EditDrawer>
  )
}

export function TakeModel({ device, own, open, onClose }: Props) {
  const t = useWords('devices')
  const refresh = useRefresh()
  const newer = useQuery({ ...deviceQueries.model(own.newerModelId ?? ''), enabled: open && own.newerModelId !== null })
  const points = useQuery({ ...deviceQueries.points(device.id), enabled: open })
  const known = new Set(points.data?.points.map((p) => p.name))
  const added = newer.data?.definition.properties.filter((p) => !known.has(p.name)) ?? []
  return (
    <EditModal<object>
      open={open}
      title={t('takeModelTitle', { name: device.name })}
      submitText={t('takeModel')}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async () => {
        if (!own.newerModelId) return
        await call(devicesApi.takeModel, { params: { id: device.id }, body: { version: own.version, thingModelId: own.newerModelId } })
        await refresh()
      }}
    >
      <p>{t('takeModelText', { from: own.modelVersion, to: newer.data?.versionNo ?? '' })}</p>
      {newer.data && points.data && (
        <p>{added.length > 0 ? t('takeModelAdds', { names: added.map((p) => p.label).join('、') }) : t('takeModelAddsNone')}</p>
      )}
    </EditModal>
  )
}

export function RetireDevice({ device, own, open, onClose }: Props) {
  const t = useWords('devices')
  const refresh = useRefresh()
  return (
    <EditModal<object>
      open={open}
      title={t('retireTitle', { name: device.name })}
      submitText={t('retire')}
      danger
      successText={t('retiredDone')}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async () => {
        await call(devicesApi.retire, { params: { id: device.id }, body: { version: own.version } })
        await refresh()
      }}
    >
      <Alert type="warning" showIcon className="ls-form-failure" title={t('retireText')} description={t('retireKept')} />
    </EditModal>
  )
}
