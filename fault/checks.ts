import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'
import { type FieldDevice, rowsOf } from '../tests/field.ts'

/** One row as it was to be sent: values by point, as the store reads them back. */
export interface SentRow {
  seq: number
  ts: number
  values: Record<string, number | string>
}

export interface Comparison {
  sent: number
  acknowledged: number
  stored: number
  /** Acknowledged values that are not there. */
  lost: number
  /** Values there that were never sent, or other than sent. */
  foreign: number
  /** Values that answer twice to one time. */
  twice: number
  /** Rows on disk beyond one for each value, before merging: repeated sends that the store folds. */
  folded: number
}

/** acknowledged ⊆ stored ⊆ sent, each once, value for value. */
export async function compare(
  stores: { clickhouse: ClickHouseClient; postgres: pg.Client },
  device: FieldDevice,
  sent: readonly SentRow[],
  acknowledged: ReadonlySet<number>,
): Promise<Comparison> {
  const { rows: points } = await stores.postgres.query<{ name: string; series: number; value_type: string; org_no: number }>(
    `select p.name, p.series, p.value_type, o.org_no from devices.point p join organisations.organisation o on o.org_id = p.org_id
     where p.device_id = $1`,
    [device.id],
  )
  const result: Comparison = { sent: sent.length, acknowledged: acknowledged.size, stored: 0, lost: 0, foreign: 0, twice: 0, folded: 0 }
  const storedTimes = new Set<number>()
  for (const { name, series, value_type, org_no } of points) {
    const [table, value] = value_type === 'string' ? ['sample_text', 'text'] : ['sample', 'value']
    // A value of bad quality says that nothing could be read: none of the rows that were sent.
    const key = `org_no = ${org_no} and series = ${series} and quality < 128`
    const rows = await rowsOf<{ at: number; v: number | string; seq: number }>(
      stores.clickhouse,
      `select toUnixTimestamp64Milli(ts) as at, ${value} as v, seq from ${table} final where ${key}`,
    )
    const [raw] = await rowsOf<{ n: number }>(stores.clickhouse, `select count() as n from ${table} where ${key}`)
    result.folded += (raw?.n ?? 0) - rows.length
    const there = new Map<number, { v: number | string; seq: number }>()
    for (const { at, v, seq } of rows) {
      if (there.has(at)) result.twice++
      there.set(at, { v, seq })
      storedTimes.add(at)
    }
    comparePoint(result, name, sent, acknowledged, there)
  }
  result.stored = storedTimes.size
  return result
}

function comparePoint(
  result: Comparison,
  name: string,
  sent: readonly SentRow[],
  acknowledged: ReadonlySet<number>,
  there: ReadonlyMap<number, { v: number | string; seq: number }>,
): void {
  // Of two rows with one time the last received counts.
  const byTime = new Map<number, SentRow[]>()
  for (const row of sent) if (name in row.values) byTime.set(row.ts, [...(byTime.get(row.ts) ?? []), row])
  for (const [ts, rows] of byTime) {
    const found = there.get(ts)
    const wasAcknowledged = rows.some((row) => acknowledged.has(row.seq))
    if (!found && wasAcknowledged) result.lost++
    if (found && !rows.some((row) => row.values[name] === found.v && row.seq === found.seq)) result.foreign++
  }
  for (const ts of there.keys()) if (!byTime.has(ts)) result.foreign++
}

export interface SumCheck {
  minutes: number
  hours: number
  /** Minutes or hours whose stored sum is other than a recount. */
  wrong: number
  example: unknown
}

/** Every minute and hour against a recount from the samples, written in another way than the platform's own. */
export async function checkSums(clickhouse: ClickHouseClient, closedUntilMs: number): Promise<SumCheck> {
  const minutes = await differences(clickhouse, 'rollup_minute', 60_000, closedUntilMs)
  const hours = await differences(clickhouse, 'rollup_hour', 3_600_000, Math.floor(closedUntilMs / 3_600_000) * 3_600_000)
  return { minutes: minutes.n, hours: hours.n, wrong: minutes.wrong + hours.wrong, example: minutes.example ?? hours.example ?? null }
}

async function differences(clickhouse: ClickHouseClient, table: string, bucketMs: number, untilMs: number) {
  // Intervals stamp their end: of them a bucket is (start, end], of all others [start, end).
  const recount = `select org_no, series, intDiv(toUnixTimestamp64Milli(ts) - if(kind = 2, 1, 0), ${bucketMs}) * ${bucketMs} as at,
      count() as c_n, countIf(quality >= 128) as c_bad, sum(if(quality < 128, value, 0)) as c_sum,
      minIf(value, quality < 128) as c_min, maxIf(value, quality < 128) as c_max, argMaxIf(value, ts, quality < 128) as c_last
    from sample final group by org_no, series, at having at < ${untilMs}`
  const stored = `select org_no, series, toInt64(toUnixTimestamp(start)) * 1000 as at, n, n_bad, sum, min, max, last from ${table} final
    where toInt64(toUnixTimestamp(start)) * 1000 < ${untilMs}`
  const wrong = `c_n != n or c_bad != n_bad or abs(c_sum - sum) > 1e-6 * greatest(1, abs(c_sum))
    or (c_n > c_bad and (c_min != min or c_max != max or c_last != last))`
  const [counted] = await rowsOf<{ total: number; wrong: number; example: unknown }>(
    clickhouse,
    `select count() as total, countIf(differs) as wrong, anyIf(row, differs) as example
     from (select ${wrong} as differs, tuple(org_no, series, at, c_n, n, c_sum, sum) as row
       from (${recount}) as a full join (${stored}) as b using (org_no, series, at))`,
  )
  return { n: counted?.total ?? 0, wrong: counted?.wrong ?? 0, example: counted?.wrong ? counted.example : undefined }
}
