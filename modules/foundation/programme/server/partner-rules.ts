import type { PartnerAction, PartnerState } from '../contract.ts'

export type Side = 'buyer' | 'supplier'
interface Step {
  by: readonly Side[]
  to: PartnerState
  /** Whoever does it says why; the other side reads it. */
  reason?: true
}

const again: Step = { by: ['buyer'], to: 'invited' }
const leave: Step = { by: ['buyer', 'supplier'], to: 'exited', reason: true }

/** The life of a place in the programme. An action that is not in the table, or is tried by the other side, is refused. */
export const transitions: Record<PartnerState, Partial<Record<PartnerAction, Step>>> = {
  invited: {
    invite: again,
    apply: { by: ['supplier'], to: 'applied' },
    decline: { by: ['supplier'], to: 'withdrawn', reason: true },
    withdraw: { by: ['buyer'], to: 'withdrawn' },
  },
  applied: {
    startReview: { by: ['buyer'], to: 'underReview' },
    recall: { by: ['supplier'], to: 'withdrawn', reason: true },
  },
  underReview: {
    admit: { by: ['buyer'], to: 'admitted' },
    // With a new link, or to the organisation's own page: to be completed and handed in again.
    return: { by: ['buyer'], to: 'invited', reason: true },
    refuse: { by: ['buyer'], to: 'refused', reason: true },
  },
  admitted: {
    changeTier: { by: ['buyer'], to: 'admitted', reason: true },
    suspend: { by: ['buyer'], to: 'suspended', reason: true },
    exit: leave,
  },
  suspended: {
    resume: { by: ['buyer'], to: 'admitted', reason: true },
    exit: leave,
  },
  exited: { invite: again },
  refused: { invite: again },
  withdrawn: { invite: again },
}

export function stepOf(state: PartnerState, action: PartnerAction, side: Side): Step | undefined {
  const step = transitions[state][action]
  return step?.by.includes(side) ? step : undefined
}

export const actionsOf = (state: PartnerState, side: Side): PartnerAction[] =>
  (Object.keys(transitions[state]) as PartnerAction[]).filter((action) => stepOf(state, action, side))
