import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { StoredValues, TelemetryPublic } from '../../public.ts'

const LATEST_LATE_MS = 24 * 3_600_000
/** So far back the newest value before an instant is looked for among the samples; before that the table of last values tells. */
const LOOK_BACK_MS = 10 * 60_000
const AHEAD_MS = 5 * 60_000

interface Row {
  org_no: number
  series: number
  at: number
  received: number
  v: number | null
  quality: number
}

const columnsOf = (rows: readonly Row[]): StoredValues => ({
  rows: rows.length,
  orgNo: Uint32Array.from(rows, (row) => row.org_no),
  series: Uint32Array.from(rows, (row) => row.series),
  atMs: Float64Array.from(rows, (row) => row.at),
  receivedMs: Float64Array.from(rows, (row) => row.received),
  value: Float64Array.from(rows, (row) => row.v ?? Number.NaN),
  quality: Uint8Array.from(rows, (row) => row.quality),
})

const AT = 'toUnixTimestamp64Milli(ts)'
const RECEIVED = `${AT} + lag_ms`

export async function storedBetween(
  clickhouse: ClickHouse,
  series: readonly number[],
  fromMs: number,
  untilMs: number,
): Promise<StoredValues> {
  // A part that was written before holds nothing that was received since; a second for the clock of the file system.
  const parts = await clickhouse.system<{ name: string }>(
    `select name from system.parts where database = currentDatabase() and table = 'sample' and active and modification_time >= toDateTime({since:Int64}, 'UTC')`,
    { since: Math.floor(fromMs / 1_000) - 1 },
  )
  if (parts.length === 0 || series.length === 0) return columnsOf([])
  return columnsOf(
    await clickhouse.system<Row>(
      `select org_no, series, ${AT} as at, ${RECEIVED} as received, value as v, quality from sample
       where _part in {parts:Array(String)} and series in {series:Array(UInt32)} and ts >= fromUnixTimestamp64Milli({oldest:Int64}, 'UTC')
         and received >= {from:Int64} and received < {until:Int64}
       order by received, at, series`,
      { parts: parts.map(({ name }) => name), series, oldest: fromMs - LATEST_LATE_MS, from: fromMs, until: untilMs },
    ),
  )
}

export async function lastStored(
  clickhouse: ClickHouse,
  series: readonly number[],
  beforeMs: number,
): ReturnType<TelemetryPublic['lastStored']> {
  if (series.length === 0) return { any: columnsOf([]), good: columnsOf([]) }
  const newest = (condition: string) =>
    clickhouse.system<Row>(
      `select org_no, series, newest.1 as at, newest.2 as received, newest.3 as v, newest.4 as quality from (
         select org_no, series, argMax((${AT}, ${RECEIVED}, value, quality), ts) as newest from (
           select org_no, series, ts, lag_ms, value, quality from sample
             where series in {series:Array(UInt32)} and ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
           union all
           select org_no, series, ts, lag_ms, value, quality from latest where series in {series:Array(UInt32)})
         where ${RECEIVED} < {before:Int64} and ${condition}
         group by org_no, series)`,
      { series, from: beforeMs - LOOK_BACK_MS, to: beforeMs + AHEAD_MS, before: beforeMs },
    )
  const [any, good] = await Promise.all([newest('1'), newest('quality < 128')])
  return { any: columnsOf(any), good: columnsOf(good) }
}
