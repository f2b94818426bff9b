import type { Sent } from './report-rules.ts'

/** What is known of a point before its next sample. */
export interface Stamped {
  sent: Sent | undefined
  /** The last one that had a stamp of its source. */
  sourced: Sent | undefined
  /** Its value holds until it changes; not so of an interval's, which stands once, at its own time. */
  holds: boolean
}

/**
 * With which times does a value leave that its source stamped? Its own, once; it is never re-stamped. What holds and was read again as it
 * stood is confirmed at the time of the reading (`readMs`), where the last word was that nothing could be read, or after a heartbeat: else a
 * setpoint that nobody moves would stay “no communication” for days after a cable was pulled for a second.
 */
export function stampsOf({ sent, sourced, holds }: Stamped, next: Sent, readMs: number, heartbeatMs: number): number[] {
  const isNew = sourced === undefined || sourced.tsMs !== next.tsMs || sourced.value !== next.value || sourced.code !== next.code
  const stamps = isNew ? [next.tsMs] : []
  if (!holds || next.value === null || sent === undefined || readMs <= sent.tsMs || readMs <= next.tsMs) return stamps
  const wasAway = sent.value === null && next.tsMs <= sent.tsMs
  if (wasAway || (!isNew && readMs - sent.tsMs >= heartbeatMs)) stamps.push(readMs)
  return stamps
}
