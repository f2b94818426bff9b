import { type Decimal, least, ZERO } from '#values/decimal.ts'
import type { ClaimKind, ClaimState, Settlement } from '../receiving-contract.ts'

/** Where goods that left on a notice end: at the buyer's, nowhere, set apart at the supplier's, or where they came from. */
export const ENDS = ['delivered', 'lost', 'apart', 'home'] as const
export type End = (typeof ENDS)[number]

export interface ClaimOnLine {
  kind: ClaimKind
  quantity: Decimal
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
}

export type Whereabouts = Record<End, Decimal> & { open: Decimal }

/** What was refused at the door comes back and is looked at first; what was short is gone, unless the buyer takes his word back. */
export function endOf({ kind, state, settlement }: ClaimOnLine): End | undefined {
  if (state !== 'settled' && state !== 'withdrawn') return undefined
  if (kind === 'short') return state === 'withdrawn' || settlement === 'takeBack' ? 'home' : 'lost'
  if (settlement === 'keep') return 'delivered'
  return 'apart'
}

/** What was sent beyond the notice is explained last: nothing of it was booked into transit. */
const explained: readonly ClaimKind[] = ['damaged', 'wrong', 'short', 'over']

/**
 * Where the goods of a line are. Each end grows only, whatever comes next and in whatever order it is told: what was accepted is delivered,
 * each discrepancy holds its part open until it has ended, and what nobody claims is lost on the way (途损).
 */
export function whereaboutsOf({ sent, accepted, missing, state, claims }: LineStanding): Whereabouts {
  const found: Whereabouts = { delivered: ZERO, lost: ZERO, apart: ZERO, home: ZERO, open: ZERO }
  let left = sent
  const take = (end: End | 'open', quantity: Decimal) => {
    const taken = least(quantity, left)
    found[end] += taken
    left -= taken
  }
  if (state === 'cancelled') {
    take('home', left)
    return found
  }
  take('delivered', accepted)
  if (state === 'open') {
    take('open', left)
    return found
  }
  const held = claims
    .filter((claim) => explained.includes(claim.kind))
    .sort((a, b) => explained.indexOf(a.kind) - explained.indexOf(b.kind))
  for (const claim of held) take(endOf(claim) ?? 'open', claim.quantity)
  if (!held.some((claim) => claim.kind === 'short')) take('lost', missing)
  take(held.some((claim) => endOf(claim) === undefined) ? 'open' : 'lost', left)
  return found
}

export interface TransitPart extends Record<End, Decimal> {
  id: string
  quantity: Decimal
  lot: string | null
  serial: string | null
}
export interface Step<Part> {
  part: Part
  end: End
  quantity: Decimal
}

/** What must be moved so that the parts of a line stand as they should: first what the buyer counted by lot or number, then in their order. */
export function stepsTo<Part extends TransitPart>(parts: readonly Part[], target: Whereabouts, counted: ReadonlySet<string>): Step<Part>[] {
  const left = new Map(parts.map((part) => [part.id, part.quantity - ENDS.reduce((sum, end) => sum + part[end], ZERO)]))
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
