import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import { type Context, inScope, type OrgScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { OrgId } from '#values/ids.ts'
import { type Sample, type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import type { KnownPoints } from './known-points.ts'
import { type Readable, type ReadingParts, readable, telemetryPoint } from './readable.ts'

export interface LatestParts extends ReadingParts {
  clickhouse: ClickHouse
  /** Undefined: what points are is read for each question. */
  known?: KnownPoints
}

/** An agreement that ends in the past or delays: how far back its newest value is looked for. */
const LOOK_BACK_MS = 31 * 86_400_000

type DeviceLatest = z.output<typeof telemetryApi.deviceLatest.response>

export async function readDeviceLatest(parts: LatestParts, ctx: Context, deviceId: DeviceId, ownerId?: OrgId): Promise<DeviceLatest> {
  const may = await readable(parts, ctx, { deviceId, ownerId })
  return { points: await latestSamples(parts.clickhouse, may), withheld: may.withheld }
}

/** What may be read of a device, by name; also where an agreement opens aggregated values only. */
export async function readDevicePoints(
  parts: LatestParts,
  ctx: Context,
  deviceId: DeviceId,
  ownerId?: OrgId,
): Promise<z.output<typeof telemetryApi.devicePoints.response>> {
  const may = await readable(parts, ctx, { deviceId, ownerId })
  return { points: may.points.map(telemetryPoint), withheld: may.withheld }
}

export async function latestSamples(clickhouse: ClickHouse, may: Readable): Promise<DeviceLatest['points']> {
  if (may.onlyKeyFigures) throw telemetryErrors.onlyKeyFigures()
  const found = await latestOf(clickhouse, may.scope, may.points)
  const beyond = may.points.filter((point) => {
    const sample = found.get(point)
    return sample && (sample.atMs >= may.untilMs || sample.atMs < may.fromMs)
  })
  if (beyond.length > 0) {
    const earlier = await newestWithin(clickhouse, may, beyond)
    for (const point of beyond) {
      const sample = earlier.get(point)
      if (sample) found.set(point, sample)
      else found.delete(point)
    }
  }
  return may.points.map((point) => ({ point: telemetryPoint(point), sample: found.get(point) ?? null }))
}

/** As lists: ten thousand small objects would cost more than the question. */
export async function readLatest(
  parts: LatestParts,
  ctx: Context,
  { measuringPointIds = [], deviceIds = [] }: z.output<typeof telemetryApi.latest.body>,
): Promise<z.input<typeof telemetryApi.latest.response>> {
  const all =
    parts.known && deviceIds.length === 0
      ? await parts.known.find(ctx, measuringPointIds)
      : await parts.db.inTenant(ctx, (tx) => parts.devices.points(opaque(tx), { measuringPointIds, deviceIds }))
  const points = all.filter((point) => inScope(ctx, point.siteId))
  if (points.length > telemetryLimits.latestPoints) throw telemetryErrors.tooManyPoints({ max: telemetryLimits.latestPoints })
  const found = await latestOf(parts.clickhouse, ctx, points)
  const samples = points.map((point) => found.get(point))
  return {
    measuringPointIds: points.map((point) => point.id),
    value: samples.map((sample) => sample?.value ?? null),
    quality: samples.map((sample) => sample?.quality ?? null),
    atMs: samples.map((sample) => sample?.atMs ?? null),
    receivedMs: samples.map((sample) => sample?.receivedMs ?? null),
  }
}

interface LatestColumns {
  of_series: number[]
  at: number[]
  v: (number | string | null)[]
  qualities: number[]
  lags: number[]
  seqs: number[]
}

const columnsOf = (
  value: string,
) => `groupArray(series) as of_series, groupArray(toUnixTimestamp64Milli(ts)) as at, groupArray(${value}) as v,
  groupArray(quality) as qualities, groupArray(lag_ms) as lags, groupArray(seq) as seqs`

async function latestOf(clickhouse: ClickHouse, scope: OrgScope, points: readonly PointInfo[]): Promise<Map<PointInfo, Sample>> {
  const read = (table: 'latest' | 'latest_text', value: string, of: readonly PointInfo[]) =>
    readColumns(
      clickhouse,
      scope,
      of,
      `select ${columnsOf(value)} from ${table} final where org_no = {orgNo:UInt32} and series in {series:Array(UInt32)}`,
    )
  const [numbers, texts] = await Promise.all([
    read(
      'latest',
      'value',
      points.filter((point) => point.valueType !== 'string'),
    ),
    read('latest_text', 'text', points.filter(mayBeText)),
  ])
  return newest(points, [numbers, texts])
}

/** An integer beyond 2^53 is kept as text. */
const mayBeText = (point: PointInfo) => point.valueType === 'string' || point.valueType === 'integer'

async function newestWithin(clickhouse: ClickHouse, may: Readable, points: readonly PointInfo[]): Promise<Map<PointInfo, Sample>> {
  const untilMs = Math.min(may.untilMs, Number.MAX_SAFE_INTEGER)
  const params = { fromMs: Math.max(0, may.fromMs, untilMs - LOOK_BACK_MS), untilMs }
  const read = (table: 'sample' | 'sample_text', value: string, of: readonly PointInfo[]) =>
    readColumns(
      clickhouse,
      may.scope,
      of,
      `select ${columnsOf('v')} from (
         select series, ts, ${value} as v, quality, lag_ms, seq from ${table} final
         where org_no = {orgNo:UInt32} and series in {series:Array(UInt32)}
           and ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') and ts < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC')
         order by ts desc limit 1 by series)`,
      params,
    )
  return newest(points, [
    await read(
      'sample',
      'value',
      points.filter((point) => point.valueType !== 'string'),
    ),
    await read('sample_text', 'text', points.filter(mayBeText)),
  ])
}

async function readColumns(
  clickhouse: ClickHouse,
  scope: OrgScope,
  points: readonly PointInfo[],
  sql: string,
  params: Record<string, unknown> = {},
): Promise<LatestColumns | undefined> {
  const series = points.flatMap((point) => point.bindings.map((binding) => binding.series))
  if (series.length === 0) return undefined
  const [columns] = await clickhouse.query<LatestColumns>(scope, sql, { ...params, series })
  return columns
}

/** Of all series of a point the newest sample, each only as long as it was bound. */
function newest(points: readonly PointInfo[], sources: readonly (LatestColumns | undefined)[]): Map<PointInfo, Sample> {
  const bound = new Map(points.flatMap((point) => point.bindings.map((binding) => [binding.series, { point, ...binding }] as const)))
  const found = new Map<PointInfo, Sample>()
  for (const columns of sources) {
    if (!columns) continue
    for (let i = 0; i < columns.of_series.length; i++) {
      const binding = bound.get(columns.of_series[i]!)
      const atMs = columns.at[i]!
      if (!binding || atMs < binding.fromMs || atMs >= (binding.untilMs ?? Number.POSITIVE_INFINITY)) continue
      if ((found.get(binding.point)?.atMs ?? -1) > atMs) continue
      const seq = columns.seqs[i]!
      found.set(binding.point, {
        value: columns.v[i] ?? null,
        quality: columns.qualities[i]!,
        atMs,
        receivedMs: atMs + columns.lags[i]!,
        seq: seq < 0 ? null : seq,
      })
    }
  }
  return found
}
