import { type Decimal, least, multiply, ZERO } from '#values/decimal.ts'
import { atLeastZero } from './shipment-rules.ts'

/** What is known of one line of a shipment and its schedule line before a receipt; quantities in the line's unit. */
export interface Standing {
  notified: Decimal
  receivedBefore: Decimal
  agreed: Decimal
  over: Decimal
  under: Decimal
  shipped: Decimal
  accepted: Decimal
  rejected: Decimal
}

export interface Counted {
  /** Into the order's counters, the stock and the accrual. */
  good: Decimal
  bad: Decimal
  /** Beyond the tolerance: kept apart as the supplier's. */
  excess: Decimal
  /** What came beyond the notice and is counted as shipped all the same. */
  shippedToo: Decimal
}

export const isWhole = ({ agreed, accepted, under }: Pick<Standing, 'agreed' | 'accepted' | 'under'>): boolean =>
  accepted >= agreed - multiply(agreed, under)

/**
 * How a receipt is counted. First what was notified, then what the order's tolerance leaves; of a line that is whole nothing more is
 * taken than was notified.
 */
export function countReceived(standing: Standing, arrived: { good: Decimal; bad: Decimal }): Counted {
  const { notified, receivedBefore, agreed, over, shipped, accepted, rejected } = standing
  const most = agreed + multiply(agreed, over)
  const remaining = atLeastZero(notified - receivedBefore)
  const headroom = isWhole(standing) ? ZERO : atLeastZero(most - (shipped - rejected))
  const capacity = remaining + headroom
  const good = least(arrived.good, atLeastZero(most - accepted), capacity)
  const bad = least(arrived.bad, capacity - good)
  return { good, bad, excess: arrived.good - good, shippedToo: atLeastZero(good + bad - remaining) }
}

/** What is not there when no more will come. */
export const missingOf = (notified: Decimal, received: Decimal): Decimal => atLeastZero(notified - received)

/** The excess of a line over its rows of a receipt, from the last one on, first from what was to go onto the shelf. */
export function spreadExcess<Row extends { accepted: Decimal; quarantined: Decimal }>(
  rows: readonly Row[],
  excess: Decimal,
): (Row & { shelf: Decimal; apart: Decimal; excess: Decimal })[] {
  let left = excess
  return rows
    .toReversed()
    .map((row) => {
      const fromShelf = least(left, row.accepted)
      const fromApart = least(left - fromShelf, row.quarantined)
      left -= fromShelf + fromApart
      return { ...row, shelf: row.accepted - fromShelf, apart: row.quarantined - fromApart, excess: fromShelf + fromApart }
    })
    .toReversed()
}
