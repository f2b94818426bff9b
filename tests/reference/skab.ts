import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type MapFile, thingModelOf } from '../../simulator/replay/map-file.ts'
import { type Field, type FieldDevice, untilRolledUp } from '../field.ts'
import type { Answers } from './answers.ts'
import { mapOf, replayFile } from './send.ts'
import { pointIds, storedDays, storedSamples } from './stored-values.ts'

const SET = 'skab'
const ROWS = 27_565
const FILES = 17
const ROLL_UP_MS = 120_000
const ZONE_MS = 8 * 3_600_000

/** A pump test bench, 17 files of one device: every row arrives, every value as it was written. */
export async function checkSkab(dataDir: string, field: Field, answers: Answers): Promise<void> {
  const folder = join(dataDir, SET)
  const files = globSync('*/*.csv', { cwd: folder }).sort()
  answers.check(SET, 'files', FILES, files.length)
  const map = mapOf(SET)
  const device = await field.addDevice('skab-bench', await field.importModel(thingModelOf(map)))
  const rows = files.flatMap((file) => publishedRows(join(folder, file)))
  for (const file of files) await replayFile(field, device, join(folder, file), SET)
  await untilRolledUp(field.client, { timeoutMs: ROLL_UP_MS })
  answers.check(SET, 'rows of the files', ROWS, rows.length)
  await checkStoredRows(field, device, map, rows, answers, SET)
}

interface PublishedRow {
  atMs: number
  cells: Map<string, string>
}

/** Read apart from the replay's own reader, so that a mistake of that one shows. */
export function publishedRows(file: string): PublishedRow[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  const columns = head.split(';')
  return lines.map((line) => {
    const cells = line.split(';')
    const at = Date.parse(`${cells[0]?.replace(' ', 'T')}Z`)
    if (Number.isNaN(at)) throw new Error(`${basename(file)}: ${line}`)
    return { atMs: at - ZONE_MS, cells: new Map(columns.map((column, i) => [column, cells[i] ?? ''])) }
  })
}

export async function checkStoredRows(
  field: Field,
  device: FieldDevice,
  { columns }: MapFile,
  rows: readonly PublishedRow[],
  answers: Answers,
  set: string,
): Promise<void> {
  const ids = await pointIds(field, device)
  const times = rows.map((row) => row.atMs)
  const names = Object.values(columns).map((column) => column.name)
  const stored = await storedSamples(field, ids, names, Math.min(...times), Math.max(...times))
  answers.check(set, 'rows', rows.length, stored.get('currentA')?.length ?? 0)
  for (const [column, { name, valueType }] of Object.entries(columns)) {
    const values = new Map(stored.get(name)?.map((sample) => [sample.atMs, Number(sample.value)]))
    const wanted = rows.filter((row) => row.cells.has(column))
    const equal = wanted.filter((row) => values.get(row.atMs) === Number(row.cells.get(column))).length
    answers.check(set, `${column}: values as published (${valueType})`, wanted.length, equal)
    answers.check(set, `${column}: values stored`, wanted.length, values.size)
  }
  const dates = times.map((ms) => new Date(ms + ZONE_MS).toISOString().slice(0, 10)).sort()
  const days = await storedDays(field, ids.get('currentA') ?? '', dates[0] ?? '', dates.at(-1) ?? '')
  answers.check(
    set,
    'rows over all production days',
    rows.length,
    days.reduce((sum, day) => sum + day.n, 0),
  )
}
