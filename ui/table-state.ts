import { useCallback, useMemo, useRef, useState } from 'react'
import { useLocation, useNavigation, useSearchParams } from 'react-router'
import type { Page } from '#values/list.ts'

/** What a list asks the server for: the same names as `listQuery` of values/list.ts, with the table's own filters beside them. */
export type TableQuery = { search?: string; sort?: string; cursor?: string; limit: number } & Record<string, string | number | undefined>

/** Everything that decides which rows a list shows: it stands in the URL. */
export interface ListState {
  search: string
  sort: string
  filters: Record<string, string>
}

export const EXPORT_LIMIT = 10_000
export const EXPORT_PAGE = 200

export const queryOf = (state: ListState, limit: number, cursor?: string): TableQuery => ({
  ...state.filters,
  ...(state.search ? { search: state.search } : {}),
  ...(state.sort ? { sort: state.sort } : {}),
  ...(cursor ? { cursor } : {}),
  limit,
})

export function readListState(params: URLSearchParams, prefix: string, filterKeys: readonly string[], sort: string): ListState {
  const filters: Record<string, string> = {}
  for (const key of filterKeys) {
    const value = params.get(prefix + key)
    if (value) filters[key] = value
  }
  return { search: params.get(`${prefix}search`) ?? '', sort: params.get(`${prefix}sort`) ?? sort, filters }
}

export function writeListState(
  params: URLSearchParams,
  prefix: string,
  filterKeys: readonly string[],
  state: ListState,
  sort: string,
): URLSearchParams {
  const next = new URLSearchParams(params)
  const put = (name: string, value: string | undefined) => (value ? next.set(prefix + name, value) : next.delete(prefix + name))
  put('search', state.search)
  put('sort', state.sort === sort ? undefined : state.sort)
  for (const key of filterKeys) put(key, state.filters[key])
  return next
}

/** A list's state in the URL, so that it can be sent to a colleague and survives “back”. */
export function useListState(
  prefix: string,
  filterKeys: readonly string[],
  defaultSort: string,
): [ListState, (change: Partial<ListState>) => void] {
  const [params, setParams] = useSearchParams()
  // A search text that is still being waited for when somebody goes to another page must not call him back: the page that loads would be given up.
  const here = useLocation().pathname
  const next = useNavigation().location?.pathname
  const leaving = useRef(false)
  leaving.current = next !== undefined && next !== here
  const keys = filterKeys.join(' ')
  const state = useMemo(() => readListState(params, prefix, keys ? keys.split(' ') : [], defaultSort), [params, prefix, keys, defaultSort])
  const change = useCallback(
    (part: Partial<ListState>) => {
      if (leaving.current) return
      setParams(
        (now) => {
          const list = keys ? keys.split(' ') : []
          return writeListState(now, prefix, list, { ...readListState(now, prefix, list, defaultSort), ...part }, defaultSort)
        },
        { replace: true },
      )
    },
    [setParams, prefix, keys, defaultSort],
  )
  return [state, change]
}

/** The next click on a column's head: ascending, descending, back to the list's own order. */
export function nextSort(current: string, column: string, defaultSort: string): string {
  if (current === column) return `-${column}`
  if (current === `-${column}`) return defaultSort === `-${column}` ? column : defaultSort === column ? column : defaultSort
  return column
}

/** Something a person chose in this browser, kept under a name. */
export function useStored<Value>(key: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => {
    try {
      const stored = localStorage.getItem(key)
      return stored === null ? initial : (JSON.parse(stored) as Value)
    } catch {
      return initial
    }
  })
  const store = useCallback(
    (next: Value) => {
      setValue(next)
      localStorage.setItem(key, JSON.stringify(next))
    },
    [key],
  )
  return [value, store]
}

/** Fetches page after page of the same query until the end or the limit. */
export async function fetchAll<Row>(
  pageQuery: (query: TableQuery, signal: AbortSignal) => Promise<Page<Row>>,
  state: ListState,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<{ rows: Row[]; capped: boolean }> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const page = await pageQuery(queryOf(state, EXPORT_PAGE, cursor), signal)
    rows.push(...page.items)
    onProgress(rows.length)
    cursor = page.nextCursor ?? undefined
  } while (cursor && rows.length < EXPORT_LIMIT)
  return { rows: rows.slice(0, EXPORT_LIMIT), capped: Boolean(cursor) || rows.length > EXPORT_LIMIT }
}

/** Which of `count` rows of `rowPx` height stand in the window, with some to spare on both sides. */
export function visibleRange(count: number, rowPx: number, scrollPx: number, heightPx: number): { from: number; until: number } {
  const spare = 12
  const from = Math.max(0, Math.min(count, Math.floor(scrollPx / rowPx)) - spare)
  return { from, until: Math.min(count, Math.ceil((scrollPx + heightPx) / rowPx) + spare) }
}
