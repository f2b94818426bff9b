import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Radio, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { protocols } from '#edge/drivers/protocols.ts'
import { DeviceCode, type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { schemaRule, showAtFields } from '#ui/form.tsx'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { configurationApi, type Gateway, type PointTable } from '../configuration-contract.ts'
import type { LinkId, PointTableId, Settings } from '../contract.ts'
import { LoggerFields, type LoggerValues, loggerOf } from './logger-fields.tsx'
import { PlaceField } from './new-gateway-page.tsx'
import { PointGrid } from './point-grid.tsx'
import { gatewayQueries } from './queries.ts'
import { defaultsOf, SettingsFields } from './settings-fields.tsx'
import { draftOf, gridColumns } from './table-draft.ts'
import { useTestRead } from './test-read.tsx'
import './gateways.css'

interface Values extends LoggerValues {
  linkId: string
  table: string
  unit: Settings
  which: 'new' | 'existing'
  deviceId?: string
  code?: string
  name?: string
  serial?: string
  nodeId?: string | null
}

const MODEL = 'model:'

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery({ ...gatewayQueries.gateway(id), refetchInterval: false as const })
  return <Loaded query={query}>{(gateway) => <Connect key={id} gateway={gateway} />}</Loaded>
}

function Connect({ gateway }: { gateway: Gateway }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [state, setState] = useState<{ saving: boolean; failure?: unknown }>({ saving: false })
  const linkId = Form.useWatch('linkId', form) ?? gateway.linkList[0]?.id
  const which = Form.useWatch('which', form) ?? 'new'
  const tableId = Form.useWatch('table', form)
  const link = gateway.linkList.find((one) => one.id === linkId)
  const protocol = protocols[link?.protocol ?? '']
  const table = useQuery({ ...gatewayQueries.pointTable(tableId ?? ''), enabled: tableId !== undefined && !tableId.startsWith(MODEL) })
  /** A link of another protocol has other units and other point tables. */
  const chooseLink = (next: string) => {
    const chosen = protocols[gateway.linkList.find((one) => one.id === next)?.protocol ?? '']
    if (chosen && chosen !== protocol) form.setFieldsValue({ unit: defaultsOf(chosen.unit), table: undefined as never })
  }
  /** A device model becomes a point table of one's own as soon as it is chosen. */
  const choose = async (value: string) => {
    if (!value.startsWith(MODEL)) return
    try {
      const made = await call(configurationApi.createPointTable, {
        body: { deviceModel: value.slice(MODEL.length), protocol: link?.protocol ?? '' },
      })
      await client.invalidateQueries({ queryKey: ['gateways', 'pointTables'] })
      form.setFieldsValue({ table: made.id })
    } catch (error) {
      form.setFields([{ name: 'table', errors: [errorText(error, t)] }])
    }
  }
  const save = async (values: Values) => {
    setState({ saving: true })
    try {
      const { deviceId } = await call(configurationApi.connect, { body: connectionOf(values) })
      await client.invalidateQueries({ queryKey: ['gateways'] })
      void navigate(`/devices/${deviceId}`)
    } catch (error) {
      setState({ saving: false, ...(showAtFields(form, error, fieldOfCode, t) ? {} : { failure: error }) })
    }
  }
  return (
    <Page
      title={t('connectDevice')}
      subtitle={t('connectSubtitle')}
      breadcrumbs={[
        { label: t('menu.gateways'), path: '/gateways' },
        { label: nameIn(locale, gateway.name, gateway.nameEn), path: `/gateways/${gateway.id}` },
      ]}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{
          linkId: gateway.linkList[0]?.id,
          which: 'new',
          timeFormat: 'epochMs',
          unit: protocol ? defaultsOf(protocol.unit) : {},
        }}
        onFinish={(values) => void save(values)}
      >
        {state.failure !== undefined && (
          <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(state.failure, t)} />
        )}
        <Section title={t('step.where')}>
          <div className="gw-form">
            <Form.Item name="linkId" label={t('link')} rules={[{ required: true }]}>
              <Select onChange={chooseLink} options={gateway.linkList.map((one) => ({ value: one.id as string, label: one.name }))} />
            </Form.Item>
            <TableField protocol={link?.protocol} onChoose={(value) => void choose(value)} />
            {protocol && <SettingsFields schema={protocol.unit} path="unit" />}
            {protocol && <LoggerFields protocol={protocol} />}
          </div>
        </Section>
        {protocol && table.data && (
          <Try
            gateway={gateway}
            protocol={protocol}
            linkId={String(linkId)}
            table={table.data}
            unitOf={() => (form.getFieldValue('unit') ?? {}) as Settings}
          />
        )}
        <Section title={t('step.device')}>
          <div className="gw-form">
            <Form.Item name="which">
              <Radio.Group
                options={[
                  { value: 'new', label: t('newDevice') },
                  { value: 'existing', label: t('existingDevice') },
                ]}
              />
            </Form.Item>
            {which === 'new' ? <NewDeviceFields t={t} /> : <ExistingField modelCode={table.data?.modelCode} />}
            <Button type="primary" htmlType="submit" loading={state.saving}>
              {t('connectNow')}
            </Button>
          </div>
        </Section>
      </Form>
    </Page>
  )
}

const fieldOfCode = {
  'devices.codeTaken': 'code',
  'devices.placeNotFound': 'nodeId',
  'devices.placeRetired': 'nodeId',
  'gateways.connectedAlready': 'deviceId',
  'gateways.otherModel': 'table',
  'gateways.unitTaken': ['unit', 'unitId'],
}

const connectionOf = (values: Values) => ({
  linkId: values.linkId as LinkId,
  unit: values.unit ?? {},
  pointTableId: values.table as PointTableId,
  ...loggerOf(values),
  device:
    values.which === 'existing'
      ? { id: values.deviceId as DeviceId }
      : {
          code: values.code ?? '',
          name: values.name ?? '',
          nameEn: null,
          maker: '',
          model: '',
          serial: values.serial ?? '',
          nodeId: (values.nodeId ?? null) as PlantNodeId | null,
        },
})

function TableField({ protocol, onChoose }: { protocol: string | undefined; onChoose: (value: string) => void }) {
  const t = useWords('gateways')
  const english = useLocale() === 'en-US'
  const tables = useQuery(gatewayQueries.pointTableChoices(protocol))
  const models = useQuery(gatewayQueries.deviceModels)
  return (
    <Form.Item name="table" label={t('pointTable')} extra={t('tableHint')} rules={[{ required: true }]}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        onChange={onChoose}
        options={[
          { label: t('ownTables'), options: (tables.data?.items ?? []).map((one) => ({ value: one.id as string, label: one.name })) },
          {
            label: t('knownModels'),
            options: (models.data?.deviceModels ?? [])
              .filter((one) => protocol !== undefined && one.protocols.includes(protocol))
              .map((one) => ({
                value: `${MODEL}${one.id}`,
                label: `${english ? one.makerEn : one.maker} ${one.model} · ${english ? one.labelEn : one.label}`,
              })),
          },
        ]}
      />
    </Form.Item>
  )
}

function Try(props: { gateway: Gateway; protocol: Protocol; linkId: string; table: PointTable; unitOf: () => Settings }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const test = useTestRead(props.table.properties)
  const columns = useMemo(() => gridColumns(props.protocol), [props.protocol])
  const drafts = useMemo(() => props.table.rows.map((row) => draftOf(row, columns)), [props.table.rows, columns])
  return (
    <Section
      title={t('step.try')}
      extra={
        <Button
          loading={test.reading}
          disabled={drafts.length === 0}
          onClick={() => void test.read(props.gateway.id, props.linkId, props.unitOf(), props.table.rows)}
        >
          {t('testRead')}
        </Button>
      }
    >
      {test.failure && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={test.failure} />}
      <PointGrid
        columns={columns.slice(0, 3)}
        drafts={drafts}
        problems={[]}
        names={props.table.properties.map((property) => ({ name: property.name, label: nameIn(locale, property.label, property.labelEn) }))}
        samples={test.samples ?? new Map()}
      />
    </Section>
  )
}

function NewDeviceFields({ t }: { t: Words }) {
  return (
    <>
      <Form.Item name="code" label={t('code')} rules={[{ required: true }, schemaRule(DeviceCode, t, t('codeRule'))]}>
        <Input maxLength={63} placeholder="M-01" autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="name" label={t('deviceName')} rules={[{ required: true }]}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="serial" label={t('serial')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="nodeId" label={t('place')}>
        <PlaceField />
      </Form.Item>
    </>
  )
}

const CHOICES = 50

function ExistingField({ modelCode }: { modelCode: string | undefined }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const [text, setText] = useState('')
  const devices = useQuery({
    queryKey: ['devices', 'choices', text, modelCode],
    queryFn: ({ signal }) =>
      call(devicesApi.list, { query: { limit: CHOICES, ...(text ? { search: text } : {}), ...(modelCode ? { modelCode } : {}) }, signal }),
    placeholderData: (before) => before,
  })
  return (
    <Form.Item name="deviceId" label={t('device')} extra={t('existingHint')} rules={[{ required: true }]}>
      <Select
        showSearch={{ filterOption: false, onSearch: setText }}
        options={(devices.data?.items ?? []).map((device) => ({
          value: device.id as string,
          label: `${nameIn(locale, device.name, device.nameEn)}（${device.own?.code ?? ''}）`,
        }))}
      />
    </Form.Item>
  )
}
