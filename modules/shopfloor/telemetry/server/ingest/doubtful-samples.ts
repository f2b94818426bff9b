import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { SampleBatch, Source } from './sample-batch.ts'

/** Looking up more would hold up the batch: what is beyond is counted as out of order without a look. */
const MAX_LOOKED_UP = 2_000

export type CountDoubtful = (source: Source, as: 'duplicate' | 'changed' | 'outOfOrder') => void

/**
 * Counts the samples that are no newer than what was seen of their series: the same stamp and value again is a duplicate, another value a
 * change (the last received wins, decision 15), the rest came out of order. It changes nothing of what is stored.
 */
export async function countDoubtful(clickhouse: ClickHouse, batch: SampleBatch, count: CountDoubtful): Promise<void> {
  const rows = [...batch.doubtful, ...batch.unknown].slice(0, MAX_LOOKED_UP)
  if (rows.length === 0) return
  const known = await storedValues(clickhouse, batch, rows)
  const lookedUp = new Set(rows)
  const behind = new Set(batch.doubtful)
  const series = new Set(rows.map((row) => batch.series[row]))
  // What this very batch holds before a row counts as stored too.
  for (let row = 0; row < batch.rows; row++) {
    if (!series.has(batch.series[row])) continue
    const key = keyOf(batch.series[row]!, batch.tsMs[row]!)
    const value = same(batch.valueAt(row))
    if (lookedUp.has(row)) {
      const before = known.get(key)
      const source = batch.sources[row]!
      if (before !== undefined) count(source, before === value ? 'duplicate' : 'changed')
      else if (behind.has(row)) count(source, 'outOfOrder')
    }
    known.set(key, value)
  }
  for (const row of batch.doubtful.slice(MAX_LOOKED_UP)) count(batch.sources[row]!, 'outOfOrder')
}

const keyOf = (series: number, atMs: number) => `${series} ${atMs}`
/** NaN stands for “could not be read” and comes back from JSON as null. */
const same = (value: number) => (Number.isNaN(value) ? null : value)

/** Numbers of our own stand in the SQL text; nothing of a device's does. */
async function storedValues(clickhouse: ClickHouse, batch: SampleBatch, rows: readonly number[]): Promise<Map<string, number | null>> {
  const keys = new Set<string>()
  const orgs = new Set<number>()
  for (const row of rows) {
    orgs.add(batch.orgNo[row]!)
    const at = new Date(batch.tsMs[row]!).toISOString().slice(0, 23).replace('T', ' ')
    keys.add(`(${batch.orgNo[row]},${batch.series[row]},'${at}')`)
  }
  const found = await clickhouse.system<{ series: number; at: number; v: number | null }>(
    `select series, toUnixTimestamp64Milli(ts) as at, argMax(value, lag_ms) as v from sample
     where org_no in (${[...orgs]}) and (org_no, series, ts) in (${[...keys]}) group by series, ts`,
  )
  return new Map(found.map(({ series, at, v }) => [keyOf(series, at), v]))
}
