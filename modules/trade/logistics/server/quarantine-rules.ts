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
  excessKept: Decimal
  /** Of it what went back after it was kept. */
  excessKeptBack: Decimal
  /** Refused as damaged and kept all the same. */
  damagedKept: Decimal
}

export type Place = 'warehouse' | 'quarantine' | 'excess'

/**
 * What of a row may still be taken, by place: own goods on the shelf, own goods in quarantine, the supplier's there. Excess was taken first
 * from what was to go onto the shelf (`spreadExcess`). What lies on the shelf may have been moved there by hand, so all that is left counts;
 * not so where quality decides.
 */
export function remainsOf(row: Kept): Record<Place, Decimal> {
  const theirs = row.excess - row.excessKept
  const apart = row.quarantined + row.damagedKept - atLeastZero(theirs - row.accepted)
  const own = ownOf(row)
  const quarantine = least(own, atLeastZero(apart - row.released - row.returnedApart))
  return { warehouse: row.inspect ? own - quarantine : own, quarantine, excess: theirs - row.excessReturned }
}

const ownOf = (row: Kept) => atLeastZero(row.accepted + row.quarantined + row.damagedKept - (row.excess - row.excessKept) - row.returned)

/** Where excess that is kept goes: what was set apart stays in quarantine as one's own, the rest onto the shelf. */
export function ownPartsOf(row: Kept, kept: Decimal): { shelf: Decimal; apart: Decimal } {
  const theirs = row.excess - row.excessKept
  const apart = atLeastZero(theirs - row.accepted) - atLeastZero(theirs - kept - row.accepted)
  return { shelf: kept - apart, apart }
}

/** Of own goods that go back: what was kept beyond the order goes first, and the order owes nothing for it. */
export const beyondOrderOf = (row: Kept, back: Decimal): Decimal => least(back, row.excessKept - row.excessKeptBack)

export interface Taking {
  from: Place
  quantity: Decimal
}

/** Whether all of it can be taken at once, and the released besides. */
export function mayTake(row: Kept, taken: readonly Taking[], released: Decimal): boolean {
  const left = remainsOf(row)
  const sum = (places: readonly Place[]) =>
    taken.reduce((total, part) => (places.includes(part.from) ? total + part.quantity : total), ZERO)
  return (
    sum(['warehouse']) <= left.warehouse &&
    sum(['quarantine']) + released <= left.quarantine &&
    sum(['excess']) <= left.excess &&
    sum(['warehouse', 'quarantine']) <= ownOf(row)
  )
}
