import { type Decimal, ZERO } from '#values/decimal.ts'
import { withTolerance } from '../order-content.ts'

/** The counters of an agreed schedule line. */
export interface Counters {
  agreed: Decimal
  shipped: Decimal
  accepted: Decimal
  rejected: Decimal
  over: Decimal
}

/** What is still to be shipped: what was rejected on receipt is owed again. */
export function leftToShip({ agreed, shipped, rejected }: Pick<Counters, 'agreed' | 'shipped' | 'rejected'>): Decimal {
  const left = agreed - (shipped - rejected)
  return left < ZERO ? 0n : left
}

export type CounterProblem = 'belowZero' | 'moreThanAgreed'

export function counterProblem({ agreed, shipped, accepted, rejected, over }: Counters): CounterProblem | undefined {
  if (shipped < ZERO || accepted < ZERO || rejected < ZERO) return 'belowZero'
  const most = withTolerance(agreed, over)
  return shipped - rejected > most || accepted > most ? 'moreThanAgreed' : undefined
}

/** No revision goes below it. */
export const floorOf = ({ shipped, accepted, rejected }: Omit<Counters, 'agreed' | 'over'>): Decimal => {
  const gone = shipped - rejected
  return gone > accepted ? gone : accepted
}

const DAY_MS = 86_400_000
export const shiftDay = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

export type Punctuality = 'onTime' | 'late' | 'overdue' | 'open'

/**
 * Of one schedule line against the agreed revision: on time only where the whole agreed quantity (less the agreed tolerance) was accepted by
 * the agreed day and its days of grace. `wholeOn`: the day on which it became whole; null: it is not.
 */
export function punctuality(agreedDay: string, graceDays: number, wholeOn: string | null, today: string): Punctuality {
  const last = shiftDay(agreedDay, graceDays)
  if (wholeOn !== null) return wholeOn <= last ? 'onTime' : 'late'
  return today <= last ? 'open' : 'overdue'
}
