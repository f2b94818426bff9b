import type { Page } from '#values/list.ts'
import type { TableQuery } from './table-state.ts'

/** A short list that the server gives whole, searched and sorted here, so that it stands in the same table as the long ones. */
export function localPage<Row>(
  rows: readonly Row[],
  query: TableQuery,
  how: { text: (row: Row) => string; sorts: Record<string, (row: Row) => string | number | null>; keep?: (row: Row) => boolean },
): Page<Row> {
  const needle = (query.search ?? '').toLowerCase()
  const sort = query.sort ?? ''
  const sortValue = how.sorts[sort.replace(/^-/, '')]
  const sign = sort.startsWith('-') ? -1 : 1
  const items = rows.filter((row) => (how.keep?.(row) ?? true) && (needle === '' || how.text(row).toLowerCase().includes(needle)))
  if (sortValue) items.sort((a, b) => sign * compare(sortValue(a), sortValue(b)))
  return { items, nextCursor: null, total: items.length, totalCapped: false }
}

/** What is missing stands last when ascending. */
function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN')
}
