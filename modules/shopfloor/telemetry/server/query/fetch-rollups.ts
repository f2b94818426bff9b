import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import type { SeriesKind } from '../../contract.ts'
import { emptyRollup, mergeRollups, type Rollup, STATE_HOLD_MS } from '../rollup/rollup-rules.ts'
import { HOUR_MS, planPieces, type RolledUp } from './plan-pieces.ts'
import { BEFORE, type Buckets, type Part, type ReadStretch, readPart } from './read-part.ts'

/** A counter that was read at least once in this time before a curve gives its first bucket the step since then. */
const COUNTER_LOOK_BACK_MS = 31 * 24 * HOUR_MS

export interface Wanted extends Buckets {
  /** Never read outside of this. */
  limits: { fromMs: number; untilMs: number }
}

/** What a point's values come to in each bucket, and before the first one. */
export interface SummedPoint {
  before: Rollup
  buckets: Map<number, Rollup>
}

/** Nothing is stored before, and ClickHouse's DateTime knows nothing after. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const LATEST_MS = Date.UTC(2100, 0, 1)

/** Rolled-up hours and minutes where there are, samples for the rest; all parts at once. */
export async function fetchRollups(
  clickhouse: ClickHouse,
  scope: OrgScope,
  points: readonly PointInfo[],
  wanted: Wanted,
  rolledUp: RolledUp,
): Promise<Map<MeasuringPointId, SummedPoint>> {
  const parts = planParts(points, wanted, rolledUp)
  const read = await Promise.all(parts.map((part) => readPart(clickhouse, scope, part, wanted)))
  const bySeries = Map.groupBy(read.flat(), (stretch) => stretch.series)
  return new Map(points.map((point) => [point.id, putTogether(point, bySeries)]))
}

/** Parts stand in order of time for each series, and the series of a point in the order of their bindings. */
function putTogether({ kind, bindings }: PointInfo, bySeries: ReadonlyMap<number, ReadStretch[]>): SummedPoint {
  const summed: SummedPoint = { before: emptyRollup, buckets: new Map() }
  for (const { series } of bindings) {
    for (const { bucketMs, rollup } of bySeries.get(series) ?? []) {
      if (bucketMs === BEFORE) summed.before = mergeRollups(kind, summed.before, rollup)
      else summed.buckets.set(bucketMs, mergeRollups(kind, summed.buckets.get(bucketMs) ?? emptyRollup, rollup))
    }
  }
  return summed
}

function planParts(points: readonly PointInfo[], wanted: Wanted, rolledUp: RolledUp): Part[] {
  const [firstMs = 0] = wanted.boundsMs
  const endMs = wanted.boundsMs.at(-1) ?? firstMs
  const coarsest = wanted.boundsMs.every((ms) => ms % HOUR_MS === 0) ? 'hour' : 'minute'
  const parts = new Map<string, Part>()
  const add = (series: number, kind: SeriesKind, fromMs: number, untilMs: number, buckets: Part['buckets']) => {
    const from = Math.max(fromMs, wanted.limits.fromMs, EARLIEST_MS)
    const until = Math.min(untilMs, wanted.limits.untilMs, LATEST_MS)
    if (until <= from) return
    for (const piece of planPieces(from, until, rolledUp, buckets === 'before' ? 'hour' : coarsest)) {
      const key = `${buckets} ${kind} ${piece.source} ${piece.fromMs} ${piece.untilMs}`
      const part = parts.get(key)
      if (part) part.series.push(series)
      else parts.set(key, { ...piece, series: [series], buckets, kind })
    }
  }
  for (const { kind, bindings } of points) {
    const lookBackMs = kind === 'counter' ? COUNTER_LOOK_BACK_MS : kind === 'state' ? STATE_HOLD_MS : 0
    // A value of an interval stands for the time before its stamp: a millisecond earlier it is inside.
    const shift = kind === 'interval' ? 1 : 0
    for (const { series, ...binding } of bindings) {
      const fromMs = binding.fromMs - shift
      const untilMs = (binding.untilMs ?? Number.POSITIVE_INFINITY) - shift
      add(series, kind, Math.max(fromMs, firstMs - lookBackMs), Math.min(untilMs, firstMs), 'before')
      add(series, kind, Math.max(fromMs, firstMs), Math.min(untilMs, endMs), 'inside')
    }
  }
  return [...parts.values()].sort((a, b) => a.fromMs - b.fromMs)
}
