import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { devicesApi, type ThingModel } from '../contract.ts'
import { Definition } from '../thing-model.ts'
import { ExtrasEditor, PropertiesEditor } from './model-fields.tsx'
import { definitionOf, emptyProperty, type ModelValues, valuesOf } from './model-values.ts'
import { deviceQueries } from './queries.ts'
import './devices.css'

/** A new thing model, or the next version of one. */
export function Component() {
  const { id } = useParams()
  return id ? <NextVersion id={id} /> : <ModelEditor model={undefined} />
}

function NextVersion({ id }: { id: string }) {
  const query = useQuery(deviceQueries.model(id))
  return <Loaded query={query}>{(model) => <ModelEditor model={model} />}</Loaded>
}

function ModelEditor({ model }: { model: ThingModel | undefined }) {
  const t = useWords('devices')
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<ModelValues>()
  const [state, setState] = useState<{ saving: boolean; touched: boolean; failure?: string }>({ saving: false, touched: false })
  useUnsavedGuard(state.touched && !state.saving)
  const back = model ? `/devices/thing-models/${model.id}` : '/devices/thing-models'

  const save = async (values: ModelValues) => {
    const definition = Definition.safeParse(definitionOf(values))
    if (!definition.success) {
      const issues = definition.error.issues.map((issue) => ({
        name: issue.path,
        errors: [t(`modelIssues.${issue.message}`, { defaultValue: t('ui:form.invalidField') })],
      }))
      form.setFields(issues as never)
      setState({ saving: false, touched: true, failure: t('modelHasIssues', { n: issues.length }) })
      return
    }
    setState({ saving: true, touched: true })
    const head = { name: values.name, nameEn: values.nameEn || null, description: values.description ?? '', definition: definition.data }
    try {
      const { id } = model
        ? await call(devicesApi.addModelVersion, { params: { id: model.id }, body: head })
        : await call(devicesApi.createThingModel, { body: { ...head, code: values.code } })
      await client.invalidateQueries({ queryKey: ['devices'] })
      setState({ saving: false, touched: false })
      void navigate(`/devices/thing-models/${id}`)
    } catch (error) {
      const shown = showAtFields(form, error, { 'devices.codeTaken': 'code' }, t)
      setState({ saving: false, touched: true, ...(shown ? {} : { failure: errorText(error, t) }) })
    }
  }
  return (
    <Page
      title={model ? t('newVersionTitle', { name: model.name, n: model.versionNo + 1 }) : t('addModel')}
      subtitle={t(model ? 'newVersionSubtitle' : 'addModelSubtitle')}
      breadcrumbs={[{ label: t('menu.thingModels'), path: '/devices/thing-models' }, ...(model ? [{ label: model.name, path: back }] : [])]}
      actions={
        <>
          <Button onClick={() => void navigate(back)}>{t('ui:cancel')}</Button>
          <Button type="primary" loading={state.saving} onClick={() => form.submit()}>
            {t('ui:save')}
          </Button>
        </>
      }
    >
      <Form<ModelValues>
        form={form}
        layout="vertical"
        scrollToFirstError
        initialValues={model ? valuesOf(model) : { properties: [emptyProperty()], events: [], commands: [] }}
        onFinish={(values) => void save(values)}
        onValuesChange={() => setState((s) => (s.touched ? s : { ...s, touched: true }))}
      >
        {state.failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={state.failure} />}
        <Section>
          <div className="dv-fields">
            <Form.Item
              name="code"
              label={t('code')}
              extra={t('modelCodeHint')}
              rules={[{ required: true }, { pattern: /^[a-z][a-z0-9.-]{0,59}$/, message: t('modelCodeHint') }]}
            >
              <Input
                maxLength={60}
                disabled={model !== undefined}
                placeholder="die-casting-machine"
                autoComplete="off"
                spellCheck={false}
              />
            </Form.Item>
            <Form.Item name="name" label={t('modelName')} rules={[{ required: true, whitespace: true }]}>
              <Input maxLength={80} placeholder={t('modelNameExample')} autoComplete="off" />
            </Form.Item>
            <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
              <Input maxLength={80} autoComplete="off" />
            </Form.Item>
          </div>
          <Form.Item name="description" label={`${t('description')}（${t('ui:optional')}）`}>
            <Input.TextArea maxLength={1000} rows={2} />
          </Form.Item>
        </Section>
        <PropertiesEditor old={model?.definition.properties.map((p) => p.name) ?? []} />
        <ExtrasEditor name="events" />
        <ExtrasEditor name="commands" />
      </Form>
    </Page>
  )
}
