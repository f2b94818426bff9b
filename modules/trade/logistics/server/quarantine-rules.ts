import { type Decimal, least, ZERO } from '#values/decimal.ts'
import { atLeastZero } from './shipment-rules.ts'

/** One row of a receipt, in the unit of its line. */
export interface Kept {
  accepted: Decimal
  quarantined: Decimal
  excess: Decimal
  inspect: boolean
  released: Decimal
  returned: Decimal
  returnedApart: Decimal
  excessReturned: Decimal
}

export type Place = 'warehouse' | 'quarantine' | 'excess'

/**
 * What of a row may still be taken, by place: own goods on the shelf, own goods in quarantine, the supplier's there. Excess was taken first
 * from what was to go onto the shelf (`spreadExcess`). What lies on the shelf may have been moved there by hand, so all that is left counts;
 * not so where quality decides.
 */
export function remainsOf(row: Kept): Record<Place, Decimal> {
  const apart = row.quarantined - atLeastZero(row.excess - row.accepted)
  const own = atLeastZero(row.accepted + row.quarantined - row.excess - row.returned)
  const quarantine = least(own, atLeastZero(apart - row.released - row.returnedApart))
  return { warehouse: row.inspect ? own - quarantine : own, quarantine, excess: row.excess - row.excessReturned }
}

export interface Taking {
  from: Place
  quantity: Decimal
}

/** Whether all of it can be taken at once, and the released besides. */
export function mayTake(row: Kept, taken: readonly Taking[], released: Decimal): boolean {
  const left = remainsOf(row)
  const sum = (places: readonly Place[]) =>
    taken.reduce((total, part) => (places.includes(part.from) ? total + part.quantity : total), ZERO)
  const own = atLeastZero(row.accepted + row.quarantined - row.excess - row.returned)
  return (
    sum(['warehouse']) <= left.warehouse &&
    sum(['quarantine']) + released <= left.quarantine &&
    sum(['excess']) <= left.excess &&
    sum(['warehouse', 'quarantine']) <= own
  )
}
