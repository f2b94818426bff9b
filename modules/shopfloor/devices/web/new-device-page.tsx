import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { schemaRule, showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { DeviceCode, devicesApi, type ThingModelId, type ThingModelSummary } from '../contract.ts'
import { PlateFields, type PlateValues, plateOf } from './device-forms.tsx'
import { PlaceSelect } from './place-select.tsx'
import { deviceQueries } from './queries.ts'
import { type NewSecretShown, SecretOnce } from './secret-once.tsx'
import './devices.css'

interface Values extends PlateValues {
  thingModelId: string
  code: string
  nodeId?: string | null
  withCredential: boolean
}

const fieldOfCode = {
  'devices.codeTaken': 'code',
  'devices.modelNotFound': 'thingModelId',
  'devices.modelRetired': 'thingModelId',
  'devices.placeNotFound': 'nodeId',
  'devices.placeRetired': 'nodeId',
}

export function Component() {
  const t = useWords('devices')
  const models = useQuery(deviceQueries.modelChoices)
  return (
    <Page title={t('addDevice')} subtitle={t('addDeviceSubtitle')} breadcrumbs={[{ label: t('menu.devices'), path: '/devices' }]}>
      <Loaded query={models}>
        {({ items }) =>
          items.length === 0 ? (
            <Notice
              kind="info"
              title={t('noModels')}
              text={t('noModelsText')}
              action={
                <Link to="/devices/thing-models/new">
                  <Button type="primary">{t('addModel')}</Button>
                </Link>
              }
            />
          ) : (
            <NewDevice models={items} />
          )
        }
      </Loaded>
    </Page>
  )
}

function NewDevice({ models }: { models: ThingModelSummary[] }) {
  const t = useWords('devices')
  const locale = useLocale()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [params] = useSearchParams()
  const canCredential = useCan('devices.manageCredentials')
  const [form] = Form.useForm<Values>()
  const [state, setState] = useState<{ saving: boolean; touched: boolean; failure?: unknown }>({ saving: false, touched: false })
  const [made, setMade] = useState<{ id: string; secret: NewSecretShown }>()
  useUnsavedGuard(state.touched && !state.saving)

  const save = async (values: Values) => {
    setState({ saving: true, touched: true })
    try {
      const { id, credential } = await call(devicesApi.create, {
        body: {
          ...plateOf(values),
          code: values.code,
          thingModelId: values.thingModelId as ThingModelId,
          nodeId: (values.nodeId ?? null) as PlantNodeId | null,
          withCredential: canCredential && values.withCredential,
        },
      })
      await client.invalidateQueries({ queryKey: ['devices'] })
      setState({ saving: false, touched: false })
      if (credential) setMade({ id, secret: credential })
      else void navigate(`/devices/${id}`)
    } catch (error) {
      setState({ saving: false, touched: true, ...(showAtFields(form, error, fieldOfCode, t) ? {} : { failure: error }) })
    }
  }
  return (
    <Section>
      <Form<Values>
        form={form}
        layout="vertical"
        className="dv-form"
        scrollToFirstError
        initialValues={{
          status: 'active',
          withCredential: canCredential,
          thingModelId: params.get('model') ?? (models.length === 1 ? models[0]?.id : undefined),
        }}
        onFinish={(values) => void save(values)}
        onValuesChange={() => setState((s) => (s.touched ? s : { ...s, touched: true }))}
      >
        {state.failure !== undefined && (
          <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(state.failure, t)} />
        )}
        <Form.Item name="thingModelId" label={t('type')} extra={t('typeHint')} rules={[{ required: true }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={models.map((m) => ({
              value: m.id as string,
              label: `${nameIn(locale, m.name, m.nameEn)}（${t('propertiesCount', { n: m.properties })}）`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('code')}
          extra={t('codeHint')}
          rules={[{ required: true }, schemaRule(DeviceCode, t, t('codeRule'))]}
        >
          <Input maxLength={63} placeholder="DC-01" autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="nodeId" label={t('place')} extra={t('placeHint')}>
          <PlaceSelect />
        </Form.Item>
        <PlateFields />
        <Form.Item name="withCredential" valuePropName="checked" hidden={!canCredential} extra={t('withCredentialHint')}>
          <Checkbox>{t('withCredential')}</Checkbox>
        </Form.Item>
        <div className="ls-page-actions">
          <Button type="primary" htmlType="submit" loading={state.saving}>
            {t('ui:create')}
          </Button>
          <Link to="/devices">
            <Button>{t('ui:cancel')}</Button>
          </Link>
        </div>
      </Form>
      <SecretOnce secret={made?.secret} onClose={() => made && void navigate(`/devices/${made.id}`)} />
    </Section>
  )
}
