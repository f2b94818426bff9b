import { sql } from 'kysely'
import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { StoredNote, type telemetryApi } from '../../contract.ts'
import { readState } from '../ingest/ingest-state.ts'
import { countMarks } from '../rollup/rollup-store.ts'
import type { TelemetryDatabase, TelemetrySystem } from '../tables.ts'
import type { RolledUpClock } from './rolled-up-clock.ts'

export interface IngestHealthParts {
  db: TelemetryDatabase
  system: TelemetrySystem
  clickhouse: ClickHouse
  rolledUp: RolledUpClock
}

const HOUR_MS = 3_600_000
const DEVICES_SHOWN = 100

type Health = z.input<typeof telemetryApi.ingestHealth.response>

export async function readIngestHealth(parts: IngestHealthParts, ctx: Context, hours: number): Promise<Health> {
  const since = new Date(Math.floor(ctx.now.getTime() / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS)
  const [store, counts, perMinute, lagMs, rolledUp, dirtyHours] = await Promise.all([
    readState(parts.system, ctx.now),
    readCounts(parts.db, ctx, since),
    readPerMinute(parts.clickhouse, ctx),
    readLag(parts.clickhouse, ctx),
    parts.rolledUp(),
    parts.system.inSystem((tx) => countMarks(tx, ctx.orgNo)),
  ])
  const closedUntil = rolledUp.minutesUntilMs > 0 ? new Date(rolledUp.minutesUntilMs).toISOString() : null
  return {
    store: { ...store, since: store.since?.toISOString() ?? null },
    ...counts,
    perMinute,
    lagMs,
    rollUp: { closedUntil, dirtyHours },
  }
}

const readCounts = (db: TelemetryDatabase, ctx: Context, since: Date): Promise<Pick<Health, 'totals' | 'byHour' | 'byDevice'>> =>
  db.inTenant(ctx, async (tx) => {
    const counters = tx.sql.selectFrom('telemetry.ingest_counter').where('org_id', '=', tx.orgId).where('hour', '>=', since)
    const n = sql<number>`sum(n)::bigint`
    const last = sql<Date>`max(last_at)`
    const totals = await counters
      .select(['count_of', n.as('n'), last.as('last')])
      .groupBy('count_of')
      .execute()
    const byHour = await counters
      .select(['hour', 'count_of', n.as('n')])
      .groupBy(['hour', 'count_of'])
      .orderBy('hour')
      .execute()
    const byDevice = await counters
      .select(['device', 'count_of', n.as('n'), last.as('last')])
      .where('count_of', 'not in', StoredNote.options)
      .groupBy(['device', 'count_of'])
      .orderBy(n, 'desc')
      .limit(DEVICES_SHOWN)
      .execute()
    return {
      totals: totals.map((row) => ({ count: row.count_of, n: row.n, lastAt: row.last.toISOString() })),
      byHour: byHour.map((row) => ({ hour: row.hour.toISOString(), count: row.count_of, n: row.n })),
      byDevice: byDevice.map((row) => ({ device: row.device, count: row.count_of, n: row.n, lastAt: row.last.toISOString() })),
    }
  })

async function readPerMinute(clickhouse: ClickHouse, ctx: Context): Promise<Health['perMinute']> {
  const rows = await clickhouse.query<{ minute: number; values: number }>(
    ctx,
    `select toUnixTimestamp(start) as minute, sum(n) as values from rollup_minute final
     where org_no = {orgNo:UInt32} and start >= toDateTime({since:Int64}, 'UTC') group by start order by start`,
    { since: Math.floor((ctx.now.getTime() - HOUR_MS) / 1000) },
  )
  return rows.map((row) => ({ minute: new Date(row.minute * 1000).toISOString(), n: row.values }))
}

async function readLag(clickhouse: ClickHouse, ctx: Context): Promise<Health['lagMs']> {
  const [row] = await clickhouse.query<{ p50: number | null; p99: number | null; points: number }>(
    ctx,
    `select quantile(0.5)(lag_ms) as p50, quantile(0.99)(lag_ms) as p99, count() as points from latest final
     where org_no = {orgNo:UInt32} and ts >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
    { since: ctx.now.getTime() - HOUR_MS },
  )
  return row ?? { p50: null, p99: null, points: 0 }
}

type QuarantineQuery = z.output<typeof telemetryApi.quarantine.query>

export const readQuarantine = (
  db: TelemetryDatabase,
  ctx: Context,
  query: QuarantineQuery,
): Promise<z.input<typeof telemetryApi.quarantine.response>> =>
  db.inTenant(ctx, (tx) => {
    let rows = tx.sql.selectFrom('telemetry.quarantine').selectAll().where('org_id', '=', tx.orgId)
    if (query.reason) rows = rows.where('reason', '=', query.reason)
    if (query.device) rows = rows.where('device', '=', query.device)
    return readPage(tx, rows, query, { sorts: { at: { by: 'at', type: 'timestamptz' } }, id: 'id' }, (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      reason: row.reason,
      device: row.device,
      point: row.point,
      text: row.piece,
    }))
  })
