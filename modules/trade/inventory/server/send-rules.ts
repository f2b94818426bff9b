import { type Decimal, least, ZERO } from '#values/decimal.ts'
import { type Candidate, hasExpired, pickOrder } from './pick-rules.ts'

/** Something that lies in a warehouse and may be sent. */
export interface Shelf extends Candidate {
  warehouse: string
}

export interface Picked<S extends Shelf> {
  shelf: S
  quantity: Decimal
}

/**
 * What is taken of the shelves, oldest first, and what they lack. `free`: of each warehouse what is not reserved. Both are used up, so that
 * the next line of the same document finds less. A lot or number that is named is taken alone where the material is kept by such.
 */
export function pickToSend<S extends Shelf>(
  shelves: readonly S[],
  free: Map<string, Decimal>,
  wanted: { quantity: Decimal; lot: string | null; serial: string | null; control: 'none' | 'lot' | 'serial' },
  day: string,
): { picks: Picked<S>[]; missing: Decimal } {
  const named = (shelf: S) =>
    (wanted.control !== 'lot' || wanted.lot === null || shelf.lot === wanted.lot) &&
    (wanted.control !== 'serial' || wanted.serial === null || shelf.serial === wanted.serial)
  const picks: Picked<S>[] = []
  let missing = wanted.quantity
  for (const shelf of shelves.filter((one) => named(one) && !hasExpired(one, day)).sort(pickOrder)) {
    const quantity = least(shelf.onHand, free.get(shelf.warehouse) ?? ZERO, missing)
    if (quantity <= ZERO) continue
    picks.push({ shelf, quantity })
    shelf.onHand -= quantity
    free.set(shelf.warehouse, (free.get(shelf.warehouse) ?? ZERO) - quantity)
    missing -= quantity
  }
  return { picks, missing }
}
