import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form, Select, Switch } from 'antd'
import { protocols } from '#edge/drivers/protocols.ts'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { type Connection, configurationApi, type Link } from '../configuration-contract.ts'
import type { LinkId, PointTableId, Settings } from '../contract.ts'
import { LoggerFields, type LoggerValues, loggerOf, loggerValues } from './logger-fields.tsx'
import { gatewayQueries } from './queries.ts'
import { SettingsFields } from './settings-fields.tsx'

interface Values extends LoggerValues {
  linkId: string
  pointTableId: string
  unit: Settings
  enabled: boolean
}

/** Where a connected device is read: another link of its gateway, another unit, another point table of its thing model. */
export function ConnectionEditor(props: {
  connection: Connection
  gatewayId: string
  link: Pick<Link, 'id' | 'name' | 'protocol'>
  open: boolean
  onClose: () => void
}) {
  const t = useWords('gateways')
  const client = useQueryClient()
  const { connection, link } = props
  const [form] = Form.useForm<Values>()
  const protocol = protocols[link.protocol]
  const gateway = useQuery({ ...gatewayQueries.gateway(props.gatewayId), enabled: props.open, refetchInterval: false as const })
  const tables = useQuery({ ...gatewayQueries.pointTableChoices(link.protocol), enabled: props.open })
  const modelCode = tables.data?.items.find((one) => one.id === connection.pointTableId)?.modelCode
  const links = (gateway.data?.linkList ?? [link]).filter((one) => one.protocol === link.protocol)
  const reload = () => client.invalidateQueries({ queryKey: ['gateways'] })
  const save = async ({ linkId, pointTableId, unit, enabled, ...logger }: Values) => {
    await call(configurationApi.updateConnection, {
      params: { deviceId: connection.deviceId },
      body: {
        version: connection.version,
        linkId: linkId as LinkId,
        pointTableId: pointTableId as PointTableId,
        unit,
        enabled,
        ...loggerOf(logger),
      },
    })
    await reload()
  }
  return (
    <EditDrawer<Values>
      open={props.open}
      form={form}
      title={t('editConnection')}
      initialValues={{
        linkId: connection.linkId,
        pointTableId: connection.pointTableId,
        unit: connection.unit,
        enabled: connection.enabled,
        ...loggerValues(connection),
      }}
      onSubmit={save}
      onClose={props.onClose}
      onReload={() => void reload()}
      fieldOfCode={{ 'gateways.unitTaken': ['unit', 'unitId'], 'gateways.otherModel': 'pointTableId', 'gateways.linkNotFound': 'linkId' }}
    >
      <Form.Item name="enabled" label={t('connectionEnabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="linkId" label={t('link')} rules={[{ required: true }]}>
        <Select options={links.map((one) => ({ value: one.id as string, label: one.name }))} />
      </Form.Item>
      {protocol && <SettingsFields schema={protocol.unit} path="unit" />}
      <Form.Item name="pointTableId" label={t('pointTable')} rules={[{ required: true }]}>
        <Select
          options={(tables.data?.items ?? [{ id: connection.pointTableId, name: connection.pointTableName, modelCode }])
            .filter((one) => one.modelCode === modelCode)
            .map((one) => ({ value: one.id as string, label: one.name }))}
        />
      </Form.Item>
      {protocol && <LoggerFields protocol={protocol} />}
    </EditDrawer>
  )
}
