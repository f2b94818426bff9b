import type { SeriesKind } from '../../contract.ts'

/**
 * The sum of a stretch of one series, in a form that two neighbours can be put together without their samples. `sum`, `min`, `max` are of
 * good and uncertain samples. `first` to `lastMs` bound what the next stretch is joined to: of good and uncertain samples, for states of
 * all (a bad one is null there: it ends the state before it). A stretch without any has null stamps.
 */
export interface Rollup {
  n: number
  nUncertain: number
  nBad: number
  sum: number
  min: number | null
  max: number | null
  first: number | null
  last: number | null
  firstMs: number | null
  lastMs: number | null
  increase: number
  /** Milliseconds by state code between samples of the stretch. */
  durations: Readonly<Record<string, number>>
}

export const emptyRollup: Rollup = {
  n: 0,
  nUncertain: 0,
  nBad: 0,
  sum: 0,
  min: null,
  max: null,
  first: null,
  last: null,
  firstMs: null,
  lastMs: null,
  increase: 0,
  durations: {},
}

/** After this long without a sample a state is unknown: a device that died does not run for ever. */
export const STATE_HOLD_MS = 24 * 3_600_000

/** What a counter counted between two readings; one that fell started again from zero. */
export const counted = (before: number, after: number): number => (after >= before ? after - before : after)

const lesser = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))
const greater = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b))

/** Two stretches of one series, `a` the earlier. Associative, `emptyRollup` is neutral. */
export function mergeRollups(kind: SeriesKind, a: Rollup, b: Rollup): Rollup {
  const joined = a.lastMs !== null && b.firstMs !== null
  return {
    n: a.n + b.n,
    nUncertain: a.nUncertain + b.nUncertain,
    nBad: a.nBad + b.nBad,
    sum: a.sum + b.sum,
    min: lesser(a.min, b.min),
    max: greater(a.max, b.max),
    ...(a.firstMs === null ? { first: b.first, firstMs: b.firstMs } : { first: a.first, firstMs: a.firstMs }),
    ...(b.lastMs === null ? { last: a.last, lastMs: a.lastMs } : { last: b.last, lastMs: b.lastMs }),
    increase: a.increase + b.increase + (joined && kind === 'counter' ? increaseBetween(a, b) : 0),
    durations: addDurations(
      addDurations(a.durations, b.durations),
      joined && kind === 'state' ? held(a, a.lastMs ?? 0, b.firstMs ?? 0) : {},
    ),
  }
}

const increaseBetween = (a: Rollup, b: Rollup) => (a.last !== null && b.first !== null ? counted(a.last, b.first) : 0)

/** How long the state that `before` ended with lasted within [fromMs, untilMs). */
function held(before: Rollup, fromMs: number, untilMs: number): Record<string, number> {
  if (before.last === null || before.lastMs === null) return {}
  const ms = Math.min(untilMs, before.lastMs + STATE_HOLD_MS) - Math.max(fromMs, before.lastMs)
  return ms > 0 ? { [String(before.last)]: ms } : {}
}

function addDurations(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum = { ...a }
  for (const [state, ms] of Object.entries(b)) sum[state] = (sum[state] ?? 0) + ms
  return sum
}

/** A stretch as a page shows it. */
export interface BucketFigures {
  n: number
  nUncertain: number
  nBad: number
  sum: number | null
  avg: number | null
  min: number | null
  max: number | null
  last: number | null
  increase: number | null
  durations: Record<string, number>
}

/**
 * The figures of [fromMs, untilMs), given what came `before` it: a counter's step from the sample before belongs to the bucket of the later
 * sample, so nothing is lost between buckets; a state goes on into the bucket and out of it, `nowMs` at most.
 */
export function bucketFigures(
  kind: SeriesKind,
  before: Rollup,
  inside: Rollup,
  bounds: { fromMs: number; untilMs: number; nowMs: number },
): BucketFigures {
  const valued = inside.n - inside.nBad
  const untilMs = Math.min(bounds.untilMs, bounds.nowMs)
  const joined = kind === 'counter' && before.lastMs !== null && inside.firstMs !== null
  const counterIncrease = kind === 'counter' && valued > 0 ? inside.increase + (joined ? increaseBetween(before, inside) : 0) : null
  const head = kind === 'state' ? held(before, bounds.fromMs, Math.min(inside.firstMs ?? untilMs, untilMs)) : {}
  const tail = kind === 'state' && inside.lastMs !== null ? held(inside, inside.lastMs, untilMs) : {}
  return {
    n: inside.n,
    nUncertain: inside.nUncertain,
    nBad: inside.nBad,
    sum: valued > 0 ? inside.sum : null,
    avg: valued > 0 ? inside.sum / valued : null,
    min: inside.min,
    max: inside.max,
    last: inside.last,
    increase: counterIncrease,
    durations: addDurations(addDurations(head, inside.durations), tail),
  }
}
