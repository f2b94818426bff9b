import { type Decimal, ZERO } from '#values/decimal.ts'

export interface Candidate {
  locationCode: string
  lot: string
  serial: string
  expires: string | null
  since: string
  onHand: Decimal
}

export const hasExpired = (candidate: Pick<Candidate, 'expires'>, day: string): boolean =>
  candidate.expires !== null && candidate.expires < day

const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
/** Behind every date. */
const NEVER = '9999-12-31'

/** First expired, first out; where that does not tell, first in, first out; then by place, lot and number, so that it is always the same. */
export const pickOrder = (a: Candidate, b: Candidate): number =>
  text(a.expires ?? NEVER, b.expires ?? NEVER) ||
  text(a.since, b.since) ||
  text(a.locationCode, b.locationCode) ||
  text(a.lot, b.lot) ||
  text(a.serial, b.serial)

export interface Proposal<C extends Candidate> {
  picks: (C & { quantity: Decimal })[]
  missing: Decimal
  /** Lies there and may not be taken any more. */
  expired: Decimal
}

export function proposePick<C extends Candidate>(candidates: readonly C[], wanted: Decimal, day: string): Proposal<C> {
  const picks: Proposal<C>['picks'] = []
  let [missing, expired] = [wanted, ZERO]
  for (const candidate of [...candidates].sort(pickOrder)) {
    if (hasExpired(candidate, day)) expired += candidate.onHand
    else if (missing > ZERO) {
      const all = candidate.onHand <= missing
      picks.push({ ...candidate, quantity: all ? candidate.onHand : missing })
      missing -= all ? candidate.onHand : missing
    }
  }
  return { picks, missing, expired }
}

/**
 * What a choice passes over: a lot or piece that has not expired, comes earlier by expiry or, equal in it, by the day it came in, and is not
 * taken whole by the same document. Places and lots of equal dates are anybody's choice.
 */
export function passedOver<C extends Candidate>(chosen: Candidate, left: readonly C[], day: string): C | undefined {
  const earlier = (c: Candidate) =>
    text(c.expires ?? NEVER, chosen.expires ?? NEVER) < 0 || (c.expires === chosen.expires && text(c.since, chosen.since) < 0)
  return left.filter((c) => c.onHand > ZERO && !hasExpired(c, day) && earlier(c)).sort(pickOrder)[0]
}
