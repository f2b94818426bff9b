import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Empty, Skeleton } from 'antd'
import { type ReactNode, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { type Page, TOTAL_LIMIT } from '#values/list.ts'
import { errorText } from './api.ts'
import type { CsvCell } from './csv.ts'
import { formatNumber } from './format.ts'
import { useWords } from './i18n.ts'
import { Notice } from './page.tsx'
import { Cards, Rows } from './table-rows.tsx'
import { type ListState, queryOf, type TableQuery, useListState, useStored } from './table-state.ts'
import { TableToolbar } from './table-toolbar.tsx'
import { usePhone } from './theme.ts'

export type { TableQuery } from './table-state.ts'

export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** What the export writes; without it the rendered text is written where it is plain text. */
  text?: (row: Row) => CsvCell
  /** The server's name of the sort, where the list can be sorted by this column. */
  sort?: string
  width?: number
  align?: 'right'
  /** Offered in the column choice, not shown at first. */
  hidden?: boolean
  /** Stands large on top of a phone's card; the first column does where none says so. */
  primary?: boolean
  /** Buttons: neither exported nor offered in the column choice. */
  actions?: boolean
}

export interface Filter {
  /** The name in the query and in the URL. */
  key: string
  label: string
  /** Options with children below them are a tree: the filter of one holds for all below it. */
  options: FilterOption[]
}

export interface FilterOption {
  value: string
  label: string
  children?: FilterOption[]
}

export interface DataTableProps<Row> {
  /** Names the table in this browser (columns, views) and the exported file. */
  name: string
  label: string
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  pageQuery: (query: TableQuery, signal: AbortSignal) => Promise<Page<Row>>
  /** For TanStack Query: invalidate it after a change. */
  queryKey: readonly unknown[]
  filters?: Filter[]
  /** `-name` descends; must be the server's default or be named by it. */
  defaultSort?: string
  /** The list has a search text; default true. */
  searchable?: boolean
  searchHint?: string
  rowHref?: (row: Row) => string | undefined
  onOpen?: (row: Row) => void
  /** Buttons for the rows chosen; `done` clears the choice. */
  bulk?: (rows: Row[], done: () => void) => ReactNode
  /** When there is nothing at all: what the list is for, and the next step. */
  empty?: { text: ReactNode; action?: ReactNode }
  actions?: ReactNode
  /** For a page with several lists: keeps their parts of the URL apart. */
  prefix?: string
  refreshMs?: number
  /** Where the server streams the whole list as a file, for lists longer than an export made in the browser. */
  exportHref?: (state: ListState) => string
  /** Where the server streams it as a workbook, offered where it is longer than an export made in the browser. */
  wholeHref?: (state: ListState) => string
  exportHint?: string
  pageSize?: number
}

const noFilters: Filter[] = []

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { filters = noFilters, defaultSort = '', prefix = '', pageSize = 100 } = props
  const filterKeys = useMemo(() => filters.map((f) => f.key), [filters])
  const [state, change] = useListState(prefix, filterKeys, defaultSort)
  const [hidden, setHidden] = useStored<string[]>(
    `lianshu.columns.${props.name}`,
    props.columns.filter((c) => c.hidden).map((c) => c.key),
  )
  const [chosen, setChosen] = useState<ReadonlyMap<string, Row>>(new Map())
  const phone = usePhone()
  const query = useInfiniteQuery({
    queryKey: [...props.queryKey, state, pageSize],
    queryFn: ({ pageParam, signal }) => props.pageQuery(queryOf(state, pageSize, pageParam), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (before) => before,
    ...(props.refreshMs ? { refetchInterval: props.refreshMs } : {}),
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  const first = query.data?.pages[0]
  const columns = props.columns.filter((c) => c.actions || !hidden.includes(c.key))
  const open = useOpen(props)
  const List = phone ? Cards<Row> : Rows<Row>

  return (
    <div className="ls-table" aria-busy={query.isFetching}>
      <TableToolbar
        {...props}
        filters={filters}
        defaultSort={defaultSort}
        state={state}
        change={change}
        hidden={hidden}
        setHidden={setHidden}
        total={first?.total}
        totalCapped={first?.totalCapped ?? false}
        bulkRow={chosen.size > 0 && props.bulk ? props.bulk([...chosen.values()], () => setChosen(new Map())) : undefined}
      />
      {query.isPending ? (
        <Skeleton active title={false} paragraph={{ rows: 6, width: '100%' }} className="ls-skeleton" />
      ) : query.isError && rows.length === 0 ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Nothing state={state} change={change} empty={props.empty} />
      ) : (
        <List
          label={props.label}
          rows={rows}
          columns={columns}
          rowKey={props.rowKey}
          sort={state.sort}
          defaultSort={defaultSort}
          onSort={(sort) => change({ sort })}
          open={open}
          hrefOf={props.rowHref}
          chosen={props.bulk ? chosen : undefined}
          setChosen={setChosen}
          more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          loadingMore={query.isFetchingNextPage}
        />
      )}
      {first && rows.length > 0 && <Count shown={rows.length} first={first} />}
    </div>
  )
}

function useOpen<Row>(props: DataTableProps<Row>): ((row: Row) => void) | undefined {
  const navigate = useNavigate()
  if (props.onOpen) return props.onOpen
  if (!props.rowHref) return undefined
  return (row) => {
    const href = props.rowHref?.(row)
    if (href) void navigate(href)
  }
}

function Count({ shown, first }: { shown: number; first: { total: number; totalCapped: boolean } }) {
  const t = useWords()
  const total = formatNumber(first.totalCapped ? TOTAL_LIMIT : first.total)
  return (
    <p className="ls-table-count" role="status">
      {first.totalCapped ? t('ui:table.totalCapped', { total }) : t('ui:table.total', { total })}
      {(first.totalCapped || shown < first.total) && ` · ${t('ui:table.shown', { shown: formatNumber(shown) })}`}
    </p>
  )
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useWords()
  return (
    <Notice
      kind="warning"
      title={t('ui:table.failed')}
      text={errorText(error, t)}
      action={<Button onClick={onRetry}>{t('ui:retry')}</Button>}
    />
  )
}

function Nothing(props: {
  state: ListState
  change: (part: Partial<ListState>) => void
  empty: { text: ReactNode; action?: ReactNode } | undefined
}) {
  const t = useWords()
  const filtered = props.state.search !== '' || Object.keys(props.state.filters).length > 0
  if (filtered)
    return (
      <Empty
        image={Empty.PRESENTED_IMAGE_SIMPLE}
        className="ls-empty"
        description={
          <>
            <strong>{t('ui:table.nothingFound')}</strong>
            <br />
            {t('ui:table.nothingFoundHint')}
          </>
        }
      >
        <Button onClick={() => props.change({ search: '', filters: {} })}>{t('ui:table.clearFilters')}</Button>
      </Empty>
    )
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} className="ls-empty" description={props.empty?.text ?? t('ui:table.nothingYet')}>
      {props.empty?.action}
    </Empty>
  )
}
