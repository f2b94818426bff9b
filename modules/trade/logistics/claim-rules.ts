import type { Side } from './contract.ts'
import type { ClaimAction, ClaimState } from './receiving-contract.ts'

interface Move {
  by: Side
  to: ClaimState
}

/** The life of a discrepancy; both sides act. What is not in the table is refused. */
export const claimMoves: Record<ClaimState, Partial<Record<ClaimAction, Move>>> = {
  open: {
    accept: { by: 'supplier', to: 'accepted' },
    dispute: { by: 'supplier', to: 'disputed' },
    withdraw: { by: 'buyer', to: 'withdrawn' },
  },
  disputed: { accept: { by: 'supplier', to: 'accepted' }, insist: { by: 'buyer', to: 'open' }, withdraw: { by: 'buyer', to: 'withdrawn' } },
  accepted: { settle: { by: 'buyer', to: 'settled' }, withdraw: { by: 'buyer', to: 'withdrawn' } },
  settled: {},
  withdrawn: {},
}

/** What a side may do now. */
export const actionsFor = (state: ClaimState, side: Side): ClaimAction[] =>
  (Object.entries(claimMoves[state]) as [ClaimAction, Move][]).filter(([, move]) => move.by === side).map(([action]) => action)
