import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { showAtFields, useUnsavedGuard } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Page, Section } from '#ui/page.tsx'
import { checkDraft } from '../companion/checked-draft.ts'
import type { DraftPoint, MachineDraft } from '../companion/draft.ts'
import { configurationApi } from '../configuration-contract.ts'
import { CompanionPreview } from './companion-preview.tsx'
import { FilesSource, ServerSource } from './companion-source.tsx'
import './gateways.css'

/** What was read, under which name, and where the machine stands if it is one. */
export interface ReadMachine {
  draft: MachineDraft
  name: string
  /** The machine’s node; undefined of a type. */
  at: string | undefined
  source: string
}

interface Values {
  modelCode: string
  modelName: string
  tableName: string
}

/** An OPC UA companion model, of files or of a machine on a live server, becomes a thing model and its point table. */
export function Component() {
  const t = useWords('gateways')
  const [from, setFrom] = useState<'files' | 'server'>('files')
  const [read, setRead] = useState<{ no: number; machine: ReadMachine }>()
  const take = (machine: ReadMachine | undefined) => setRead((before) => machine && { no: (before?.no ?? 0) + 1, machine })
  return (
    <Page
      title={t('companion.title')}
      subtitle={t('companion.subtitle')}
      breadcrumbs={[{ label: t('menu.pointTables'), path: '/gateways/point-tables' }]}
    >
      <Section title={t('companion.from')}>
        <Radio.Group
          value={from}
          aria-label={t('companion.from')}
          onChange={({ target }) => {
            setFrom(target.value as 'files' | 'server')
            take(undefined)
          }}
          options={[
            { value: 'files', label: t('companion.fromFiles') },
            { value: 'server', label: t('companion.fromServer') },
          ]}
        />
        {from === 'files' ? <FilesSource onRead={take} /> : <ServerSource onRead={take} />}
      </Section>
      {read && <Draft key={read.no} machine={read.machine} />}
    </Page>
  )
}

function Draft({ machine }: { machine: ReadMachine }) {
  const t = useWords('gateways')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const [points, setPoints] = useState<DraftPoint[]>(machine.draft.points)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(machine.draft.points.filter(({ optional }) => !optional).map(({ path }) => path)),
  )
  const [state, setState] = useState<{ saving: boolean; failure?: string }>({ saving: false })
  useUnsavedGuard(!state.saving && points !== machine.draft.points)
  const save = async (values: Values) => {
    const checked = checkDraft(
      { code: values.modelCode, name: values.modelName, description: machine.source },
      points.filter(({ path }) => chosen.has(path)),
      { methods: machine.draft.methods.filter(({ optional }) => !optional), events: machine.draft.events },
    )
    if (checked.kind === 'wrong') {
      const { code, kind: _, ...gaps } = checked
      setState({ saving: false, failure: t(`companion.${code}`, gaps) + ('message' in checked ? wordsOf(checked.message) : '') })
      return
    }
    setState({ saving: true })
    try {
      const { id } = await call(configurationApi.createPointTable, {
        body: { name: values.tableName, protocol: 'opcua', thingModel: checked.thingModel, rows: checked.rows },
      })
      await client.invalidateQueries({ queryKey: ['gateways'] })
      await client.invalidateQueries({ queryKey: ['devices'] })
      void message.success(t('ui:saved'))
      void navigate(`/gateways/point-tables/${id}`)
    } catch (error) {
      const shown = showAtFields(form, error, { 'gateways.nameTaken': 'tableName', 'devices.codeTaken': 'modelCode' }, t)
      setState({ saving: false, ...(shown ? {} : { failure: errorText(error, t) }) })
    }
  }
  const wordsOf = (issue: string) => ` ${t(`devices:modelIssues.${issue}`, { defaultValue: '' })}`.trimEnd()
  const none = chosen.size === 0 ? t('companion.noPoints') : undefined
  return (
    <>
      <CompanionPreview
        machine={machine}
        points={points}
        chosen={chosen}
        onChoose={setChosen}
        onChange={(path, change) => setPoints((before) => before.map((point) => (point.path === path ? { ...point, ...change } : point)))}
      />
      <Section title={t('companion.save')}>
        {state.failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={state.failure} />}
        <p className="ls-quiet">{machine.at ? t('companion.unitHint', { at: machine.at }) : t('companion.unitHintType')}</p>
        <Form<Values>
          form={form}
          layout="vertical"
          className="gw-form"
          initialValues={{ modelCode: codeOf(machine.name), modelName: machine.name, tableName: `${machine.name} OPC UA` }}
          onFinish={(values) => void save(values)}
        >
          <Form.Item
            name="modelCode"
            label={t('companion.modelCode')}
            extra={t('devices:modelCodeHint')}
            rules={[{ required: true }, { pattern: /^[a-z][a-z0-9.-]{0,59}$/, message: t('devices:modelCodeHint') }]}
          >
            <Input maxLength={60} spellCheck={false} autoComplete="off" />
          </Form.Item>
          <Form.Item name="modelName" label={t('companion.modelName')} rules={[{ required: true, whitespace: true }]}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="tableName" label={t('companion.tableName')} rules={[{ required: true, whitespace: true }]}>
            <Input maxLength={80} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={state.saving} disabled={none !== undefined} title={none}>
            {t('companion.create')}
          </Button>
        </Form>
      </Section>
    </>
  )
}

/** `ExampleMachineType` → `example-machine`. */
const codeOf = (name: string): string =>
  name
    .replace(/(?<=.)Type$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 60) || 'opcua-machine'
