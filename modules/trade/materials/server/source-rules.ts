import type { SourceAction, SourceState } from '../supply-contract.ts'

/** All steps are the buyer's; a proposal that is rejected is kept as blocked, so that it is not made again unseen. */
export const sourceTransitions: Record<SourceState, Partial<Record<SourceAction, SourceState>>> = {
  proposed: { approve: 'approved', reject: 'blocked' },
  approved: { block: 'blocked' },
  blocked: { unblock: 'approved' },
}

type PriceState = 'upcoming' | 'inForce' | 'ended' | 'withdrawn'

/** Of days, both of which belong to the period. */
export function priceState(
  { from, until, withdrawn }: { from: string; until: string | null; withdrawn: boolean },
  today: string,
): PriceState {
  if (withdrawn) return 'withdrawn'
  if (from > today) return 'upcoming'
  return until !== null && until < today ? 'ended' : 'inForce'
}
