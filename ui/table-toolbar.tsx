import { DeleteOutlined, DownloadOutlined, SearchOutlined, SettingOutlined, StarOutlined } from '@ant-design/icons'
import { App, Button, Checkbox, Dropdown, Input, Popover, Select, Space } from 'antd'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { EXPORT_MAX_ROWS } from '#values/list.ts'
import { errorText, isAborted } from './api.ts'
import { nowMs } from './clock.ts'
import { type CsvCell, downloadCsv } from './csv.ts'
import type { Column, DataTableProps, Filter } from './data-table.tsx'
import { formatDateTimeSeconds, formatNumber } from './format.ts'
import { useWords } from './i18n.ts'
import { saveFile } from './save-file.ts'
import { EXPORT_LIMIT, fetchAll, type ListState, useStored } from './table-state.ts'

const DEBOUNCE_MS = 300

// Few tables have one.
const TreeFilter = lazy(async () => ({ default: (await import('./tree-filter.tsx')).TreeFilter }))

type ToolbarProps<Row> = DataTableProps<Row> & {
  filters: Filter[]
  defaultSort: string
  state: ListState
  change: (part: Partial<ListState>) => void
  hidden: string[]
  setHidden: (hidden: string[]) => void
  total: number | undefined
  totalCapped: boolean
  bulkRow: ReactNode
}

export function TableToolbar<Row>(props: ToolbarProps<Row>) {
  const t = useWords()
  const { state, change } = props
  const filtered = state.search !== '' || Object.keys(state.filters).length > 0
  return (
    <div className="ls-toolbar">
      <div className="ls-toolbar-find">
        {props.searchable !== false && (
          <SearchBox value={state.search} hint={props.searchHint ?? t('ui:table.search')} onSearch={(search) => change({ search })} />
        )}
        {props.filters.map((filter) => (
          <OneFilter
            key={filter.key}
            filter={filter}
            value={state.filters[filter.key] ?? null}
            onChange={(value) => change({ filters: withFilter(state.filters, filter.key, value) })}
          />
        ))}
        {filtered && (
          <Button type="link" onClick={() => change({ search: '', filters: {} })}>
            {t('ui:table.clearFilters')}
          </Button>
        )}
      </div>
      <div className="ls-toolbar-do">
        {props.bulkRow}
        {props.actions}
        <Views name={props.name} state={state} change={change} />
        <Columns columns={props.columns} hidden={props.hidden} setHidden={props.setHidden} />
        {props.exportHref ? <ServerExport {...props} /> : <Export {...props} />}
      </div>
    </div>
  )
}

interface FilterProps {
  filter: Filter
  value: string | null
  onChange: (value: string | null | undefined) => void
}

function OneFilter({ filter, value, onChange }: FilterProps) {
  const select = (
    <Select
      aria-label={filter.label}
      placeholder={filter.label}
      allowClear
      showSearch={filter.options.length > 8 ? { optionFilterProp: 'label' } : false}
      popupMatchSelectWidth={false}
      className="ls-filter"
      options={filter.options}
      value={value}
      onChange={onChange}
    />
  )
  if (!filter.options.some(({ children }) => children && children.length > 0)) return select
  return (
    <Suspense fallback={select}>
      <TreeFilter filter={filter} value={value} onChange={onChange} />
    </Suspense>
  )
}

function withFilter(filters: Record<string, string>, key: string, value: string | null | undefined): Record<string, string> {
  const { [key]: _, ...rest } = filters
  return value ? { ...rest, [key]: value } : rest
}

function SearchBox({ value, hint, onSearch }: { value: string; hint: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  useEffect(() => {
    // The URL changed by other means: “back”, a saved view, “clear filters”.
    if (value !== sent.current) {
      sent.current = value
      setText(value)
    }
  }, [value])
  useEffect(() => {
    if (text.trim() === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text.trim()
      onSearch(text.trim())
    }, DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text, onSearch])
  return (
    <Input
      className="ls-search"
      prefix={<SearchOutlined aria-hidden />}
      aria-label={hint}
      placeholder={hint}
      allowClear
      maxLength={100}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  )
}

function Columns<Row>({ columns, hidden, setHidden }: { columns: Column<Row>[]; hidden: string[]; setHidden: (hidden: string[]) => void }) {
  const t = useWords()
  const choosable = columns.filter((c) => !c.actions)
  const shown = choosable.filter((c) => !hidden.includes(c.key))
  const content = (
    <Space orientation="vertical" size={4}>
      {choosable.map((column) => (
        <Checkbox
          key={column.key}
          checked={!hidden.includes(column.key)}
          disabled={shown.length === 1 && shown[0] === column}
          onChange={(event) => setHidden(event.target.checked ? hidden.filter((k) => k !== column.key) : [...hidden, column.key])}
        >
          {column.title}
        </Checkbox>
      ))}
      <Button size="small" onClick={() => setHidden(columns.filter((c) => c.hidden).map((c) => c.key))}>
        {t('ui:table.allColumns')}
      </Button>
    </Space>
  )
  return (
    <Popover trigger="click" placement="bottomRight" title={t('ui:table.chooseColumns')} content={content}>
      <Button icon={<SettingOutlined aria-hidden />} aria-label={t('ui:table.chooseColumns')} title={t('ui:table.chooseColumns')} />
    </Popover>
  )
}

interface View {
  name: string
  state: ListState
}

function Views({ name, state, change }: { name: string; state: ListState; change: (part: Partial<ListState>) => void }) {
  const t = useWords()
  const [views, setViews] = useStored<View[]>(`lianshu.views.${name}`, [])
  const [title, setTitle] = useState('')
  const [open, setOpen] = useState(false)
  const save = () => {
    const viewName = title.trim()
    if (!viewName) return
    setViews([...views.filter((v) => v.name !== viewName), { name: viewName, state }])
    setTitle('')
  }
  const content = (
    <Space orientation="vertical" className="ls-views">
      {views.length === 0 && <span className="ls-quiet">{t('ui:table.noViews')}</span>}
      {views.map((view) => (
        <div key={view.name} className="ls-view">
          <Button
            type="link"
            onClick={() => {
              change(view.state)
              setOpen(false)
            }}
          >
            {view.name}
          </Button>
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined aria-hidden />}
            aria-label={t('ui:table.deleteView', { name: view.name })}
            onClick={() => setViews(views.filter((v) => v !== view))}
          />
        </div>
      ))}
      <Space.Compact>
        <Input
          maxLength={30}
          aria-label={t('ui:table.viewName')}
          placeholder={t('ui:table.viewName')}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          onPressEnter={save}
        />
        <Button onClick={save} disabled={title.trim() === ''}>
          {t('ui:table.saveView')}
        </Button>
      </Space.Compact>
    </Space>
  )
  return (
    <Popover trigger="click" placement="bottomRight" title={t('ui:table.views')} content={content} open={open} onOpenChange={setOpen}>
      <Button icon={<StarOutlined aria-hidden />} aria-label={t('ui:table.views')} title={t('ui:table.views')} />
    </Popover>
  )
}

const cellOf = <Row,>(column: Column<Row>, row: Row): CsvCell => {
  if (column.text) return column.text(row)
  const shown = column.render(row)
  return typeof shown === 'string' || typeof shown === 'number' ? (shown === '—' ? '' : shown) : ''
}

/** A download that the browser shows and can cancel. */
function ServerExport<Row>({ exportHref, exportHint, state, total }: ToolbarProps<Row>) {
  const t = useWords()
  const hint = exportHint ?? t('ui:table.export')
  const href = total ? { href: exportHref?.(state) ?? '', download: true } : {}
  return <Button icon={<DownloadOutlined aria-hidden />} aria-label={hint} title={hint} disabled={!total} {...href} />
}

/** The same query as the list shows, all its pages, made into a file here; it can be cancelled. */
function Export<Row>(props: ToolbarProps<Row>) {
  const t = useWords()
  const { message } = App.useApp()
  const [progress, setProgress] = useState<number>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const total = props.total ?? 0
  const start = async (format: 'xlsx' | 'csv') => {
    abort.current = new AbortController()
    setProgress(0)
    try {
      const { rows, capped } = await fetchAll(props.pageQuery, props.state, abort.current.signal, setProgress)
      const columns = props.columns.filter((c) => !c.actions)
      const name = `${props.name}-${formatDateTimeSeconds(nowMs()).replace(/[-: ]/g, '')}`
      const titles = columns.map((c) => c.title)
      const cells = rows.map((row) => columns.map((c) => cellOf(c, row)))
      if (format === 'csv') downloadCsv(name, [titles, ...cells])
      // Fetched when the first list is exported.
      else saveFile(`${name}.xlsx`, await (await import('./workbook.ts')).listWorkbook(titles, cells))
      void (capped
        ? message.warning(t('ui:table.exportCapped', { n: formatNumber(rows.length) }), 6)
        : message.success(t('ui:table.exportDone', { n: formatNumber(rows.length) })))
    } catch (error) {
      if (!isAborted(error)) void message.error(errorText(error, t))
    } finally {
      setProgress(undefined)
    }
  }
  if (progress !== undefined)
    return (
      <Button danger onClick={() => abort.current?.abort()} title={t('ui:table.exportCancel')}>
        <span role="status">{t('ui:table.exporting', { n: formatNumber(progress) })}</span> · {t('ui:cancel')}
      </Button>
    )
  const hint = props.totalCapped
    ? t('ui:table.exportFirst', { limit: formatNumber(EXPORT_LIMIT) })
    : t('ui:table.exportAll', { total: formatNumber(total) })
  const formats = [
    { key: 'xlsx', label: t('ui:table.exportXlsx') },
    { key: 'csv', label: t('ui:table.exportCsv') },
  ]
  const whole = props.totalCapped && props.wholeHref?.(props.state)
  const label = (
    <a href={whole || undefined} download>
      {t('ui:table.exportXlsx')}
    </a>
  )
  const groups = [
    { type: 'group' as const, label: hint, children: formats },
    ...(whole
      ? [
          {
            type: 'group' as const,
            label: t('ui:table.exportWhole', { n: formatNumber(EXPORT_MAX_ROWS) }),
            children: [{ key: 'whole', label }],
          },
        ]
      : []),
  ]
  return (
    <Dropdown
      trigger={['click']}
      disabled={total === 0}
      menu={{
        items: groups,
        // The link of the whole list is the browser's own download, with its progress.
        onClick: ({ key }) => key !== 'whole' && void start(key as 'xlsx' | 'csv'),
      }}
    >
      <Button icon={<DownloadOutlined aria-hidden />} aria-label={hint} title={hint} disabled={total === 0} />
    </Dropdown>
  )
}
