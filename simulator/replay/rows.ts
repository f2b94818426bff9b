import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { parse as csv } from 'csv-parse'
import type { MapFile } from './map-file.ts'
import { timeReader } from './source-time.ts'

export type Value = number | string | boolean

/** One row of a recorded file as it will be sent. */
export interface Row {
  /** 1 for the first row of data. */
  number: number
  /** Line of the file. */
  line: number
  ts: number
  values: Record<string, Value>
  q?: Record<string, number>
}

/** What is wrong with a cell; the row's other cells are good. */
export interface Problem {
  line: number
  column: string
  text: string
  reason: 'time' | 'number' | 'integer' | 'boolean' | 'quality'
}

export type ReadRow = { kind: 'row'; row: Row; problems: Problem[] } | { kind: 'noTime'; problems: Problem[] }

interface Parsed {
  record: Record<string, string>
  info: { lines: number }
}

/** Reads a recorded file row by row: with or without byte order mark, quotes, CRLF, empty cells and lines. */
export async function* readRows(file: string, map: MapFile): AsyncGenerator<ReadRow> {
  const timeOf = timeReader(map.time)
  const timeColumns = [map.time.column].flat()
  const missing = new Set(['', ...map.missing])
  let number = 0
  let headerChecked = false
  const parser = csv({ bom: true, delimiter: map.delimiter, columns: map.header ?? true, info: true, skip_empty_lines: true, trim: true })
  // An error of either comes out of the loop below.
  pipeline(Readable.from(textOf(file, map.encoding)), parser, () => undefined)
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    if (!headerChecked) checkHeader(file, map, Object.keys(record))
    headerChecked = true
    number++
    const problems: Problem[] = []
    const timeText = timeColumns.map((column) => record[column] ?? '').join(' ')
    const ts = timeOf(timeText)
    if (ts === undefined) {
      yield { kind: 'noTime', problems: [{ line: info.lines, column: timeColumns.join(' '), text: timeText, reason: 'time' }] }
      continue
    }
    const values: Record<string, Value> = {}
    for (const [column, { name, valueType }] of Object.entries(map.columns)) {
      const text = record[column]
      if (text === undefined || missing.has(text)) continue
      const value = cellValue(text, valueType, map.decimal)
      if (value === undefined) problems.push({ line: info.lines, column, text, reason: valueType === 'string' ? 'number' : valueType })
      else values[name] = value
    }
    const code = qualityOf(map, record, info.lines, problems)
    const row: Row = { number, line: info.lines, ts, values }
    if (code) row.q = Object.fromEntries(Object.keys(values).map((name) => [name, code]))
    yield { kind: 'row', row, problems }
  }
}

/** Errors: bytes that are no text in this encoding. */
async function* textOf(file: string, encoding: MapFile['encoding']): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of createReadStream(file)) yield decoder.decode(chunk as Buffer, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw new Error(`${file} is not written in ${encoding}; the map's \`encoding\` says in what it is.`)
  }
}

function checkHeader(file: string, map: MapFile, header: string[]): void {
  const quality = typeof map.quality === 'object' ? [map.quality.column] : []
  const wanted = [...[map.time.column].flat(), ...quality, ...Object.keys(map.columns).filter((c) => !map.columns[c]?.optional)]
  const absent = wanted.filter((column) => !header.includes(column))
  if (absent.length > 0) {
    throw new Error(`${file} has no column ${absent.map((c) => `“${c}”`).join(', ')}; it has ${header.map((c) => `“${c}”`).join(', ')}.`)
  }
}

function cellValue(text: string, valueType: MapFile['columns'][string]['valueType'], decimal: MapFile['decimal']): Value | undefined {
  if (valueType === 'string') return text
  if (valueType === 'boolean') return /^(true|yes|1(\.0+)?)$/i.test(text) ? true : /^(false|no|0(\.0+)?)$/i.test(text) ? false : undefined
  const plain = decimal === ',' ? text.replace(',', '.') : text
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return undefined
  const number = Number(plain)
  if (!Number.isFinite(number) || (valueType === 'integer' && !Number.isSafeInteger(number))) return undefined
  return number
}

function qualityOf(map: MapFile, record: Record<string, string>, line: number, problems: Problem[]): number {
  if (map.quality === undefined) return 0
  if (typeof map.quality === 'number') return map.quality
  const text = record[map.quality.column] ?? ''
  const code = map.quality.codes[text]
  if (code === undefined) problems.push({ line, column: map.quality.column, text, reason: 'quality' })
  return code ?? 0
}
