import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { OrgScope } from '#kernel/context.ts'
import type { MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { PointInfo } from '#modules/shopfloor/devices/public.ts'
import { emptyRollup, mergeRollups, type Rollup, STATE_HOLD_MS } from '../rollup/rollup-rules.ts'
import { eachSample, eachSum, glanceAtSamples, glanceAtSums, type Stretch, sumOfSamples, sumOfSums } from '../rollup/rollup-sql.ts'
import { HOUR_MS, MINUTE_MS, type Piece, planPieces, type RolledUp } from './plan-pieces.ts'

/** A counter that was read at least once in this time before a curve gives its first bucket the step since then. */
const COUNTER_LOOK_BACK_MS = 31 * 24 * HOUR_MS

export interface Buckets {
  /** Start of each bucket and, last, the end of the last one; ascending. */
  boundsMs: readonly number[]
  /** Width, where all are equal. */
  widthMs?: number
}

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

/** So few are put together here: 3,000 rows of sums, or five minutes of one series' samples. */
const FEW_SUMS = 3_000
const FEW_SAMPLES_MS = 5 * MINUTE_MS

/** SQL's number for “before the first bucket”. */
const BEFORE = -1

interface Part extends Piece {
  series: number[]
  buckets: 'before' | 'inside'
  /** Counters and states: what lies between two samples counts too. */
  ordered: boolean
}

interface Row {
  part: number
  series: number
  bucket: number
  n: number
  n_uncertain: number
  n_bad: number
  sum: number
  min: number | null
  max: number | null
  first: number | null
  last: number | null
  first_ms: number
  last_ms: number
  increase: number
  durations: Record<string, number>
}

/** One question to ClickHouse for all points and pieces; rolled-up hours and minutes where there are, samples for the rest. */
export async function fetchRollups(
  clickhouse: ClickHouse,
  scope: OrgScope,
  points: readonly PointInfo[],
  wanted: Wanted,
  rolledUp: RolledUp,
): Promise<Map<MeasuringPointId, SummedPoint>> {
  const parts = planParts(points, wanted, rolledUp)
  const owners = new Map(points.flatMap((point) => point.bindings.map((binding) => [binding.series, point])))
  const result = new Map(points.map((point) => [point.id, { before: emptyRollup, buckets: new Map<number, Rollup>() }]))
  if (parts.length === 0) return result
  const rows = await clickhouse.query<Row>(
    scope,
    parts.map((part, i) => `select ${i} as part, * from (${sqlOf(part, wanted)})`).join('\nunion all\n'),
  )
  // Parts stand in order of time for each series, and the series of a point in order of their bindings.
  const bindingOrder = new Map(points.flatMap((point) => point.bindings.map((binding, i) => [binding.series, i])))
  rows.sort((a, b) => (bindingOrder.get(a.series) ?? 0) - (bindingOrder.get(b.series) ?? 0) || a.part - b.part || a.first_ms - b.first_ms)
  for (const row of rows) {
    const point = owners.get(row.series)
    const summed = point && result.get(point.id)
    if (!summed) continue
    const rollup = rollupOf(row)
    if (row.bucket === BEFORE) summed.before = mergeRollups(point.kind, summed.before, rollup)
    else summed.buckets.set(row.bucket, mergeRollups(point.kind, summed.buckets.get(row.bucket) ?? emptyRollup, rollup))
  }
  return result
}

function planParts(points: readonly PointInfo[], wanted: Wanted, rolledUp: RolledUp): Part[] {
  const [firstMs = 0] = wanted.boundsMs
  const endMs = wanted.boundsMs.at(-1) ?? firstMs
  const coarsest = wanted.boundsMs.every((ms) => ms % HOUR_MS === 0) ? 'hour' : 'minute'
  const parts = new Map<string, Part>()
  const add = (series: number, fromMs: number, untilMs: number, buckets: Part['buckets'], ordered: boolean) => {
    const from = Math.max(fromMs, wanted.limits.fromMs, EARLIEST_MS)
    const until = Math.min(untilMs, wanted.limits.untilMs, LATEST_MS)
    if (until <= from) return
    for (const piece of planPieces(from, until, rolledUp, buckets === 'before' ? 'hour' : coarsest)) {
      const key = `${buckets} ${ordered} ${piece.source} ${piece.fromMs} ${piece.untilMs}`
      const part = parts.get(key)
      if (part) part.series.push(series)
      else parts.set(key, { ...piece, series: [series], buckets, ordered })
    }
  }
  for (const { kind, bindings } of points) {
    const ordered = kind === 'counter' || kind === 'state'
    const lookBackMs = kind === 'counter' ? COUNTER_LOOK_BACK_MS : kind === 'state' ? STATE_HOLD_MS : 0
    // A value of an interval stands for the time before its stamp: a millisecond earlier it is inside.
    const shift = kind === 'interval' ? 1 : 0
    for (const { series, ...binding } of bindings) {
      const fromMs = binding.fromMs - shift
      const untilMs = (binding.untilMs ?? Number.POSITIVE_INFINITY) - shift
      add(series, Math.max(fromMs, firstMs - lookBackMs), Math.min(untilMs, firstMs), 'before', ordered)
      add(series, Math.max(fromMs, firstMs), Math.min(untilMs, endMs), 'inside', ordered)
    }
  }
  return [...parts.values()].sort((a, b) => a.fromMs - b.fromMs)
}

/** Numbers of our own stand in the SQL text; the organisation is bound by the wrapper. */
function sqlOf({ source, series, fromMs, untilMs, buckets, ordered }: Part, { boundsMs, widthMs }: Buckets): string {
  const [firstMs = 0] = boundsMs
  const stretch: Stretch = {
    where: `org_no = {orgNo:UInt32} and series in (${series})`,
    bucket:
      buckets === 'before'
        ? `toInt64(${BEFORE})`
        : widthMs === undefined
          ? `toInt64(roundDown(at_ms, [${boundsMs.slice(0, -1).map((ms) => `toInt64(${ms})`)}]))`
          : `toInt64(${firstMs} + intDiv(at_ms - ${firstMs}, ${widthMs}) * ${widthMs})`,
    fromMs: String(fromMs),
    untilMs: String(untilMs),
  }
  // Of what lies before the first bucket only the last value matters.
  const plain = !ordered || buckets === 'before'
  if (source === 'raw') {
    const few = (untilMs - fromMs) * series.length <= FEW_SAMPLES_MS
    return (plain ? glanceAtSamples : few ? eachSample : sumOfSamples)(stretch)
  }
  const few = ((untilMs - fromMs) / (source === 'minute' ? MINUTE_MS : HOUR_MS)) * series.length <= FEW_SUMS
  return (plain ? glanceAtSums : few ? eachSum : sumOfSums)(source === 'minute' ? 'rollup_minute' : 'rollup_hour', stretch)
}

function rollupOf(row: Row): Rollup {
  const bounded = row.first_ms > 0
  return {
    n: row.n,
    nUncertain: row.n_uncertain,
    nBad: row.n_bad,
    sum: row.sum,
    // ±infinity and NaN, the neutral values of an empty stretch, come as null.
    min: row.min,
    max: row.max,
    first: row.first,
    last: row.last,
    firstMs: bounded ? row.first_ms : null,
    lastMs: bounded ? row.last_ms : null,
    increase: row.increase,
    durations: row.durations,
  }
}
