import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, TreeSelect } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { DeviceCode } from '#modules/shopfloor/devices/contract.ts'
import { type PlantNode, type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { schemaRule, showAtFields } from '#ui/form.tsx'
import { nameIn, type PageLocale, useLocale, useWords } from '#ui/i18n.ts'
import { Page, Section } from '#ui/page.tsx'
import { configurationApi } from '../configuration-contract.ts'
import { enrolmentApi } from '../enrolment-contract.ts'
import { type Enrolment, EnrolmentShown } from './enrolment.tsx'
import './gateways.css'

interface Values {
  code: string
  name: string
  nameEn?: string
  nodeId?: string | null
}

export function Component() {
  const t = useWords('gateways')
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const [made, setMade] = useState<{ id: string; enrolment: Enrolment; credential: { userName: string; secret: string } }>()
  const save = async (values: Values) => {
    setSaving(true)
    setFailure(undefined)
    try {
      const { id, credential } = await call(configurationApi.create, {
        body: {
          code: values.code,
          name: values.name,
          nameEn: values.nameEn || null,
          nodeId: (values.nodeId ?? null) as PlantNodeId | null,
        },
      })
      await client.invalidateQueries({ queryKey: ['gateways'] })
      const enrolment = await call(enrolmentApi.createEnrolment, { params: { id }, body: {} })
      setMade({ id, enrolment, credential })
    } catch (error) {
      const fields = { 'devices.codeTaken': 'code', 'devices.placeNotFound': 'nodeId', 'devices.placeRetired': 'nodeId' }
      setFailure(showAtFields(form, error, fields, t) ? undefined : error)
    } finally {
      setSaving(false)
    }
  }
  return (
    <Page title={t('addGateway')} subtitle={t('addGatewaySubtitle')} breadcrumbs={[{ label: t('menu.gateways'), path: '/gateways' }]}>
      <Section>
        <Form<Values> form={form} layout="vertical" className="gw-form" onFinish={(values) => void save(values)}>
          {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
          <Form.Item
            name="code"
            label={t('code')}
            extra={t('codeHint')}
            rules={[{ required: true }, schemaRule(DeviceCode, t, t('codeRule'))]}
          >
            <Input maxLength={63} placeholder="GW-01" autoComplete="off" spellCheck={false} />
          </Form.Item>
          <Form.Item name="name" label={t('gatewayName')} rules={[{ required: true }]}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="nameEn" label={t('nameEn')}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="nodeId" label={t('place')} extra={t('placeHint')}>
            <PlaceField />
          </Form.Item>
          <div className="ls-page-actions">
            <Button type="primary" htmlType="submit" loading={saving}>
              {t('ui:create')}
            </Button>
            <Link to="/gateways">
              <Button>{t('ui:cancel')}</Button>
            </Link>
          </div>
        </Form>
      </Section>
      {made && (
        <EnrolmentShown enrolment={made.enrolment} onClose={() => void navigate(`/gateways/${made.id}`)}>
          <Credential {...made.credential} />
        </EnrolmentShown>
      )}
    </Page>
  )
}

/** For whoever keeps the program's settings by other means. */
function Credential({ userName, secret }: { userName: string; secret: string }) {
  const t = useWords('gateways')
  return (
    <>
      <p className="ls-quiet">{t('enrolByHand')}</p>
      <dl className="gw-secret">
        <dt className="ls-quiet">{t('userName')}</dt>
        <dd>
          <code>{userName}</code>
        </dd>
        <dt className="ls-quiet">{t('secret')}</dt>
        <dd>
          <code>{secret}</code>
        </dd>
      </dl>
    </>
  )
}

/** A place of the plant; the enterprise itself is none. */
export function PlaceField(props: { id?: string; value?: string | null; onChange?: (value: string | null) => void }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const places = useQuery({ queryKey: ['plant', 'nodes', false], queryFn: ({ signal }) => call(plantApi.nodes, { query: {}, signal }) })
  return (
    <TreeSelect<string>
      {...(props.id ? { id: props.id } : {})}
      value={props.value ?? undefined}
      onChange={(value) => props.onChange?.(value ?? null)}
      treeData={placesBelow(places.data?.nodes ?? [], null, locale)}
      treeDefaultExpandAll
      allowClear
      showSearch={{ treeNodeFilterProp: 'title' }}
      loading={places.isPending}
      placeholder={t('noPlace')}
    />
  )
}

interface PlaceOption {
  value: string
  title: string
  disabled: boolean
  children: PlaceOption[]
}

function placesBelow(nodes: readonly PlantNode[], parentId: string | null, locale: PageLocale): PlaceOption[] {
  return nodes
    .filter((node) => node.parentId === parentId)
    .sort((a, b) => a.code.localeCompare(b.code, 'zh-CN', { numeric: true }))
    .map((node) => ({
      value: node.id,
      title: `${nameIn(locale, node.name, node.nameEn)}（${node.code}）`,
      disabled: node.level === 'enterprise',
      children: placesBelow(nodes, node.id, locale),
    }))
}
