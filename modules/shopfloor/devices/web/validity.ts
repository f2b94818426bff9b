import { DEFAULT_ZONE, formatDate } from '#ui/format.ts'

const DAY_MS = 86_400_000
/** Time enough to have an instrument calibrated again. */
const ENDING_DAYS = 30

/** A document holds through its last day. */
export function validityOf(until: string | null, nowMs: number): 'valid' | 'ending' | 'over' {
  if (until === null) return 'valid'
  if (until < formatDate(nowMs, DEFAULT_ZONE)) return 'over'
  return until <= formatDate(nowMs + ENDING_DAYS * DAY_MS, DEFAULT_ZONE) ? 'ending' : 'valid'
}
