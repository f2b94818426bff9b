import { z } from 'zod'

export const Side = z.enum(['buyer', 'supplier'])
export type Side = z.infer<typeof Side>

export const AgreementState = z.enum(['proposed', 'refused', 'withdrawn', 'inForce', 'amending', 'terminated'])
export type AgreementState = z.infer<typeof AgreementState>
/** What people see: a terminated one is called off until its last day, and every one ends with its validity. */
export const AgreementPhase = z.enum(['proposed', 'refused', 'withdrawn', 'inForce', 'amending', 'terminating', 'ended'])
export type AgreementPhase = z.infer<typeof AgreementPhase>
export const AgreementAction = z.enum(['propose', 'withdraw', 'sign', 'refuse', 'terminate', 'callOff'])
export type AgreementAction = z.infer<typeof AgreementAction>

export const otherSide = (side: Side): Side => (side === 'buyer' ? 'supplier' : 'buyer')

interface Transition {
  /** `answering`: whose turn it is; `proposing`: whose proposal waits. */
  by: Side | 'either' | 'answering' | 'proposing'
  to: AgreementState
}

const again = { propose: { by: 'buyer', to: 'proposed' } } as const

/** The life of an agreement; what is not here is refused. */
export const transitions: Record<AgreementState, Partial<Record<AgreementAction, Transition>>> = {
  proposed: {
    propose: { by: 'answering', to: 'proposed' },
    withdraw: { by: 'proposing', to: 'withdrawn' },
    sign: { by: 'answering', to: 'inForce' },
    refuse: { by: 'answering', to: 'refused' },
  },
  refused: again,
  withdrawn: again,
  inForce: {
    propose: { by: 'either', to: 'amending' },
    callOff: { by: 'buyer', to: 'inForce' },
    terminate: { by: 'either', to: 'terminated' },
  },
  amending: {
    propose: { by: 'answering', to: 'amending' },
    withdraw: { by: 'proposing', to: 'inForce' },
    sign: { by: 'answering', to: 'inForce' },
    refuse: { by: 'answering', to: 'inForce' },
    callOff: { by: 'buyer', to: 'amending' },
    terminate: { by: 'either', to: 'terminated' },
  },
  terminated: { callOff: { by: 'buyer', to: 'terminated' } },
}

export interface Standing {
  state: AgreementState
  validFrom: string
  validUntil: string
  endsOn: string | null
  /** Who must answer the open proposal. */
  turn: Side | null
}

const agreed: readonly AgreementState[] = ['inForce', 'amending', 'terminated']

export function phaseOf({ state, validUntil, endsOn }: Omit<Standing, 'turn'>, today: string): AgreementPhase {
  const last = endsOn !== null && endsOn < validUntil ? endsOn : validUntil
  if (agreed.includes(state) && today > last) return 'ended'
  return state === 'terminated' ? 'terminating' : state
}

/** What the action makes of it; undefined: not now, or not by this side. */
export function nextState(standing: Standing, action: AgreementAction, side: Side, today: string): AgreementState | undefined {
  if (phaseOf(standing, today) === 'ended') return undefined
  if (action === 'callOff' && today < standing.validFrom) return undefined
  const found = transitions[standing.state][action]
  return found && mayAct(found.by, standing.turn, side) ? found.to : undefined
}

function mayAct(by: Transition['by'], turn: Side | null, side: Side): boolean {
  switch (by) {
    case 'either':
      return true
    case 'answering':
      return turn === side
    case 'proposing':
      return turn !== null && turn !== side
    default:
      return by === side
  }
}

export const actionsOf = (standing: Standing, side: Side, today: string): AgreementAction[] =>
  AgreementAction.options.filter((action) => nextState(standing, action, side, today) !== undefined)
