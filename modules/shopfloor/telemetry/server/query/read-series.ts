import type { z } from 'zod'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { Context } from '#kernel/context.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import { type Curve, type telemetryApi, telemetryLimits } from '../../contract.ts'
import { telemetryErrors } from '../../errors.ts'
import { type BucketFigures, bucketFigures, emptyRollup } from '../rollup/rollup-rules.ts'
import { fetchRollups, type SummedPoint } from './fetch-rollups.ts'
import { type Grid, gridOf } from './plan-pieces.ts'
import { type ReadingParts, readable, telemetryPoint } from './readable.ts'
import type { RolledUpClock } from './rolled-up-clock.ts'

export interface SeriesParts extends ReadingParts {
  clickhouse: ClickHouse
  rolledUp: RolledUpClock
}

const DAY_MS = 86_400_000

/** Errors: telemetry.periodEmpty, telemetry.periodTooLong. */
export function periodMs({ from, until }: { from: string; until: string }, maxDays: number): { fromMs: number; untilMs: number } {
  const fromMs = Date.parse(from)
  const untilMs = Date.parse(until)
  if (untilMs <= fromMs) throw telemetryErrors.periodEmpty()
  if (untilMs - fromMs > maxDays * DAY_MS) throw telemetryErrors.periodTooLong({ days: maxDays })
  return { fromMs, untilMs }
}

export function refuseTexts(points: readonly PointInfo[]): void {
  const text = points.find((point) => point.valueType === 'string')
  if (text) throw telemetryErrors.textHasNoCurve({ point: text.label })
}

type Query = z.output<typeof telemetryApi.series.query>

export async function readSeries(parts: SeriesParts, ctx: Context, query: Query): Promise<z.input<typeof telemetryApi.series.response>> {
  const { fromMs, untilMs } = periodMs(query, telemetryLimits.curveDays)
  const [may, rolledUp] = await Promise.all([readable(parts, ctx, query), parts.rolledUp()])
  refuseTexts(may.points)
  const grid = gridOf(fromMs, untilMs, query.maxBuckets)
  const boundsMs = Array.from({ length: grid.buckets + 1 }, (_, i) => grid.fromMs + i * grid.bucketMs)
  const summed = await fetchRollups(parts.clickhouse, may.scope, may.points, { boundsMs, widthMs: grid.bucketMs, limits: may }, rolledUp)
  const nowMs = Math.min(ctx.now.getTime(), may.untilMs)
  return {
    ...grid,
    openFromMs: rolledUp.minutesUntilMs,
    curves: may.points.map((point) => curveOf(point, grid, summed.get(point.id), nowMs)),
    withheld: may.withheld,
  }
}

function curveOf(point: PointInfo, { fromMs, bucketMs, buckets }: Grid, summed: SummedPoint | undefined, nowMs: number): Curve {
  const figures: BucketFigures[] = []
  let before = summed?.before ?? emptyRollup
  for (let i = 0; i < buckets; i++) {
    const start = fromMs + i * bucketMs
    const inside = summed?.buckets.get(start) ?? emptyRollup
    figures.push(bucketFigures(point.kind, before, inside, { fromMs: start, untilMs: start + bucketMs, nowMs }))
    if (inside.lastMs !== null) before = inside
  }
  return {
    point: telemetryPoint(point),
    n: figures.map((f) => f.n),
    nUncertain: figures.map((f) => f.nUncertain),
    nBad: figures.map((f) => f.nBad),
    avg: figures.map((f) => f.avg),
    min: figures.map((f) => f.min),
    max: figures.map((f) => f.max),
    sum: figures.map((f) => f.sum),
    last: figures.map((f) => f.last),
    increase: figures.map((f) => f.increase),
    durations: point.kind === 'state' ? figures.map((f) => f.durations) : null,
  }
}
