/** One scan: the grid point that its samples are stamped with, and how many before it went by unread. */
export interface Scan {
  index: number
  tsMs: number
  skipped: number
}

/** Where in the grid a moment lies; scans begin `phaseMs` after the grid point that they are stamped with, so that links take turns. */
export const gridIndex = (nowMs: number, periodMs: number, phaseMs = 0): number => Math.floor((nowMs - phaseMs) / periodMs)

/**
 * The scan that is due now, or undefined while the last one's interval lasts. A scan that took too long skips grid points and counts them;
 * a clock that was set skips nothing: no more is counted than the time that went by (`elapsedMs`, of a clock that is never set) has room for.
 */
export function dueScan(last: number | undefined, nowMs: number, elapsedMs: number, periodMs: number, phaseMs = 0): Scan | undefined {
  const index = gridIndex(nowMs, periodMs, phaseMs)
  if (index === last) return undefined
  const missed = last === undefined ? 0 : index - last - 1
  const room = Math.round(elapsedMs / periodMs) - 1
  return { index, tsMs: index * periodMs, skipped: Math.max(0, Math.min(missed, room)) }
}

/** How long until the next scan begins. */
export const untilNextScan = (nowMs: number, periodMs: number, phaseMs = 0): number =>
  (gridIndex(nowMs, periodMs, phaseMs) + 1) * periodMs + phaseMs - nowMs

const SPREAD_MS = 500

/** Links begin at different moments of the second; within half a period, so that a value is never a whole period older than its stamp. */
export const phaseOf = (turn: number, periodMs: number): number => Math.floor(Math.min(SPREAD_MS, periodMs / 2) * turn)
