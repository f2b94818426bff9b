export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** Where a part of a period is read from: the samples themselves or their sums. */
export interface Piece {
  source: 'raw' | 'minute' | 'hour'
  fromMs: number
  untilMs: number
}

export interface RolledUp {
  /** All whole minutes before this instant are summed up. */
  minutesUntilMs: number
  hoursUntilMs: number
}

const up = (ms: number, step: number) => Math.ceil(ms / step) * step
const down = (ms: number, step: number) => Math.floor(ms / step) * step

/**
 * Cuts [fromMs, untilMs) into the fewest pieces, the coarsest source that fits each: whole hours, whole minutes at their edges, and
 * samples where a minute is cut or not summed up yet. `coarsest` is what the buckets' bounds allow.
 */
export function planPieces(fromMs: number, untilMs: number, rolledUp: RolledUp, coarsest: 'minute' | 'hour'): Piece[] {
  const pieces: Piece[] = []
  const add = (source: Piece['source'], from: number, until: number) => {
    if (until <= from) return from
    const last = pieces.at(-1)
    if (last && last.source === source && last.untilMs === from) last.untilMs = until
    else pieces.push({ source, fromMs: from, untilMs: until })
    return until
  }
  const minutesFrom = Math.min(up(fromMs, MINUTE_MS), untilMs)
  const minutesUntil = Math.max(minutesFrom, down(Math.min(untilMs, rolledUp.minutesUntilMs), MINUTE_MS))
  const hoursFrom = Math.min(up(minutesFrom, HOUR_MS), minutesUntil)
  const hoursUntil = coarsest === 'hour' ? Math.max(hoursFrom, down(Math.min(minutesUntil, rolledUp.hoursUntilMs), HOUR_MS)) : hoursFrom
  let at = add('raw', fromMs, minutesFrom)
  if (hoursUntil > hoursFrom) {
    at = add('minute', at, hoursFrom)
    at = add('hour', at, hoursUntil)
  }
  at = add('minute', at, minutesUntil)
  add('raw', at, untilMs)
  return pieces
}

/** Widths that divide a day; a curve takes the smallest that needs no more buckets than asked for. */
const widthsMinutes = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440]

export interface Grid {
  fromMs: number
  bucketMs: number
  buckets: number
}

/** Equal buckets of whole minutes on a grid that starts at 1970-01-01T00:00Z, covering the period; beyond a day a bucket is whole days. */
export function gridOf(fromMs: number, untilMs: number, maxBuckets: number): Grid {
  for (let i = 0; ; i++) {
    const minutes = widthsMinutes[i] ?? (i - widthsMinutes.length + 2) * 1440
    const bucketMs = minutes * MINUTE_MS
    const start = down(fromMs, bucketMs)
    const buckets = Math.ceil((untilMs - start) / bucketMs)
    if (buckets <= maxBuckets) return { fromMs: start, bucketMs, buckets }
  }
}
