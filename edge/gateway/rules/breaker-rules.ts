import type { QualityName } from '#values/quality.ts'
import { type BackOff, backOffMs } from './back-off.ts'

/**
 * Of one unit on a link. `failing`: some reads in a row were not answered; `open`: it rests until `retryAtMs` and nothing is asked of it;
 * `halfOpen`: one probe is under way. Moments by a clock that is never set.
 */
export type Breaker =
  | { state: 'ok' }
  | { state: 'failing'; failures: number }
  | { state: 'open'; trips: number; retryAtMs: number }
  | { state: 'halfOpen'; trips: number }

/** One lost answer is no dead unit; on a serial line each further one costs all units its time-out. */
const FAILURES_TO_OPEN = 3
export const unitBackOff: BackOff = { firstMs: 1_000, longestMs: 60_000 }

const silent: ReadonlySet<QualityName> = new Set(['badNoCommunication', 'badTimeout', 'badNotConnected'])

/** A unit that refuses an address is alive; one that says nothing is not. */
export const answered = (qualities: Iterable<QualityName>): boolean => {
  for (const quality of qualities) if (!silent.has(quality)) return true
  return false
}

/** May this unit be read now, and how: all points, one of them, or not at all? */
export function permit(breaker: Breaker, nowMs: number): 'read' | 'probe' | 'rest' {
  if (breaker.state === 'ok' || breaker.state === 'failing') return 'read'
  return breaker.state === 'open' && nowMs >= breaker.retryAtMs ? 'probe' : 'rest'
}

export const probing = (breaker: Breaker): Breaker => (breaker.state === 'open' ? { state: 'halfOpen', trips: breaker.trips } : breaker)

export function afterRead(breaker: Breaker, didAnswer: boolean, nowMs: number, random: () => number): Breaker {
  if (didAnswer) return { state: 'ok' }
  const opened = (trips: number): Breaker => ({ state: 'open', trips, retryAtMs: nowMs + backOffMs(unitBackOff, trips, random) })
  switch (breaker.state) {
    case 'ok':
      return { state: 'failing', failures: 1 }
    case 'failing':
      return breaker.failures + 1 < FAILURES_TO_OPEN ? { state: 'failing', failures: breaker.failures + 1 } : opened(1)
    case 'halfOpen':
      return opened(breaker.trips + 1)
    case 'open':
      return breaker
    default:
      return breaker satisfies never
  }
}
