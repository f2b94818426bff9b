/** How often somebody has failed lately; one for account and address, one for an address over all accounts. */
export interface Guard {
  windowStart: Date
  failures: number
  locks: number
  lastFailureAt: Date
  lockedUntil: Date | null
}

const MINUTE_MS = 60_000
const WINDOW_MS = 15 * MINUTE_MS
/** After the first lock each further failure locks again, twice as long, up to this. */
const LONGEST_MS = 4 * 60 * MINUTE_MS
/** A day without a failure forgets the locks. */
const FORGET_MS = 24 * 60 * MINUTE_MS

export const failuresAllowed = { account: 5, address: 50 } as const

export const isLocked = (guard: Guard | undefined, now: Date): boolean => guard?.lockedUntil != null && guard.lockedUntil > now

/** The guard after one more failure: so many within 15 minutes lock for 15 minutes. */
export function afterFailure(before: Guard | undefined, now: Date, allowed: number): Guard {
  const quietMs = before ? now.getTime() - before.lastFailureAt.getTime() : Number.POSITIVE_INFINITY
  const locks = before && quietMs < FORGET_MS ? before.locks : 0
  const within = before !== undefined && now.getTime() - before.windowStart.getTime() < WINDOW_MS
  const windowStart = within ? before.windowStart : now
  const failures = within ? before.failures + 1 : 1
  const guard = { windowStart, failures, lastFailureAt: now }
  if (failures < allowed && locks === 0) return { ...guard, locks, lockedUntil: null }
  const lockMs = Math.min(WINDOW_MS * 2 ** locks, LONGEST_MS)
  return { ...guard, locks: locks + 1, lockedUntil: new Date(now.getTime() + lockMs) }
}
