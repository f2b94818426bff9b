import { type Decimal, ZERO } from '#values/decimal.ts'
import type { ContentInput, PackInput, ShipmentState, Side, Timed } from '../contract.ts'

export type ShipmentAction =
  | 'change'
  | 'discard'
  | 'issue'
  | 'depart'
  | 'arrive'
  | 'foresee'
  | 'book'
  | 'cancel'
  | 'receive'
  | 'finish'
  | 'finishShort'

interface Transition {
  by: readonly Side[]
  to: ShipmentState
}
const supplier = (to: ShipmentState): Transition => ({ by: ['supplier'], to })
const buyer = (to: ShipmentState): Transition => ({ by: ['buyer'], to })
const both = (to: ShipmentState): Transition => ({ by: ['buyer', 'supplier'], to })

/** What the buyer may do from the moment he knows of the goods: a truck may stand at the gate before anybody has reported its departure. */
const receiving = { receive: buyer('receiving'), finish: buyer('received'), finishShort: buyer('short') }

/** The life of a shipping notice; what is not in the table is refused. */
export const transitions: Record<ShipmentState, Partial<Record<ShipmentAction, Transition>>> = {
  draft: { change: supplier('draft'), discard: supplier('draft'), issue: supplier('issued'), book: supplier('draft') },
  issued: { foresee: supplier('issued'), depart: supplier('inTransit'), book: both('issued'), cancel: supplier('cancelled'), ...receiving },
  inTransit: {
    foresee: supplier('inTransit'),
    arrive: both('arrived'),
    book: both('inTransit'),
    cancel: supplier('cancelled'),
    ...receiving,
  },
  arrived: { book: both('arrived'), ...receiving },
  receiving,
  received: {},
  short: {},
  cancelled: {},
}

export type Step = { kind: 'to'; state: ShipmentState } | { kind: 'notNow' } | { kind: 'notYourSide' }

export function step(state: ShipmentState, action: ShipmentAction, side: Side): Step {
  const transition = transitions[state][action]
  if (!transition) return { kind: 'notNow' }
  return transition.by.includes(side) ? { kind: 'to', state: transition.to } : { kind: 'notYourSide' }
}

export interface Times {
  departure: Timed
  arrival: Timed
}
export type TimeFault = 'actualAhead' | 'arrivalBeforeDeparture' | 'departureUnknown' | 'actualIsFinal'

/** PURIS' rules of a delivery's times. `before`: as they stood; undefined for a new notice. */
export function timeFault(after: Times, before: Times | undefined, now: Date): TimeFault | undefined {
  const same = (a: Timed, b: Timed) => a.kind === b.kind && Date.parse(a.at) === Date.parse(b.at)
  for (const which of ['departure', 'arrival'] as const) {
    if (before?.[which].kind === 'actual' && !same(before[which], after[which])) return 'actualIsFinal'
    if (after[which].kind === 'actual' && Date.parse(after[which].at) > now.getTime()) return 'actualAhead'
  }
  if (after.arrival.kind === 'actual' && after.departure.kind !== 'actual') return 'departureUnknown'
  return Date.parse(after.departure.at) < Date.parse(after.arrival.at) ? undefined : 'arrivalBeforeDeparture'
}

export type PackingFault = { fault: 'packedDiffers'; line: number } | { fault: 'packOrder' | 'serialCount'; line: number }

/** Quantities in units of the line; a line is packed as a whole or not at all. */
export function packingFault(
  lines: readonly Decimal[],
  packs: readonly (Pick<PackInput, 'within'> & { contents: readonly (Pick<ContentInput, 'line' | 'serial'> & { quantity: Decimal })[] })[],
  loose: readonly (Pick<ContentInput, 'line' | 'serial'> & { quantity: Decimal })[],
): PackingFault | undefined {
  const badPlace = packs.findIndex(({ within }, i) => within !== null && within >= i)
  if (badPlace >= 0) return { fault: 'packOrder', line: badPlace }
  const contents = [...packs.flatMap((pack) => pack.contents), ...loose]
  const packed = new Map<number, Decimal>()
  for (const { line, quantity } of contents) packed.set(line, (packed.get(line) ?? ZERO) + quantity)
  for (const [line, quantity] of packed) if (lines[line] !== quantity) return { fault: 'packedDiffers', line }
  const serial = contents.find((content) => content.serial !== null && content.quantity !== ONE)
  return serial ? { fault: 'serialCount', line: serial.line } : undefined
}
const ONE = 1_000_000n

/** Math.max takes no bigint. */
export function atLeastZero(value: Decimal): Decimal {
  if (value < ZERO) return ZERO
  return value
}

/** What may still be shipped at most: the agreed quantity with its tolerance, less what is under way; what was rejected is owed again. */
export const mostToShip = (line: { agreedQuantity: Decimal; overTolerance: Decimal; shipped: Decimal; rejected: Decimal }): Decimal => {
  const most = line.agreedQuantity + (line.agreedQuantity * line.overTolerance) / ONE
  const left = most - (line.shipped - line.rejected)
  return atLeastZero(left)
}
export const leftToShip = (line: { agreedQuantity: Decimal; shipped: Decimal; rejected: Decimal }): Decimal => {
  const left = line.agreedQuantity - (line.shipped - line.rejected)
  return atLeastZero(left)
}
