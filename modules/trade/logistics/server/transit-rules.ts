import { type Decimal, least, sumOf, ZERO } from '#values/decimal.ts'
import type { ClaimKind, ClaimState, Settlement } from '../receiving-contract.ts'
import { atLeastZero } from './shipment-rules.ts'

/**
 * Where goods that left on a notice end: at the buyer's, nowhere, booked in again by the supplier, where they came from, or given up by the
 * supplier, who awaits them no more.
 */
export const ENDS = ['delivered', 'lost', 'apart', 'home', 'forgone'] as const
export type End = (typeof ENDS)[number]

export interface ClaimOnLine {
  kind: ClaimKind
  quantity: Decimal
  /** What of it the supplier has booked in again, or awaits no more. */
  back: Decimal
  state: ClaimState
  settlement: Settlement | null
}

/** One line of a notice; all in one unit. */
export interface LineStanding {
  /** What the supplier's books moved into transit. */
  sent: Decimal
  accepted: Decimal
  /** Short when the last of it was received. */
  missing: Decimal
  state: 'open' | 'closed' | 'cancelled'
  claims: readonly ClaimOnLine[]
  /** What the supplier has booked in again of it, and what he awaits no more: facts, which nothing else changes. */
  apart: Decimal
  forgone: Decimal
}

export type Whereabouts = Record<End, Decimal> & { open: Decimal }

/** How a shortage ends: what was short is gone, unless the buyer takes his word back. Undefined: it is talked over. */
export function endOfShortage({ state, settlement }: Pick<ClaimOnLine, 'state' | 'settlement'>): End | undefined {
  if (state === 'withdrawn') return 'home'
  if (state !== 'settled') return undefined
  return settlement === 'takeBack' ? 'home' : 'lost'
}

/** The supplier's own still: refused at the door, or beyond the order's tolerance and lying at the buyer's. */
const refused: readonly ClaimKind[] = ['damaged', 'wrong', 'over']

/**
 * Where the goods of a line are. Each end grows only, whatever comes next and in whatever order it is told: what was accepted or kept is
 * delivered, what was refused is open until the supplier has it again or awaits it no more, a shortage until it has ended, and what nobody
 * claims is lost on the way (途损).
 */
export function whereaboutsOf({ sent, accepted, missing, state, claims, apart, forgone }: LineStanding): Whereabouts {
  const found: Whereabouts = { delivered: ZERO, lost: ZERO, apart: ZERO, home: ZERO, forgone: ZERO, open: ZERO }
  let left = sent
  const take = (end: End | 'open', quantity: Decimal) => {
    const taken = least(quantity, left)
    found[end] += taken
    left -= taken
  }
  take('apart', apart)
  take('forgone', forgone)
  if (state === 'cancelled') {
    take('home', left)
    return found
  }
  take('delivered', accepted)
  if (state === 'open') {
    take('open', left)
    return found
  }
  const ofRefused = claims.filter((claim) => refused.includes(claim.kind))
  const kept = ofRefused.filter((claim) => claim.settlement === 'keep')
  const coming = ofRefused.filter((claim) => claim.settlement !== 'keep')
  for (const claim of kept) take('delivered', claim.quantity - claim.back)
  const ofOthers = atLeastZero(apart + forgone - sumOf(kept.map((claim) => claim.back)))
  const awaited = atLeastZero(sumOf(coming.map((claim) => claim.quantity)) - ofOthers)
  take('open', awaited)
  const shortages = claims.filter((claim) => claim.kind === 'short')
  for (const claim of shortages) take(endOfShortage(claim) ?? 'open', claim.quantity)
  if (shortages.length === 0) take('lost', missing)
  const talkedOver = awaited > ZERO || shortages.some((claim) => endOfShortage(claim) === undefined)
  take(talkedOver ? 'open' : 'lost', left)
  return found
}

export interface TransitPart extends Record<End, Decimal> {
  id: string
  quantity: Decimal
  lot: string | null
  serial: string | null
}
export const openOf = (part: TransitPart): Decimal => part.quantity - sumOf(ENDS.map((end) => part[end]))

export interface Step<Part> {
  part: Part
  end: End
  quantity: Decimal
}

/** What must be moved so that the parts of a line stand as they should: first what the buyer counted by lot or number, then in their order. */
export function stepsTo<Part extends TransitPart>(parts: readonly Part[], target: Whereabouts, counted: ReadonlySet<string>): Step<Part>[] {
  const left = new Map(parts.map((part) => [part.id, openOf(part)]))
  const isCounted = (part: Part) => counted.has(part.serial ?? part.lot ?? '')
  const steps: Step<Part>[] = []
  for (const end of ENDS) {
    let missing = target[end] - parts.reduce((sum, part) => sum + part[end], ZERO)
    const first = end === 'delivered' ? isCounted : (part: Part) => !isCounted(part)
    for (const part of [...parts].sort((a, b) => Number(first(b)) - Number(first(a)))) {
      const there = left.get(part.id) ?? ZERO
      const quantity = least(there, missing)
      if (quantity <= ZERO) continue
      steps.push({ part, end, quantity })
      left.set(part.id, there - quantity)
      missing -= quantity
    }
  }
  return steps
}

/** A lot or piece; a material that is kept by neither has both empty. */
interface Named {
  lot: string | null
  serial: string | null
}
const nameOf = ({ lot, serial }: Named) => serial ?? lot ?? ''

/** Of what came beyond the notice the lots and numbers that were not sent, as far as the buyer wrote them down; the rest has no name. */
export function beyondByName<Came extends Named & { quantity: Decimal }>(
  came: readonly Came[],
  parts: readonly TransitPart[],
  beyond: Decimal,
): (Named & { quantity: Decimal })[] {
  const found: (Named & { quantity: Decimal })[] = []
  let left = beyond
  for (const [name, rows] of Map.groupBy(came, nameOf)) {
    const [first] = rows
    if (name === '' || !first) continue
    const sent = sumOf(parts.map((part) => (nameOf(part) === name ? part.quantity : ZERO)))
    const quantity = least(atLeastZero(sumOf(rows.map((row) => row.quantity)) - sent), left)
    if (quantity <= ZERO) continue
    found.push({ lot: first.lot, serial: first.serial, quantity })
    left -= quantity
  }
  return left > ZERO ? [...found, { lot: null, serial: null, quantity: left }] : found
}

/**
 * Out of what parts goods that have come back are taken: those that are open, of that lot or number alone where one is named. What is left
 * over was delivered, or the books never sent it: it comes from the customer. `there`: how much of a part there is to take, else what is open.
 */
export function takeOpen<Part extends TransitPart>(
  parts: readonly Part[],
  used: Map<string, Decimal>,
  wanted: Named & { quantity: Decimal },
  there: (part: Part) => Decimal = openOf,
): { taken: { part: Part; quantity: Decimal }[]; rest: Decimal } {
  const taken: { part: Part; quantity: Decimal }[] = []
  let rest = wanted.quantity
  for (const part of parts) {
    if (nameOf(wanted) !== '' && nameOf(part) !== nameOf(wanted)) continue
    const quantity = least(there(part) - (used.get(part.id) ?? ZERO), rest)
    if (quantity <= ZERO) continue
    taken.push({ part, quantity })
    used.set(part.id, (used.get(part.id) ?? ZERO) + quantity)
    rest -= quantity
  }
  return { taken, rest }
}
