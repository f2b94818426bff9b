import type { ClickHouseClient } from '@clickhouse/client'
import { type Column, encodeNative } from '#kernel/clickhouse-native.ts'
import type { StartedPlatform } from '../tests/started-platform.ts'
import { scanPoints } from './generator.ts'

/** An organisation that does not exist: the rows stand in the same table and disturb nobody's. */
export const DIRECT_ORG_NO = 4_000_000_000
export const DIRECT_ROWS = 50_000

interface SampleRow {
  org_no: number
  series: number
  ts: string
  mantissa: number
  exponent: number
  quality: number
  lag_ms: number
  seq: number
  kind: number
}

const kindCode = { instant: 0, counter: 1, interval: 2, state: 3 }

/** The rows that as many devices' scans come to, made once; only their time is new in each batch. */
export function directRows(bodies: readonly string[]): SampleRow[] {
  const scans = bodies.map((body) => Object.values(JSON.parse(body) as Record<string, number>))
  return Array.from({ length: DIRECT_ROWS }, (_, i) => {
    const point = i % scanPoints.length
    const device = Math.floor(i / scanPoints.length) % 500
    const scan = Math.floor(i / scanPoints.length / 500)
    const value = scans[(scan + device * 7) % scans.length]?.[point] ?? 0
    const kind = scanPoints[point]?.kind ?? 'instant'
    const exponent = kind === 'instant' ? 1 : kind === 'interval' ? 2 : 0
    return {
      org_no: DIRECT_ORG_NO,
      series: device * scanPoints.length + point,
      ts: '',
      mantissa: Math.round(value * 10 ** exponent),
      exponent,
      quality: 0,
      lag_ms: 3 + (i % 40),
      seq: scan,
      kind: kindCode[kind],
    }
  })
}

const AT_ONCE = 2

/** Rows a second when nothing but the client stands between them and the table; two batches under way, so that neither side waits. */
export async function insertDirectly(seconds: number, batch: (n: number) => Promise<void>): Promise<number> {
  let rows = 0
  let n = 0
  const startedMs = performance.now()
  const sender = async () => {
    while (performance.now() - startedMs < seconds * 1_000) {
      await batch(n++)
      rows += DIRECT_ROWS
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
  return rows / ((performance.now() - startedMs) / 1_000)
}

export const insertJson =
  (clickhouse: ClickHouseClient, rows: readonly SampleRow[], startMs: number) =>
  async (n: number): Promise<void> => {
    const ts = stamp(startMs + n * 10)
    const later = stamp(startMs + n * 10 + 5)
    const values = rows.map((row) => ({ ...row, ts: row.seq % 2 === 0 ? ts : later }))
    await clickhouse.insert({ table: 'sample', values, format: 'JSONEachRow' })
  }

const stamp = (ms: number) => new Date(ms).toISOString().slice(0, 23).replace('T', ' ')

/** The same in ClickHouse's own binary form: what the store can take at most. */
export function insertBinary(platform: StartedPlatform, rows: readonly SampleRow[], startMs: number) {
  const { ports, passwords } = platform.run()
  const names = ['org_no', 'series', 'mantissa', 'exponent', 'quality', 'lag_ms', 'seq', 'kind', 'ts']
  const query = new URLSearchParams({ database: 'lianshu', query: `INSERT INTO sample (${names.join(', ')}) FORMAT Native` })
  const headers = { 'X-ClickHouse-User': 'lianshu', 'X-ClickHouse-Key': passwords.clickhouse ?? '' }
  const columns = binaryColumns(rows)
  return async (n: number): Promise<void> => {
    const ts = BigInt64Array.from(rows, (r) => BigInt(startMs + n * 10 + (r.seq % 2) * 5))
    const body = encodeNative([...columns, { name: 'ts', type: "DateTime64(3, 'UTC')", values: ts }], rows.length)
    const answer = await fetch(`http://127.0.0.1:${ports.clickhouse}/?${query}`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(await answer.text())
  }
}

const binaryColumns = (rows: readonly SampleRow[]): Column[] => [
  { name: 'org_no', type: 'UInt32', values: Uint32Array.from(rows, (r) => r.org_no) },
  { name: 'series', type: 'UInt32', values: Uint32Array.from(rows, (r) => r.series) },
  { name: 'mantissa', type: 'Int64', values: BigInt64Array.from(rows, (r) => BigInt(r.mantissa)) },
  { name: 'exponent', type: 'Int8', values: Int8Array.from(rows, (r) => r.exponent) },
  { name: 'quality', type: 'UInt8', values: Uint8Array.from(rows, (r) => r.quality) },
  { name: 'lag_ms', type: 'Int64', values: BigInt64Array.from(rows, (r) => BigInt(r.lag_ms)) },
  { name: 'seq', type: 'Int64', values: BigInt64Array.from(rows, (r) => BigInt(r.seq)) },
  { name: 'kind', type: 'UInt8', values: Uint8Array.from(rows, (r) => r.kind) },
]
