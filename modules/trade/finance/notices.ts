import type { z } from 'zod'
import type { Notice } from '#kernel/notices.ts'
import type { OrgId } from '#values/ids.ts'
import { financeEvents } from './contract.ts'

type Payload<Name extends keyof typeof financeEvents> = z.output<(typeof financeEvents)[Name]['payload']>
type StatementPayload = Payload<'statementProposed'>
type InvoicePayload = Payload<'invoiceRejected'>

const pathOf = ({ invoiceId }: { invoiceId: string }) => `/finance/invoices/${invoiceId}`

/** The side that did not enter the invoice, where a step is told to the other side only. */
const toSupplier = (event: string, kind: string): Notice<InvoicePayload> => ({
  event,
  kind,
  recipient: ({ supplierId }) => supplierId,
  permission: 'finance.enterInvoices',
  partner: ({ buyerId }): OrgId => buyerId,
  path: pathOf,
  values: ({ number, reason }) => ({ number, reason }),
})

const toBuyer = (event: string, kind: string): Notice<InvoicePayload> => ({
  event,
  kind,
  recipient: ({ buyerId }) => buyerId,
  permission: 'finance.approve',
  partner: ({ supplierId }): OrgId => supplierId,
  path: pathOf,
  values: ({ number }) => ({ number }),
})

/** Who hears of what. The supplier is told of his own invoices' fate, the buyer of what waits for his decision. */
export const financeNotices: readonly Notice[] = [
  toBuyer(financeEvents.invoiceMatched.name, 'finance.awaitsApproval'),
  toBuyer(financeEvents.invoiceBlocked.name, 'finance.blocked'),
  toBuyer(financeEvents.selfBillConfirmed.name, 'finance.selfBillConfirmed'),
  toBuyer(financeEvents.selfBillDisputed.name, 'finance.selfBillDisputed'),
  { ...toSupplier(financeEvents.selfBillProposed.name, 'finance.selfBillProposed'), values: ({ number }) => ({ number }) },
  toSupplier(financeEvents.invoiceRejected.name, 'finance.rejected'),
  {
    event: financeEvents.invoiceApproved.name,
    kind: 'finance.approved',
    recipient: ({ supplierId }: Payload<'invoiceApproved'>) => supplierId,
    permission: 'finance.enterInvoices',
    partner: ({ buyerId }: Payload<'invoiceApproved'>) => buyerId,
    path: pathOf,
    values: ({ number, dueDay }: Payload<'invoiceApproved'>) => ({ number, dueDay }),
  },
  {
    event: financeEvents.paid.name,
    kind: 'finance.paid',
    recipient: ({ supplierId }: Payload<'paid'>) => supplierId,
    permission: 'finance.read',
    partner: ({ buyerId }: Payload<'paid'>) => buyerId,
    path: ({ paymentId }: Payload<'paid'>) => `/finance/payments/${paymentId}`,
    values: ({ number, amount }: Payload<'paid'>) => ({ number, amount }),
  },
  ...(['statementProposed', 'statementDisputed', 'statementSigned'] as const).map(
    (name): Notice<StatementPayload> => ({
      event: financeEvents[name].name,
      kind: `finance.${name}`,
      // A proposal is told to whoever must answer, the answer to whoever proposed.
      recipient: ({ buyerId, supplierId, proposedBy }) =>
        name === 'statementProposed' ? otherOf(buyerId, supplierId, proposedBy) : proposedBy,
      permission: 'finance.sign',
      partner: ({ buyerId, supplierId, proposedBy }) =>
        name === 'statementProposed' ? proposedBy : otherOf(buyerId, supplierId, proposedBy),
      path: ({ statementId }) => `/finance/statements/${statementId}`,
      values: ({ number }) => ({ number }),
    }),
  ),
]

function otherOf(buyer: OrgId, supplier: OrgId, one: OrgId): OrgId {
  return buyer === one ? supplier : buyer
}
