import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import { type Context, inScope, type OrgScope } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { OrgId } from '#values/ids.ts'
import { type Sample, type SampleValue, type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { type Readable, type ReadingParts, readable, telemetryPoint } from './readable.ts'

export interface LatestParts extends ReadingParts {
  clickhouse: ClickHouse
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
  const samples = may.points.map((_, i) => sampleAt(found, i))
  const beyond = may.points.filter((_, i) => {
    const sample = samples[i]
    return sample && (sample.atMs >= may.untilMs || sample.atMs < may.fromMs)
  })
  if (beyond.length > 0) {
    const earlier = await newestWithin(clickhouse, may, beyond)
    for (const [i, point] of beyond.entries()) samples[may.points.indexOf(point)] = sampleAt(earlier, i)
  }
  return may.points.map((point, i) => ({ point: telemetryPoint(point), sample: samples[i] ?? null }))
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
  const { value, quality, atMs, receivedMs } = await latestOf(parts.clickhouse, ctx, points)
  return { measuringPointIds: points.map((point) => point.id), value, quality, atMs, receivedMs }
}

/** One entry for each point asked for, null where it has none. */
interface Latest {
  value: SampleValue[]
  quality: (number | null)[]
  atMs: (number | null)[]
  receivedMs: (number | null)[]
  seq: (number | null)[]
}

function sampleAt({ value, quality, atMs, receivedMs, seq }: Latest, i: number): Sample | null {
  const at = atMs[i] ?? null
  if (at === null) return null
  return { value: value[i] ?? null, quality: quality[i] ?? 0, atMs: at, receivedMs: receivedMs[i] ?? at, seq: seq[i] ?? null }
}

type LatestColumns = [
  series: number[],
  atMs: number[],
  value: (number | string | null)[],
  quality: number[],
  lagMs: number[],
  seq: number[],
]

const columnsOf = (value: string) => `series, toUnixTimestamp64Milli(ts), ${value}, quality, lag_ms, seq`

async function latestOf(clickhouse: ClickHouse, scope: OrgScope, points: readonly PointInfo[]): Promise<Latest> {
  const read = (table: 'latest' | 'latest_text', value: string, of: readonly PointInfo[]) =>
    readColumns(
      clickhouse,
      scope,
      of,
      (series) => `select ${columnsOf(value)} from ${table} final where org_no = {orgNo:UInt32} and ${amongSeries(series)}`,
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

/** A list of ten thousand costs 25 ms to read and to compare, a stretch of the table's key nothing: where few others lie between. */
const LIST_SPREAD = 4

function amongSeries(series: readonly number[]): string {
  const [least, most] = series.reduce(([low, high], of) => [Math.min(low, of), Math.max(high, of)], [Number.POSITIVE_INFINITY, 0])
  const dense = most - least < series.length * LIST_SPREAD
  return dense ? `series between ${least} and ${most}` : `series in (${series})`
}

/** An integer beyond 2^53 is kept as text. */
const mayBeText = (point: PointInfo) => point.valueType === 'string' || point.valueType === 'integer'

async function newestWithin(clickhouse: ClickHouse, may: Readable, points: readonly PointInfo[]): Promise<Latest> {
  const untilMs = Math.min(may.untilMs, Number.MAX_SAFE_INTEGER)
  const params = { fromMs: Math.max(0, may.fromMs, untilMs - LOOK_BACK_MS), untilMs }
  const read = (table: 'sample' | 'sample_text', value: string, of: readonly PointInfo[]) =>
    readColumns(
      clickhouse,
      may.scope,
      of,
      (series) => `select ${columnsOf('v')} from (
         select series, ts, ${value} as v, quality, lag_ms, seq from ${table} final
         where org_no = {orgNo:UInt32} and series in (${series})
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
  sql: (series: readonly number[]) => string,
  params: Record<string, unknown> = {},
): Promise<Partial<LatestColumns> | undefined> {
  const series = points.flatMap((point) => point.bindings.map((binding) => binding.series))
  return series.length === 0 ? undefined : clickhouse.columns<LatestColumns>(scope, sql(series), params)
}

/** Of all series of a point the newest sample, each only as long as it was bound. Lists, no objects: thousands are asked for every second. */
function newest(points: readonly PointInfo[], sources: readonly (Partial<LatestColumns> | undefined)[]): Latest {
  const none = <Value>() => new Array<Value | null>(points.length).fill(null)
  const latest: Latest = { value: none(), quality: none(), atMs: none(), receivedMs: none(), seq: none() }
  const boundBySeries = new Map<number, number>()
  const bound: { point: number; fromMs: number; untilMs: number | null }[] = []
  for (let point = 0; point < points.length; point++) {
    for (const { series, fromMs, untilMs } of points[point]!.bindings) {
      boundBySeries.set(series, bound.length)
      bound.push({ point, fromMs, untilMs })
    }
  }
  for (const [ofSeries = [], at = [], values = [], qualities = [], lags = [], seqs = []] of sources.map((columns) => columns ?? [])) {
    for (let i = 0; i < ofSeries.length; i++) {
      const binding = bound[boundBySeries.get(ofSeries[i]!) ?? -1]
      const atMs = at[i]!
      if (!binding || atMs < binding.fromMs || (binding.untilMs !== null && atMs >= binding.untilMs)) continue
      const { point } = binding
      if ((latest.atMs[point] ?? -1) > atMs) continue
      latest.value[point] = values[i] ?? null
      latest.quality[point] = qualities[i]!
      latest.atMs[point] = atMs
      latest.receivedMs[point] = atMs + lags[i]!
      latest.seq[point] = seqs[i]! < 0 ? null : seqs[i]!
    }
  }
  return latest
}
