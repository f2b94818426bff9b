import type { ClickHouse } from '#kernel/clickhouse.ts'
import { markDirty } from '../rollup/rollup-store.ts'
import type { TelemetrySystem } from '../tables.ts'

const HOUR_MS = 3_600_000
const LOOK_BACK_MS = 10 * 60_000
const MARKS_AT_ONCE = 20_000

/**
 * What a process that died between storing samples and noting it left undone: hours to sum up again, and latest values. Looks through the
 * parts of the store that were written lately, by when their samples were received.
 */
export async function recover(clickhouse: ClickHouse, system: TelemetrySystem, nowMs: number): Promise<void> {
  const sinceMs = nowMs - LOOK_BACK_MS
  for (const table of ['sample', 'sample_text'] as const) {
    const parts = await clickhouse.system<{ name: string }>(
      `select name from system.parts where database = currentDatabase() and table = {table:String} and active
       and modification_time >= toDateTime({since:Int64}, 'UTC')`,
      { table, since: Math.floor(sinceMs / 1000) },
    )
    if (parts.length === 0) continue
    const recent = `_part in {parts:Array(String)} and toUnixTimestamp64Milli(ts) + lag_ms >= {since:Int64}`
    const params = { parts: parts.map((part) => part.name), since: sinceMs }
    await clickhouse.command(
      table === 'sample'
        ? `insert into latest (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq)
           select org_no, series, newest.1, newest.2, newest.3, newest.4, newest.5, newest.6 from (
             select org_no, series, argMax((ts, mantissa, exponent, quality, lag_ms, seq), (ts, lag_ms)) as newest from sample where ${recent} group by org_no, series)`
        : `insert into latest_text (org_no, series, ts, text, quality, lag_ms, seq)
           select org_no, series, newest.1, newest.2, newest.3, newest.4, newest.5 from (
             select org_no, series, argMax((ts, text, quality, lag_ms, seq), (ts, lag_ms)) as newest from sample_text where ${recent} group by org_no, series)`,
      params,
    )
    if (table === 'sample') await markRecent(clickhouse, system, recent, params)
  }
}

async function markRecent(clickhouse: ClickHouse, system: TelemetrySystem, recent: string, params: Record<string, unknown>): Promise<void> {
  const hours = await clickhouse.system<{ org_no: number; series: number; hour: number }>(
    `select distinct org_no, series, intDiv(toUnixTimestamp64Milli(ts) - (kind = 2), ${HOUR_MS}) as hour from sample where ${recent}`,
    params,
  )
  for (let i = 0; i < hours.length; i += MARKS_AT_ONCE) {
    const some = hours.slice(i, i + MARKS_AT_ONCE)
    await system.inSystem((tx) =>
      markDirty(tx, { orgNos: some.map((h) => h.org_no), series: some.map((h) => h.series), hours: some.map((h) => h.hour) }),
    )
  }
}
