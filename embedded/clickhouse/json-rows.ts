import type { Column } from '#kernel/clickhouse-native.ts'
import { type ColumnType, parseColumnType } from '#kernel/clickhouse-types.ts'
import { failure } from './failure.ts'
import { quoteName, quoteText } from './sql-quote.ts'

/**
 * JSONEachRow into typed columns, strictly: the engine's own insert of a text body must never be used (it runs what follows a blank
 * line as SQL). For small inserts by administrators and benches; ingest sends Native.
 */
export interface JsonColumn {
  column: Column
  /** In the SELECT of the insert. */
  expression: string
}

export interface TableColumn {
  name: string
  type: string
}

type Cell = string | number | bigint | boolean | null

const refuse = (message: string) => failure('INCORRECT_DATA', message)

export function parseJsonRows(body: string, maxRows: number): Record<string, unknown>[] {
  const text = body.trim()
  const rows = text.startsWith('[') ? parseJson(text, 'the array') : lines(text)
  if (!Array.isArray(rows)) throw refuse('JSONEachRow: expected objects.')
  if (rows.length > maxRows) throw refuse(`More than ${maxRows} rows in one insert.`)
  for (const [i, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw refuse(`JSONEachRow: row ${i + 1} is no object.`)
  }
  return rows as Record<string, unknown>[]
}

function lines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => parseJson(line.replace(/,\s*$/, ''), `row ${i + 1}`))
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse(`JSONEachRow: ${what} is no JSON: ${(error as Error).message}.`)
  }
}

/** The columns that the rows name. A key that a row leaves out, like null in a column that takes none, gets the column's default. */
export function jsonColumns(rows: readonly Record<string, unknown>[], table: readonly TableColumn[]): JsonColumn[] {
  const named = new Set<string>()
  for (const row of rows) for (const key of Object.keys(row)) named.add(key)
  const known = new Map(table.map((column) => [column.name, column]))
  return [...named].map((name) => {
    const column = known.get(name)
    if (!column) throw refuse(`JSONEachRow: the table has no column ${name}.`)
    return jsonColumn(
      column,
      rows.map((row) => row[name]),
    )
  })
}

function jsonColumn({ name, type: typeText }: TableColumn, cells: readonly unknown[]): JsonColumn {
  const plain = /^LowCardinality\((.*)\)$/s.exec(typeText)?.[1] ?? typeText
  const type = parseColumnType(plain)
  const typed = (nativeType: string, read: (cell: unknown, row: number) => Cell): Column => ({
    name,
    type: `Nullable(${nativeType})`,
    values: cells.map((cell, row) => (cell === null || cell === undefined ? null : read(cell, row))),
  })
  const wrong = (row: number): never => {
    throw refuse(`JSONEachRow: column ${name}, row ${row + 1}: ${JSON.stringify(cells[row])?.slice(0, 100)} is no ${typeText}.`)
  }
  const reader = type && nativeReader(type, wrong)
  if (reader) return { column: typed(reader.nativeType, reader.read), expression: quoteName(name) }
  if (/^(Map|Tuple|Nested|JSON|Object|Variant|Dynamic|AggregateFunction)\b/.test(plain)) {
    throw failure('NOT_IMPLEMENTED', `JSONEachRow: column ${name} of type ${typeText}; use INSERT … SELECT.`)
  }
  const isArray = plain.startsWith('Array(')
  const scale = type?.scalar.kind === 'dateTime64' ? type.scalar.scale : undefined
  const column = typed('String', (cell, row) => castableText(cell, { isArray, scale }) ?? wrong(row))
  if (isArray)
    return { column: { ...column, values: Array.from(column.values, (value) => value ?? '[]') as string[] }, expression: cast(name, plain) }
  return { column, expression: cast(name, type?.nullable || plain.startsWith('Nullable(') ? plain : `Nullable(${plain})`) }
}

const cast = (name: string, type: string) => `CAST(${quoteName(name)}, ${quoteText(type)})`

interface NativeReader {
  nativeType: string
  read: (cell: unknown, row: number) => Cell
}

/** For the types whose JSON value has one plain meaning; the others are sent as text and cast by the engine. */
function nativeReader({ scalar }: ColumnType, wrong: (row: number) => never): NativeReader | undefined {
  if (scalar.kind === 'bool') {
    return {
      nativeType: 'Bool',
      read: (cell, row) => (typeof cell === 'boolean' ? cell : cell === 0 || cell === 1 ? cell === 1 : wrong(row)),
    }
  }
  if (scalar.kind === 'string') return { nativeType: 'String', read: (cell, row) => (typeof cell === 'object' ? wrong(row) : String(cell)) }
  if (scalar.kind !== 'number') return undefined
  if (scalar.name.startsWith('Float')) return { nativeType: scalar.name, read: (cell, row) => readFloat(cell) ?? wrong(row) }
  const [low, high] = integerRange(scalar.name)
  return {
    nativeType: scalar.name,
    read: (cell, row) => {
      const value = readInteger(cell)
      return value === undefined || value < low || value > high ? wrong(row) : value
    },
  }
}

function readFloat(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell
  if (typeof cell !== 'string') return undefined
  const special = new Map([
    ['nan', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['+inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
  ]).get(cell.toLowerCase())
  if (special !== undefined) return special
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : undefined
}

/** A JSON number beyond 2^53 has lost digits already: such integers come as strings. */
function readInteger(cell: unknown): bigint | undefined {
  if (typeof cell === 'boolean') return BigInt(cell)
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : undefined
  return typeof cell === 'string' && /^[+-]?\d{1,20}$/.test(cell) ? BigInt(cell.replace(/^\+/, '')) : undefined
}

function integerRange(name: string): [bigint, bigint] {
  const bits = BigInt(/\d+$/.exec(name)![0])
  return name.startsWith('U') ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
}

function castableText(cell: unknown, { isArray, scale }: { isArray: boolean; scale: number | undefined }): string | undefined {
  if (isArray) return arrayText(cell)
  if (typeof cell === 'string') return cell
  if (typeof cell !== 'number') return undefined
  if (scale === undefined) return String(cell)
  // As the server reads a bare number for DateTime64: ticks of its scale.
  return Number.isSafeInteger(cell) ? (cell / 10 ** scale).toFixed(scale) : undefined
}

function arrayText(cell: unknown): string | undefined {
  if (!Array.isArray(cell)) return undefined
  const items = cell.map((item) => {
    if (item === null) return 'NULL'
    if (typeof item === 'string') return quoteText(item)
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    return arrayText(item)
  })
  return items.includes(undefined) ? undefined : `[${items.join(',')}]`
}
