import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { protocols } from '#edge/drivers/protocols.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { showAtFields } from '#ui/form.tsx'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Page, Section } from '#ui/page.tsx'
import { configurationApi } from '../configuration-contract.ts'
import { gatewayQueries } from './queries.ts'
import './gateways.css'

interface Values {
  from: 'deviceModel' | 'empty'
  protocol: string
  deviceModel?: string
  name?: string
  modelCode?: string
}

const CHOICES = 200

/** A copy of a known device model's table, or an empty one for a thing model of one's own. */
export function Component() {
  const t = useWords('gateways')
  const locale = useLocale()
  const english = locale === 'en-US'
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [from, setFrom] = useState<Values['from']>('deviceModel')
  const [state, setState] = useState<{ saving: boolean; failure?: unknown }>({ saving: false })
  const known = useQuery(gatewayQueries.deviceModels)
  const models = useQuery({
    queryKey: ['devices', 'models', 'choices'],
    queryFn: ({ signal }) => call(devicesApi.thingModels, { query: { sort: 'name', limit: CHOICES }, signal }),
  })
  const chosenId = Form.useWatch('deviceModel', form)
  const chosen = known.data?.deviceModels.find((model) => model.id === chosenId)
  const save = async (values: Values) => {
    setState({ saving: true })
    try {
      const { protocol } = values
      const body =
        values.from === 'deviceModel'
          ? { deviceModel: values.deviceModel ?? '', protocol }
          : { name: values.name ?? '', protocol, modelCode: values.modelCode ?? '', rows: [] }
      const { id } = await call(configurationApi.createPointTable, { body })
      await client.invalidateQueries({ queryKey: ['gateways'] })
      void navigate(`/gateways/point-tables/${id}`)
    } catch (error) {
      setState({ saving: false, ...(showAtFields(form, error, { 'gateways.nameTaken': 'name' }, t) ? {} : { failure: error }) })
    }
  }
  return (
    <Page title={t('addTable')} breadcrumbs={[{ label: t('menu.pointTables'), path: '/gateways/point-tables' }]}>
      <Section>
        <Form<Values>
          form={form}
          layout="vertical"
          className="gw-form"
          initialValues={{ from, protocol: Object.keys(protocols)[0] }}
          onValuesChange={(change) => change.from && setFrom(change.from)}
          onFinish={(values) => void save(values)}
        >
          {state.failure !== undefined && (
            <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(state.failure, t)} />
          )}
          <Form.Item name="from">
            <Radio.Group
              options={[
                { value: 'deviceModel', label: t('fromDeviceModel') },
                { value: 'empty', label: t('fromEmpty') },
              ]}
            />
          </Form.Item>
          <Form.Item name="protocol" label={t('protocol')} rules={[{ required: true }]}>
            <Select options={Object.values(protocols).map((p) => ({ value: p.name, label: english ? p.label.en : p.label.zh }))} />
          </Form.Item>
          {from === 'deviceModel' ? (
            <>
              <Form.Item name="deviceModel" label={t('deviceModel')} rules={[{ required: true }]}>
                <Select
                  showSearch={{ optionFilterProp: 'label' }}
                  options={(known.data?.deviceModels ?? []).map((model) => ({
                    value: model.id,
                    label: `${english ? model.makerEn : model.maker} ${model.model} · ${english ? model.labelEn : model.label}`,
                  }))}
                />
              </Form.Item>
              {chosen && (
                <Alert
                  className="ls-form-failure"
                  type={chosen.template ? 'warning' : 'info'}
                  showIcon
                  title={t(chosen.template ? 'templateNote' : 'sourceNote', { n: chosen.points })}
                  description={chosen.source}
                />
              )}
            </>
          ) : (
            <>
              <Form.Item name="name" label={t('tableName')} rules={[{ required: true }]}>
                <Input maxLength={80} />
              </Form.Item>
              <Form.Item name="modelCode" label={t('model')} rules={[{ required: true }]}>
                <Select
                  showSearch={{ optionFilterProp: 'label' }}
                  options={(models.data?.items ?? []).map((m) => ({ value: m.code, label: nameIn(locale, m.name, m.nameEn) }))}
                />
              </Form.Item>
            </>
          )}
          <Button type="primary" htmlType="submit" loading={state.saving}>
            {t('ui:create')}
          </Button>
        </Form>
      </Section>
    </Page>
  )
}
