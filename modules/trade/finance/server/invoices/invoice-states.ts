import type { InvoiceAction, InvoiceState } from '../../invoice-contract.ts'

/** What people do, and what payments do by themselves. */
export type InvoiceStep = InvoiceAction | 'pay' | 'reopen'
/** `drafter`: whoever entered it, from either side. */
export type InvoiceActor = 'drafter' | 'buyer' | 'supplier'

interface Step {
  by: InvoiceActor
  to: InvoiceState
}

/**
 * The life of an invoice. `match` leads to blocked instead where something differs by more than the tolerances. A self-bill begins as
 * proposed; the supplier issues his tax invoice by it, and from there it is an invoice like any other.
 */
export const invoiceSteps: Record<InvoiceState, Partial<Record<InvoiceStep, Step>>> = {
  draft: {
    change: { by: 'drafter', to: 'draft' },
    submit: { by: 'drafter', to: 'submitted' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  proposed: {
    revise: { by: 'drafter', to: 'proposed' },
    dispute: { by: 'supplier', to: 'disputed' },
    confirm: { by: 'supplier', to: 'confirmed' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  disputed: {
    revise: { by: 'drafter', to: 'proposed' },
    confirm: { by: 'supplier', to: 'confirmed' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  confirmed: {
    issue: { by: 'supplier', to: 'submitted' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  submitted: {
    match: { by: 'buyer', to: 'matched' },
    reject: { by: 'buyer', to: 'rejected' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  matched: {
    match: { by: 'buyer', to: 'matched' },
    block: { by: 'buyer', to: 'blocked' },
    approve: { by: 'buyer', to: 'approved' },
    reject: { by: 'buyer', to: 'rejected' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  blocked: {
    match: { by: 'buyer', to: 'matched' },
    release: { by: 'buyer', to: 'matched' },
    reject: { by: 'buyer', to: 'rejected' },
    withdraw: { by: 'drafter', to: 'withdrawn' },
  },
  approved: { pay: { by: 'buyer', to: 'paid' } },
  paid: { reopen: { by: 'buyer', to: 'approved' } },
  rejected: {},
  withdrawn: {},
}

/** Undefined: not in this state, or not this side. */
export function nextInvoiceState(state: InvoiceState, action: InvoiceStep, actor: Record<InvoiceActor, boolean>): InvoiceState | undefined {
  const step = invoiceSteps[state][action]
  return step && actor[step.by] ? step.to : undefined
}
