import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import { quality } from '#values/quality.ts'
import { type Sample, type SampleValue, type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import type { TelemetryDatabase } from '../tables.ts'
import type { LatestParts } from './read-latest.ts'
import { type Readable, readable } from './readable.ts'

const DAY_MS = 86_400_000

type Answer = z.input<typeof telemetryApi.lastGood.response>
type Query = z.output<typeof telemetryApi.lastGood.query>

/** Errors: telemetry.notFound, telemetry.onlyKeyFigures, sharing's. */
export async function readLastGood(parts: LatestParts, ctx: Context, id: MeasuringPointId, query: Query): Promise<Answer> {
  const may = await readable(parts, ctx, { ...query, measuringPointIds: [id] })
  if (may.onlyKeyFigures) throw telemetryErrors.onlyKeyFigures()
  const [point] = may.points
  if (!point) throw telemetryErrors.notFound({ id })
  const isOwn = query.ownerId === undefined || query.ownerId === ctx.orgId
  return {
    sample: (await newestGood(parts.clickhouse, may, point, ctx.now.getTime())) ?? null,
    refused: (isOwn ? await lastRefused(parts, ctx, point) : undefined) ?? null,
  }
}

/** Of the newest series first; an integer beyond 2^53 is kept as text. */
async function newestGood(clickhouse: ClickHouse, may: Readable, point: PointInfo, nowMs: number): Promise<Sample | undefined> {
  const oldestMs = Math.max(may.fromMs, nowMs - telemetryLimits.lastGoodDays * DAY_MS)
  for (const { series, ...bound } of point.bindings.toReversed()) {
    const fromMs = Math.max(bound.fromMs, oldestMs)
    const untilMs = Math.min(bound.untilMs ?? Number.MAX_SAFE_INTEGER, may.untilMs, Number.MAX_SAFE_INTEGER)
    if (untilMs <= fromMs) continue
    const asked = { clickhouse, may, series, fromMs, untilMs }
    const found = [
      point.valueType === 'string' ? undefined : await newestOf({ ...asked, table: 'sample', value: 'value' }),
      point.valueType === 'string' || point.valueType === 'integer'
        ? await newestOf({ ...asked, table: 'sample_text', value: 'text' })
        : undefined,
    ].filter((sample) => sample !== undefined)
    const [newest] = found.sort((a, b) => b.atMs - a.atMs)
    if (newest) return newest
  }
  return undefined
}

interface Asked {
  clickhouse: ClickHouse
  may: Readable
  series: number
  fromMs: number
  untilMs: number
  table: 'sample' | 'sample_text'
  value: string
}

/** By the table's own order from its end: what is bad in between is heartbeats, one a minute. */
async function newestOf({ clickhouse, may, series, fromMs, untilMs, table, value }: Asked): Promise<Sample | undefined> {
  const [row] = await clickhouse.query<{ at: number; v: SampleValue; quality: number; lag_ms: number; seq: number }>(
    may.scope,
    `select toUnixTimestamp64Milli(ts) as at, ${value} as v, quality, lag_ms, seq from ${table}
     where org_no = {orgNo:UInt32} and series = {series:UInt32} and quality < ${quality.uncertain}
       and ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') and ts < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC')
     order by ts desc limit 1`,
    { series, fromMs, untilMs },
  )
  return row && { value: row.v, quality: row.quality, atMs: row.at, receivedMs: row.at + row.lag_ms, seq: row.seq < 0 ? null : row.seq }
}

/** The last value of this point that was refused, or message of its device that could not be read at all. */
function lastRefused(
  { db, devices }: Pick<LatestParts, 'devices'> & { db: TelemetryDatabase },
  ctx: Context,
  { deviceId, name }: PointInfo,
): Promise<Answer['refused'] | undefined> {
  return db.inTenant(ctx, async (tx) => {
    const device = deviceId && (await devices.device(opaque(tx), deviceId))
    if (!device) return undefined
    const row = await tx.sql
      .selectFrom('telemetry.quarantine')
      .select(['at', 'reason'])
      .where('org_id', '=', tx.orgId)
      .where('device', '=', device.code)
      .where((eb) => eb.or([eb('point', '=', name), eb('point', 'is', null)]))
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && { at: row.at.toISOString(), reason: row.reason }
  })
}
