import { globSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { readMap, thingModelOf } from '../simulator/replay/map-file.ts'
import { replay } from '../simulator/replay/replay.ts'
import { type Field, openField, rowsOf } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { postgresBytes } from './postgres-heap.ts'
import { rounded } from './statistics.ts'

const root = resolve(import.meta.dirname, '..')
const data = resolve(process.env.BENCH_DATA ?? join(root, '../shared/data'))

const sets = [
  { name: 'steel_energy', files: 'steel_energy/*.csv' },
  { name: 'skab', files: 'skab/**/*.csv' },
]
const NUMBERS = ['sample']
const TEXTS = ['sample_text']

export const storageBench: Bench = {
  name: 'storage',
  summary: 'steel_energy and skab as stored, after merging, against a PostgreSQL heap with primary key and the same rows',
  goal: '≤ 3 bytes a point on the scan grid, ≤ 4.5 with jitter, ≥ 20× less than PostgreSQL',
  run,
}

interface SetFigure {
  points: number
  numbers: number
  bytes: number
  bytesPerPoint: number
  bytesPerNumber: number
  postgresBytesPerPoint: number
}

async function run({ say }: BenchOptions): Promise<Figure> {
  for (const { name, files } of sets) {
    if (globSync(files, { cwd: data }).length === 0) throw new Error(`${name} is not in ${data} (BENCH_DATA names another folder).`)
  }
  const field = await openField()
  try {
    const figures: Record<string, SetFigure> = {}
    // One after the other, each in tables that hold nothing else: what a set takes is what the tables take.
    for (const set of sets) {
      figures[set.name] = await figureOfSet(field, set)
      say(`${set.name}: ${JSON.stringify(figures[set.name])}`)
    }
    const all = Object.values(figures)
    const total = (pick: (figure: SetFigure) => number) => all.reduce((sum, figure) => sum + pick(figure), 0)
    const value = total((f) => f.bytes) / total((f) => f.points)
    const postgres = total((f) => f.postgresBytesPerPoint * f.points) / total((f) => f.points)
    return {
      value: rounded(value),
      unit: 'bytes/point',
      ratio: rounded(value / postgres),
      against: 'PostgreSQL heap and primary key',
      detail: { timesLess: rounded(postgres / value), sets: figures },
    }
  } finally {
    await field.stop()
  }
}

async function figureOfSet(field: Field, { name, files }: (typeof sets)[number]): Promise<SetFigure> {
  const map = readMap(join(root, `simulator/maps/${name}.yaml`))
  const device = await field.addDevice(map.device.code, await field.importModel(thingModelOf(map)))
  const clickhouse = field.clickhouse()
  for (const table of [...NUMBERS, ...TEXTS]) await clickhouse.command({ query: `truncate table ${table}` })
  const paths = globSync(files, { cwd: data }).sort()
  let seq = 1
  for (const path of paths) {
    const result = await replay(join(data, path), map, {
      target: { secure: false, host: '127.0.0.1', port: field.platform.mqttPort, user: device.user, password: device.secret },
      speed: 'max',
      window: 16,
      batch: 100,
      firstSeq: seq,
      giveUpMs: 60_000,
      signal: AbortSignal.timeout(300_000),
    })
    if (!result.complete) throw new Error(`${basename(path)} was not sent whole.`)
    seq = result.lastSeq + 1
  }
  const numbers = await merged(clickhouse, NUMBERS)
  const texts = await merged(clickhouse, TEXTS)
  const points = numbers.rows + texts.rows
  const bytes = numbers.bytes + texts.bytes
  return {
    points,
    numbers: numbers.rows,
    bytes,
    bytesPerPoint: rounded(bytes / points),
    bytesPerNumber: rounded(numbers.bytes / numbers.rows),
    postgresBytesPerPoint: rounded((await postgresBytes(field, clickhouse)) / points, 4),
  }
}

/** Bytes on disk when every partition is one part, as the store itself brings it about in time. */
async function merged(clickhouse: ClickHouseClient, tables: readonly string[]): Promise<{ rows: number; bytes: number }> {
  const names = tables.map((table) => `'${table}'`).join(',')
  for (let tries = 0; ; tries++) {
    for (const table of tables) await clickhouse.command({ query: `optimize table ${table} final` })
    const [state] = await rowsOf<{ rows: number; bytes: number; parts: number; partitions: number }>(
      clickhouse,
      `select sum(rows) as rows, sum(bytes_on_disk) as bytes, count() as parts, uniqExact(table, partition) as partitions
       from system.parts where active and database = 'lianshu' and table in (${names})`,
    )
    if (state && state.parts === state.partitions) return state
    if (tries > 50) throw new Error(`The parts were not merged: ${JSON.stringify(state)}`)
    await sleep(200)
  }
}
