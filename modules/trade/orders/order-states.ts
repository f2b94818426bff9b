import { z } from 'zod'

/** The two parties of an order. */
export const Side = z.enum(['buyer', 'supplier'])
export type Side = z.infer<typeof Side>
export const otherSide = (side: Side): Side => (side === 'buyer' ? 'supplier' : 'buyer')

export const OrderState = z.enum([
  'draft',
  'awaitingApproval',
  'proposed',
  'agreed',
  'completed',
  'closed',
  'rejected',
  'withdrawn',
  'cancelled',
])
export type OrderState = z.infer<typeof OrderState>

/** Who must answer the open proposal. */
export const Turn = Side.nullable()
export type Turn = z.infer<typeof Turn>

export const Action = z.enum([
  'edit',
  'submit',
  /** Instead of `submit` where the amount asks for it. */
  'askApproval',
  'approve',
  'sendBack',
  'accept',
  /** Accepts a proposal to cancel of which nothing is left. */
  'acceptCancellation',
  'counter',
  'reject',
  'amend',
  'proposeCancellation',
  'withdraw',
  'close',
  /** By the platform: all that was agreed is accepted, and no longer so after a return. */
  'complete',
  'reopen',
])
export type Action = z.infer<typeof Action>

interface Transition {
  /** `answering`: whose turn it is; `proposing`: whose proposal waits; `either`: both may; `platform`: follows from the counters. */
  by: Side | 'answering' | 'proposing' | 'either' | 'platform'
  /** Only without an open proposal. */
  settledOnly?: true
  to: OrderState
  turn: 'none' | 'supplier' | 'other'
}

const toSupplier = { by: 'buyer', to: 'proposed', turn: 'supplier' } as const
const end = (by: Transition['by'], to: OrderState): Transition => ({ by, to, turn: 'none' })

/** The life of an order. What is not in the table is refused. */
export const transitions: Record<OrderState, Partial<Record<Action, Transition>>> = {
  draft: {
    edit: { by: 'buyer', to: 'draft', turn: 'none' },
    submit: toSupplier,
    askApproval: end('buyer', 'awaitingApproval'),
    withdraw: end('buyer', 'withdrawn'),
  },
  awaitingApproval: {
    approve: toSupplier,
    sendBack: { by: 'buyer', to: 'draft', turn: 'none' },
    withdraw: end('buyer', 'withdrawn'),
  },
  proposed: {
    accept: end('answering', 'agreed'),
    counter: { by: 'answering', to: 'proposed', turn: 'other' },
    reject: end('supplier', 'rejected'),
    withdraw: end('buyer', 'withdrawn'),
  },
  // The agreed revision stays in force while an amendment is talked over.
  agreed: {
    amend: { by: 'either', settledOnly: true, to: 'agreed', turn: 'other' },
    proposeCancellation: { by: 'either', settledOnly: true, to: 'agreed', turn: 'other' },
    accept: end('answering', 'agreed'),
    acceptCancellation: end('answering', 'cancelled'),
    counter: { by: 'answering', to: 'agreed', turn: 'other' },
    reject: end('answering', 'agreed'),
    withdraw: end('proposing', 'agreed'),
    close: { by: 'buyer', settledOnly: true, to: 'closed', turn: 'none' },
    complete: { by: 'platform', settledOnly: true, to: 'completed', turn: 'none' },
  },
  completed: { reopen: { by: 'platform', to: 'agreed', turn: 'none' } },
  closed: {},
  rejected: {},
  withdrawn: {},
  cancelled: {},
}

export interface Standing {
  state: OrderState
  turn: Turn
}

/** What an action of a side (or the platform) makes of an order; undefined where it may not be. */
export function nextStanding({ state, turn }: Standing, action: Action, actor: Side | 'platform'): Standing | undefined {
  const transition = transitions[state][action]
  if (!transition || (transition.settledOnly && turn !== null) || !mayAct(transition.by, turn, actor)) return undefined
  const next = { none: null, supplier: 'supplier', other: actor === 'platform' ? null : otherSide(actor) } as const
  return { state: transition.to, turn: next[transition.turn] }
}

function mayAct(by: Transition['by'], turn: Turn, actor: Side | 'platform'): boolean {
  if (actor === 'platform' || by === 'platform') return by === actor
  switch (by) {
    case 'answering':
      return turn === actor
    case 'proposing':
      return turn !== null && turn !== actor
    case 'either':
      return true
    default:
      return by === actor
  }
}

/** What a side may do now. */
export const actionsOf = (standing: Standing, side: Side): Action[] =>
  Action.options.filter((action) => nextStanding(standing, action, side) !== undefined)
