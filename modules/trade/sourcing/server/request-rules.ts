import { type Decimal, decimal, multiply, sumOf, ZERO } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { shiftDate } from '#values/instant.ts'
import type { BidLine, RequestAction, RequestPhase } from '../contract.ts'

export type Side = 'buyer' | 'supplier'
export type StoredState = 'draft' | 'published' | 'awarded' | 'cancelled'

/** Who may do what in which phase; what is not here is refused. The phase follows from the stored state and the clock alone. */
export const allowed: Record<RequestPhase, Record<Side, readonly RequestAction[]>> = {
  draft: { buyer: ['change', 'publish', 'cancel'], supplier: [] },
  bidding: { buyer: ['extend', 'answer', 'cancel'], supplier: ['bid', 'decline', 'ask'] },
  opened: { buyer: ['award', 'cancel'], supplier: [] },
  awarded: { buyer: ['order'], supplier: [] },
  cancelled: { buyer: [], supplier: [] },
}

export const phaseOf = (state: StoredState, deadline: Date, now: Date): RequestPhase =>
  state === 'published' ? (now < deadline ? 'bidding' : 'opened') : state

export const mayDo = (phase: RequestPhase, action: RequestAction, side: Side): boolean => allowed[phase][side].includes(action)

export interface Offer {
  supplierId: OrgId
  lines: readonly BidLine[]
}

const ONE: Decimal = 1_000_000n

export const grossOf = (net: Decimal, taxRate: Decimal): Decimal => net + multiply(net, taxRate)

/** Lowest net price and shortest lead time of a line; equal ones both. */
export function bestOf(no: number, offers: readonly Offer[]): { lowest: Decimal | undefined; soonest: number | undefined } {
  const lines = offers.flatMap(({ lines }) => lines.filter((line) => line.no === no))
  const prices = lines.map((line) => decimal(line.netPrice))
  const days = lines.flatMap((line) => line.leadTimeDays ?? [])
  return {
    lowest: prices.toSorted((a, b) => (a < b ? -1 : 1))[0],
    soonest: days.length === 0 ? undefined : Math.min(...days),
  }
}

export interface Share {
  no: number
  supplierId: OrgId
  share: string
  reason: string
}
export type AwardProblem = { kind: 'notQuoted' | 'sharesWrong' | 'reasonNeeded'; no: number }

/** Lines that nobody is given stay open; a given one is given whole, and whoever is not the lowest gets it for a reason. */
export function awardProblem(shares: readonly Share[], offers: readonly Offer[], reasonForAll: string): AwardProblem | undefined {
  for (const [no, given] of Map.groupBy(shares, (share) => share.no)) {
    const { lowest } = bestOf(no, offers)
    for (const { supplierId, reason } of given) {
      const line = offers.find((offer) => offer.supplierId === supplierId)?.lines.find((one) => one.no === no)
      if (!line) return { kind: 'notQuoted', no }
      if (decimal(line.netPrice) !== lowest && !reason && !reasonForAll) return { kind: 'reasonNeeded', no }
    }
    const parts = given.map(({ share }) => decimal(share))
    const twice = new Set(given.map(({ supplierId }) => supplierId)).size < given.length
    if (twice || parts.some((part) => part <= ZERO) || sumOf(parts) !== ONE) return { kind: 'sharesWrong', no }
  }
  return undefined
}

/** The parts of a quantity by their shares; what rounding leaves goes to the largest, so that they come to the whole. */
export function splitQuantity(quantity: Decimal, shares: readonly Decimal[]): Decimal[] {
  const parts = shares.map((share) => multiply(quantity, share))
  const rest = quantity - sumOf(parts)
  const largest = shares.reduce((best, share, i) => (share > (shares[best] ?? ZERO) ? i : best), 0)
  return parts.map((part, i) => (i === largest ? part + rest : part))
}

/** The day that was asked for, or where that is none or has passed, as soon as he can; null: nobody has said. */
export const deliveryDay = (asked: string | null, leadTimeDays: number | null, today: string): string | null =>
  asked !== null && asked >= today ? asked : leadTimeDays === null ? null : shiftDate(today, leadTimeDays)
