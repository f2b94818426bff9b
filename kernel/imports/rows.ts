import type { SheetRow } from '../spreadsheet.ts'
import type { Translate } from '../words.ts'
import { CLEARED } from './cells.ts'
import { type AnyImportDefinition, MAX_GROUP_ROWS, type RowProblem } from './definition.ts'
import type { Head } from './head.ts'
import { exampleOf } from './words.ts'

export interface ReadRow {
  rowNo: number
  /** In the order of the definition's columns. */
  cells: string[]
  approximate: ReadonlySet<number>
}

/** A row of the file in the order of the definition's columns; undefined where none of them is filled in. */
export function arrange(definition: AnyImportDefinition, head: Head, row: SheetRow): ReadRow | undefined {
  const places = Object.keys(definition.columns).map((key) => head.positions.get(key))
  const cells = places.map((at) => (at === undefined ? '' : (row.cells[at] ?? '')))
  if (cells.every((cell) => cell === '')) return undefined
  const approximate = new Set(places.flatMap((at, i) => (at !== undefined && row.approximate.includes(at) ? [i] : [])))
  return { rowNo: row.rowNo, cells, approximate }
}

/** The example of the template, left in as it was. */
export function exampleTest(definition: AnyImportDefinition, translate: Translate): (row: ReadRow) => boolean {
  const keys = Object.keys(definition.columns)
  const examples = (['zh-CN', 'en-US'] as const).map((locale) =>
    keys.map((key) => exampleOf(definition, key, locale, translate)).join('\t'),
  )
  return (row) => examples.includes(row.cells.join('\t'))
}

export type Parsed = { value: Record<string, unknown>; problems: RowProblem[] }

const MAX_CELL = 2_000

export function parseRow(definition: AnyImportDefinition, row: Pick<ReadRow, 'cells' | 'approximate'>, translate: Translate): Parsed {
  const value: Record<string, unknown> = {}
  const problems: RowProblem[] = []
  Object.entries(definition.columns).forEach(([column, { cell, required }], i) => {
    const text = row.cells[i] ?? ''
    value[column] = null
    if (text === '') {
      if (required) problems.push({ column, code: 'required' })
    } else if (row.approximate.has(i) && !('value' in numberLike(cell, text, translate))) problems.push({ column, code: 'numberTooLong' })
    else if (text.length > MAX_CELL) problems.push({ column, code: 'tooLong', details: { max: MAX_CELL, length: text.length } })
    else {
      const read = cell.read(text, translate)
      if ('value' in read) value[column] = read.value
      else problems.push({ column, ...read.problem })
    }
  })
  return { value, problems }
}

// A column of numbers has no use for the digits that Excel dropped; a code does.
function numberLike(cell: AnyImportDefinition['columns'][string]['cell'], text: string, translate: Translate): object {
  const read = cell.read(text, translate)
  return 'value' in read && typeof read.value === 'number' ? read : {}
}

/** Which earlier row of the file has the same in a column where no two may; remembers over all rows that it is shown. */
export function duplicateFinder(definition: AnyImportDefinition): (row: { rowNo: number }, parsed: Parsed) => RowProblem[] {
  const seen = new Map<string, Map<string, number>>()
  for (const [key, column] of Object.entries(definition.columns)) if (column.unique) seen.set(key, new Map())
  return ({ rowNo }, { value }) =>
    [...seen].flatMap(([column, rows]) => {
      const mine = value[column]
      if (mine === null || mine === undefined || mine === CLEARED) return []
      const text = String(mine).toLowerCase()
      const earlier = rows.get(text)
      if (earlier !== undefined) return [{ column, code: 'twiceInFile', details: { row: earlier } }]
      rows.set(text, rowNo)
      return []
    })
}

/** Which row of the file is the first of each row's group; remembers over all rows that it is shown. */
export function groupFinder(definition: AnyImportDefinition) {
  const groups = new Map<string, { firstRow: number; rows: number }>()
  const { of, maxRows } = definition.groups ?? { of: () => null, maxRows: MAX_GROUP_ROWS }
  const limit = Math.min(maxRows, MAX_GROUP_ROWS)
  return {
    find({ rowNo }: { rowNo: number }, { value }: Parsed): { firstRow?: number; problems: RowProblem[] } {
      const name = of(value)?.toLowerCase()
      if (name === undefined) return { problems: [] }
      const group = groups.get(name) ?? { firstRow: rowNo, rows: 0 }
      groups.set(name, { ...group, rows: group.rows + 1 })
      const problems = group.rows < limit ? [] : [{ column: null, code: 'groupTooLarge', details: { limit, row: group.firstRow } }]
      return { firstRow: group.firstRow, problems }
    },
    /** First rows of groups beyond the limit. */
    tooLarge: (): number[] => [...groups.values()].filter(({ rows }) => rows > limit).map(({ firstRow }) => firstRow),
  }
}
