import type { TrendPoint, TrendSeries } from '#ui/trend-chart.tsx'
import type { Curve } from '../contract.ts'

export interface Grid {
  fromMs: number
  bucketMs: number
  buckets: number
}

type GapQuality = TrendSeries['gaps'][number]['quality']

/** Without a usual distance between samples nobody can say that one is missing; this many times it is a gap. */
const GAP_FACTOR = 3

/** A curve as the chart draws it: the value that fits the point's kind, and what is missing or doubtful as gaps. */
export function seriesOf(curve: Curve, grid: Grid, name: string): TrendSeries {
  const { point } = curve
  const values =
    point.kind === 'counter' ? curve.increase : point.kind === 'interval' ? curve.sum : point.kind === 'state' ? curve.last : curve.avg
  const banded = point.kind === 'instant'
  const points: TrendPoint[] = []
  for (let i = 0; i < grid.buckets; i++) {
    const ms = grid.fromMs + i * grid.bucketMs
    if ((curve.n[i] ?? 0) === 0) continue
    points.push(banded ? [ms, values[i] ?? null, curve.min[i] ?? null, curve.max[i] ?? null] : [ms, values[i] ?? null])
  }
  return {
    name,
    unit: point.unit,
    kind: point.kind,
    points,
    gaps: gapsOf(curve, grid),
    ...(point.states ? { states: Object.fromEntries(Object.entries(point.states).map(([code, words]) => [Number(code), words])) } : {}),
  }
}

/** Stretches of bad or uncertain samples, and of silence longer than the point's usual distance between samples allows. */
export function gapsOf(curve: Pick<Curve, 'n' | 'nBad' | 'nUncertain' | 'point'>, grid: Grid): TrendSeries['gaps'] {
  const quiet = quietBuckets(curve.n)
  const gaps: TrendSeries['gaps'] = []
  const add = (from: number, until: number, quality: GapQuality) => {
    const last = gaps.at(-1)
    const fromMs = grid.fromMs + from * grid.bucketMs
    const untilMs = grid.fromMs + until * grid.bucketMs
    if (last && last.quality === quality && last.untilMs === fromMs) last.untilMs = untilMs
    else gaps.push({ fromMs, untilMs, quality })
  }
  let silentFrom = 0
  let heard = false
  for (let i = 0; i < grid.buckets; i++) {
    const n = curve.n[i] ?? 0
    if (n === 0) continue
    // A state that is only sent when it changes is not missing while it is quiet.
    if (i - silentFrom > quiet && !(heard && curve.point.kind === 'state')) add(silentFrom, i, 'none')
    if ((curve.nBad[i] ?? 0) === n) add(i, i + 1, 'bad')
    else if ((curve.nUncertain[i] ?? 0) > 0) add(i, i + 1, 'uncertain')
    silentFrom = i + 1
    heard = true
  }
  if (grid.buckets - silentFrom > quiet && !(heard && curve.point.kind === 'state')) add(silentFrom, grid.buckets, 'none')
  return gaps
}

/** How many empty buckets in a row are usual for a point: three times the middle distance between filled ones. */
function quietBuckets(n: readonly number[]): number {
  const distances: number[] = []
  let before = -1
  n.forEach((count, i) => {
    if (count === 0) return
    if (before >= 0) distances.push(i - before)
    before = i
  })
  if (distances.length === 0) return GAP_FACTOR
  distances.sort((a, b) => a - b)
  return (distances[Math.floor(distances.length / 2)] ?? 1) * GAP_FACTOR - 1
}
