import { FontSizeOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Select } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { protocols } from '#edge/drivers/protocols.ts'
import { call, errorText } from '#ui/api.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { formatNumber } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { configurationApi, type PointTable } from '../configuration-contract.ts'
import type { Settings } from '../contract.ts'
import { commandNames, isUnfilled, type PointRow } from '../point-rows.ts'
import { BrowseButton, type PickedNode } from './browse-drawer.tsx'
import { type NamedRow, NameRuleDrawer, type Renaming } from './name-rule-drawer.tsx'
import { LEAST_REQUEST_MS, requestsTooMany } from './pace.ts'
import { PointGrid } from './point-grid.tsx'
import { ProblemList } from './problem-list.tsx'
import { gatewayQueries } from './queries.ts'
import { defaultsOf, SettingsFields } from './settings-fields.tsx'
import { SheetButtons } from './sheet-buttons.tsx'
import {
  type DraftRow,
  draftOf,
  emptyDraft,
  gridColumns,
  lackingProperties,
  type NewCommand,
  type NewProperty,
  pasteInto,
  rowsOf,
  rowsOfNodes,
  SOURCE_FOLDER,
  SOURCE_NAME,
  typedInto,
} from './table-draft.ts'
import { useTestRead } from './test-read.tsx'
import './gateways.css'

/** Long enough to read the names. */
const METHODS_LEFT_S = 10

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(gatewayQueries.pointTable(id))
  return (
    <Loaded query={query}>
      {(table) => {
        const protocol = protocols[table.protocol]
        return protocol ? <TableEditor key={`${id} ${table.version}`} table={table} protocol={protocol} /> : null
      }}
    </Loaded>
  )
}

/** The table as it is being typed. */
function useTableDraft(table: PointTable, protocol: Protocol) {
  const t = useWords('gateways')
  const client = useQueryClient()
  const { message } = App.useApp()
  const columns = useMemo(() => gridColumns(protocol), [protocol])
  const [name, setName] = useState(table.name)
  const [drafts, setDrafts] = useState<DraftRow[]>(() => table.rows.map((row) => draftOf(row, columns)))
  const [state, setState] = useState<{ touched: boolean; saving: boolean; failure?: unknown }>({ touched: false, saving: false })
  const [added, setAdded] = useState<NewProperty[]>([])
  const [methods, setMethods] = useState<NewCommand[]>([])
  const commands = useMemo(() => new Set([...commandNames(table), ...methods.map(({ name }) => name)]), [table, methods])
  const properties = useMemo(
    () => new Map([...table.properties, ...added].map((property) => [property.name as string, property])),
    [table.properties, added],
  )
  const lacking = useMemo(() => lackingProperties(drafts, properties), [drafts, properties])
  const { rows, problems } = useMemo(
    () => rowsOf(protocol, columns, drafts, properties, commands),
    [protocol, columns, drafts, properties, commands],
  )
  useUnsavedGuard(state.touched && !state.saving)
  const touch = () => setState((before) => (before.touched ? before : { ...before, touched: true }))
  const save = async (devices: 'atOnce' | 'later' = 'atOnce') => {
    setState({ touched: true, saving: true })
    try {
      const used = new Set(rows.map((row) => row.name))
      const newProperties = added.filter((property) => used.has(property.name))
      await call(configurationApi.updatePointTable, {
        params: { id: table.id },
        body: { version: table.version, name, rows, newProperties, newCommands: methods.filter(({ name }) => used.has(name)), devices },
      })
      setState({ touched: false, saving: false })
      await client.invalidateQueries({ queryKey: ['gateways'] })
      void message.success(t('ui:saved'))
    } catch (failure) {
      setState({ touched: true, saving: false, failure })
    }
  }
  /** Rows more, with what the thing model will need for them. */
  const append = (content: { drafts: DraftRow[]; properties: NewProperty[]; commands?: NewCommand[] }) => {
    setDrafts((before) => [...before, ...content.drafts])
    setMethods((before) => [...before, ...(content.commands ?? [])])
    setAdded((before) => [...before, ...content.properties])
    touch()
  }
  return {
    ...state,
    columns,
    name,
    drafts,
    rows,
    problems,
    lacking,
    properties,
    addLacking: () => setAdded((before) => [...before, ...lacking]),
    append,
    /** Of a device's directory. */
    pick: (nodes: PickedNode[]) => {
      const { left, ...content } = rowsOfNodes(nodes, columns, [...properties.keys(), ...commands])
      append(content)
      if (left.length > 0) void message.warning(t('methodsLeft', { names: left.join('、') }), METHODS_LEFT_S)
    },
    /** A file's rows take the place of these. */
    take: (content: { drafts: DraftRow[]; properties: NewProperty[] }) => {
      setDrafts(content.drafts)
      setAdded((before) => [...before, ...content.properties])
      touch()
    },
    save,
    /** Rows and what the thing model will have for them; a property that another row still names stays as it is. */
    renameRows: (renaming: Renaming) => {
      setMethods((before) => renamedBy(renaming, drafts, before))
      setAdded((before) => renamedBy(renaming, drafts, before))
      const byRow = new Map(renaming.map(({ row, name }) => [row, name]))
      setDrafts((before) => before.map((draft, i) => ({ ...draft, name: byRow.get(i) ?? draft.name ?? '' })))
      touch()
    },
    rename: (next: string) => {
      setName(next)
      touch()
    },
    change: (next: (before: DraftRow[]) => DraftRow[]) => {
      setDrafts(next)
      touch()
    },
  }
}

/** What rows stand for, by its new name and label. */
function renamedBy<T extends { name: string; label: string }>(renaming: Renaming, drafts: readonly DraftRow[], before: readonly T[]): T[] {
  const byName = new Map(renaming.map(({ row, name, label }) => [drafts[row]?.name ?? '', { name, label }]))
  return before.map((one) => ({ ...one, ...byName.get(one.name) }))
}

function TableEditor({ table, protocol }: { table: PointTable; protocol: Protocol }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const canManage = useCan('gateways.manage')
  const draft = useTableDraft(table, protocol)
  const { columns, name, drafts, rows, problems, touched, saving, failure, change, lacking, properties } = draft
  const test = useTestRead([...properties.values()])
  const names = namesOf(table, locale)
  const read = rows.filter(({ access }) => access !== 'call')
  const [shown, setShown] = useState<{ row: number }>()
  const tooMany = useMemo(() => (problems.length > 0 ? undefined : requestsTooMany(protocol, rows)), [problems, protocol, rows])
  const reason = problems.length > 0 ? t('problemsLeft', { n: problems.length }) : touched ? undefined : t('ui:form.unchanged')
  return (
    <Page
      title={table.name}
      subtitle={t('tableSubtitle', { model: nameIn(locale, table.modelName, table.modelNameEn), n: table.devices })}
      breadcrumbs={[{ label: t('menu.pointTables'), path: '/gateways/point-tables' }]}
      actions={
        <>
          {table.devices > 0 && (
            <Link to={`/gateways/point-tables/${table.id}/roll-out`}>
              <Button>{t(table.behind > 0 ? 'rollOut.openBehind' : 'rollOut.open', { n: table.behind })}</Button>
            </Link>
          )}
          {canManage && table.devices > 0 && (
            <Button loading={saving} disabled={reason !== undefined} title={reason} onClick={() => void draft.save('later')}>
              {t('rollOut.saveLater')}
            </Button>
          )}
          {canManage && (
            <Button type="primary" loading={saving} disabled={reason !== undefined} title={reason} onClick={() => void draft.save()}>
              {t('ui:save')}
            </Button>
          )}
        </>
      }
    >
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      <Section
        title={t('rows_title')}
        extra={
          canManage && (
            <div className="gw-bar">
              <Input aria-label={t('tableName')} value={name} maxLength={80} onChange={(e) => draft.rename(e.target.value)} />
              <SheetButtons
                name={table.name}
                columns={columns}
                drafts={drafts}
                properties={properties}
                protocol={protocol.name}
                onRead={draft.take}
                onAppend={draft.append}
              />
              <BulkChange onApply={(key, value) => change((before) => before.map((draft) => ({ ...draft, [key]: value })))} />
              <NamingButton drafts={drafts} known={table.properties} properties={properties} onApply={draft.renameRows} />
              <BrowseButton protocol={protocol} onPick={draft.pick} />
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => change((before) => [...before, emptyDraft(columns)])}>
                {t('addRow')}
              </Button>
            </div>
          )
        }
      >
        {canManage && <p className="ls-quiet">{t('pasteHint')}</p>}
        {canManage && lacking.length > 0 && (
          <Alert
            type="info"
            showIcon
            className="ls-form-failure"
            title={t('lacking', { n: lacking.length })}
            action={<Button onClick={draft.addLacking}>{t('addLacking')}</Button>}
          />
        )}
        <ProblemList problems={problems} drafts={drafts} columns={columns} onShow={(row) => setShown({ row })} />
        <Unfilled rows={rows} />
        <TooFast requests={tooMany} />
        <Names names={names} />
        <PointGrid
          columns={columns}
          drafts={drafts}
          problems={problems}
          shown={shown}
          names={names}
          samples={test.samples}
          onChange={
            canManage
              ? (row, key, value) =>
                  change((before) => before.map((draft, i) => (i === row ? typedInto(draft, columns, key, value) : draft)))
              : undefined
          }
          onPaste={canManage ? (at, text) => change((before) => pasteInto(before, columns, at, text)) : undefined}
          onRemove={canManage ? (row) => change((before) => before.filter((_, i) => i !== row)) : undefined}
        />
        {drafts.length === 0 && <p className="ls-quiet">{t('noRows')}</p>}
      </Section>
      {canManage && (
        <TestReadBar
          table={table}
          protocol={protocol}
          test={test}
          blocked={problems.length > 0 || rows.length === 0}
          onRead={(g, l, unit) => void test.read(g, l, unit, read)}
        />
      )}
    </Page>
  )
}

/** What a row may be called: properties, and commands that are methods. */
const namesOf = ({ properties, commands }: PointTable, locale: PageLocale) =>
  [...properties, ...commands].map(({ name, label, labelEn }) => ({ name, label: nameIn(locale, label, labelEn) }))

const Names = ({ names }: { names: ReturnType<typeof namesOf> }) => (
  <datalist id="gw-names">
    {names.map(({ name, label }) => (
      <option key={name} value={name} label={label} />
    ))}
  </datalist>
)

/** What a template left open: how much of it waits. */
function Unfilled({ rows }: { rows: readonly PointRow[] }) {
  const t = useWords('gateways')
  const n = rows.filter(isUnfilled).length
  return n === 0 ? null : <Alert type="warning" showIcon className="ls-form-failure" title={t('unfilled', { n, all: rows.length })} />
}

/** Points that the thing model does not have yet: the others are known by their names, their history too. */
function NamingButton(props: {
  drafts: readonly DraftRow[]
  known: readonly { name: string }[]
  properties: ReadonlyMap<string, NewProperty>
  onApply: (renaming: Renaming) => void
}) {
  const t = useWords('gateways')
  const [rows, setRows] = useState<NamedRow[]>()
  const known = new Set(props.known.map(({ name }) => name))
  const renamed = () =>
    props.drafts.flatMap((draft, row): NamedRow[] => {
      const current = draft.name ?? ''
      const address = draft['place.address'] ?? ''
      if (known.has(current) || (current === '' && address === '')) return []
      const name = draft[SOURCE_NAME] ?? (current || address)
      return [{ row, current, address, name, folder: draft[SOURCE_FOLDER] ?? '', label: props.properties.get(current)?.label ?? '' }]
    })
  const open = props.drafts.some((draft) => (draft.name ?? '') !== '' && !known.has(draft.name ?? ''))
  return (
    <>
      <Button
        icon={<FontSizeOutlined aria-hidden />}
        disabled={!open}
        title={open ? undefined : t('naming.none')}
        onClick={() => setRows(renamed())}
      >
        {t('naming.title')}
      </Button>
      {rows && (
        <NameRuleDrawer
          rows={rows}
          taken={known}
          onClose={() => setRows(undefined)}
          onApply={(renaming) => {
            props.onApply(renaming)
            setRows(undefined)
          }}
        />
      )}
    </>
  )
}

/** Not even the quickest device answers so many requests. */
function TooFast({ requests }: { requests: number | undefined }) {
  const t = useWords('gateways')
  if (requests === undefined) return null
  const title = t('tooFast', { n: formatNumber(requests), ms: LEAST_REQUEST_MS })
  return <Alert type="warning" showIcon className="ls-form-failure" title={title} />
}

const bulkKeys = ['scale', 'offset', 'periodMs', 'deadband'] as const

/** One value for all rows. */
function BulkChange({ onApply }: { onApply: (key: string, value: string) => void }) {
  const t = useWords('gateways')
  const [key, setKey] = useState<string>('periodMs')
  const [value, setValue] = useState('')
  return (
    <>
      <Select
        aria-label={t('bulkColumn')}
        value={key}
        onChange={setKey}
        options={bulkKeys.map((k) => ({ value: k, label: t(`columns.${k}`) }))}
      />
      <Input
        aria-label={t('bulkValue')}
        className="gw-bulk"
        value={value}
        placeholder={t('bulkValue')}
        onChange={(e) => setValue(e.target.value)}
      />
      <Button disabled={value.trim() === ''} onClick={() => onApply(key, value.trim())}>
        {t('bulkApply')}
      </Button>
    </>
  )
}

interface BarValues {
  gateway?: string
  link?: string
  unit: Settings
}

/** From which gateway, link and unit the rows are tried. */
function TestReadBar(props: {
  table: PointTable
  protocol: Protocol
  test: ReturnType<typeof useTestRead>
  blocked: boolean
  onRead: (gatewayId: string, linkId: string, unit: Settings) => void
}) {
  const t = useWords('gateways')
  const locale = useLocale()
  const [form] = Form.useForm<BarValues>()
  const gateways = useQuery(gatewayQueries.gatewayChoices)
  const gatewayId = Form.useWatch('gateway', form)
  const gateway = useQuery({ ...gatewayQueries.gateway(gatewayId ?? ''), enabled: gatewayId !== undefined })
  const links = (gateway.data?.linkList ?? []).filter((link) => link.protocol === props.table.protocol)
  return (
    <Section title={t('testRead')}>
      <Form<BarValues>
        form={form}
        layout="vertical"
        initialValues={{ unit: defaultsOf(props.protocol.unit) }}
        onFinish={(values) => values.gateway && values.link && props.onRead(values.gateway, values.link, values.unit)}
      >
        <div className="gw-bar gw-bar-fields">
          <Form.Item name="gateway" label={t('gateway')} rules={[{ required: true }]}>
            <Select
              style={{ minWidth: 200 }}
              options={(gateways.data?.items ?? []).map((g) => ({ value: g.id as string, label: nameIn(locale, g.name, g.nameEn) }))}
              onChange={() => form.resetFields(['link'])}
            />
          </Form.Item>
          <Form.Item name="link" label={t('link')} rules={[{ required: true }]}>
            <Select style={{ minWidth: 200 }} options={links.map((link) => ({ value: link.id as string, label: link.name }))} />
          </Form.Item>
          <SettingsFields schema={props.protocol.unit} path="unit" />
          <Form.Item label=" ">
            <Button
              htmlType="submit"
              loading={props.test.reading}
              disabled={props.blocked}
              title={props.blocked ? t('testBlocked') : undefined}
            >
              {t('testRead')}
            </Button>
          </Form.Item>
        </div>
      </Form>
      {props.test.failure && <Alert type="error" showIcon role="alert" title={props.test.failure} />}
      {props.test.samples && <Alert type="success" showIcon title={t('testDone', { n: props.test.samples.size })} />}
    </Section>
  )
}
