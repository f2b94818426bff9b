import { z } from 'zod'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate } from '#values/instant.ts'
import { permissions } from '#values/permission.ts'

export const AccountId = idOf('Account')
export type AccountId = z.infer<typeof AccountId>
export const VoucherId = idOf('Voucher')
export type VoucherId = z.infer<typeof VoucherId>
export const AccrualId = idOf('Accrual')
export type AccrualId = z.infer<typeof AccrualId>
export const AccrualLineId = idOf('AccrualLine')
export type AccrualLineId = z.infer<typeof AccrualLineId>
export const InvoiceId = idOf('Invoice')
export type InvoiceId = z.infer<typeof InvoiceId>
export const PayableId = idOf('Payable')
export type PayableId = z.infer<typeof PayableId>
export const PaymentId = idOf('Payment')
export type PaymentId = z.infer<typeof PaymentId>
export const StatementLineId = idOf('StatementLine')
export type StatementLineId = z.infer<typeof StatementLineId>
export const StatementId = idOf('Statement')
export type StatementId = z.infer<typeof StatementId>

export const financePermissions = permissions('finance', {
  /** Payables, invoices, payments and statements of both sides. */
  read: ['owner', 'accountant', 'buyer', 'sales'],
  /** The organisation's own books. */
  readLedger: ['owner', 'accountant'],
  /** Accounts, posting rules, periods, settings, vouchers by hand. */
  manage: ['owner', 'accountant'],
  /** Invoices of either side, before the buyer decides. */
  enterInvoices: ['owner', 'accountant', 'buyer', 'sales'],
  /** Match, block, release, approve, pay. */
  approve: ['owner', 'accountant'],
  /** Statements: propose, answer, sign. */
  sign: ['owner', 'accountant'],
  /** Of use in the operator's organisation alone: rules of law on terms. */
  operate: ['owner', 'systemAdmin'],
})

const Parties = z.object({ buyerId: OrgId, supplierId: OrgId })
const InvoiceNews = Parties.extend({ invoiceId: InvoiceId, number: z.string(), gross: z.string(), enteredBy: OrgId })
const StatementNews = Parties.extend({ statementId: StatementId, number: z.string(), proposedBy: OrgId })
const PaymentNews = Parties.extend({ paymentId: PaymentId, number: z.string(), amount: z.string() })

export const financeEvents = {
  receiptAccrued: event(
    'finance.receiptAccrued',
    1,
    z.object({
      accrualId: AccrualId,
      receiptId: z.string(),
      kind: z.enum(['receipt', 'return', 'usage']),
      buyerId: OrgId,
      supplierId: OrgId,
      day: CalendarDate,
    }),
  ),
  voucherPosted: event('finance.voucherPosted', 1, z.object({ voucherId: VoucherId, number: z.string(), day: CalendarDate })),
  selfBillProposed: event('finance.selfBillProposed', 1, InvoiceNews),
  selfBillDisputed: event('finance.selfBillDisputed', 1, InvoiceNews.extend({ reason: z.string() })),
  selfBillConfirmed: event('finance.selfBillConfirmed', 1, InvoiceNews),
  invoiceSubmitted: event('finance.invoiceSubmitted', 1, InvoiceNews),
  invoiceMatched: event('finance.invoiceMatched', 1, InvoiceNews),
  invoiceBlocked: event('finance.invoiceBlocked', 1, InvoiceNews.extend({ reason: z.string() })),
  invoiceReleased: event('finance.invoiceReleased', 1, InvoiceNews.extend({ reason: z.string() })),
  invoiceApproved: event(
    'finance.invoiceApproved',
    1,
    InvoiceNews.extend({
      payableId: PayableId,
      dueDay: CalendarDate,
      /** What it took of each accrual, in minor units: that much is accrued no longer. */
      taken: z.array(z.object({ accrualId: AccrualId, net: z.string(), tax: z.string() })),
    }),
  ),
  invoiceRejected: event('finance.invoiceRejected', 1, InvoiceNews.extend({ reason: z.string() })),
  invoiceWithdrawn: event('finance.invoiceWithdrawn', 1, InvoiceNews.extend({ reason: z.string() })),
  payableDisputed: event('finance.payableDisputed', 1, Parties.extend({ payableId: PayableId, disputed: z.string(), reason: z.string() })),
  paid: event('finance.paid', 1, PaymentNews),
  paymentCancelled: event('finance.paymentCancelled', 1, PaymentNews.extend({ reason: z.string() })),
  statementProposed: event('finance.statementProposed', 1, StatementNews),
  statementDisputed: event('finance.statementDisputed', 1, StatementNews.extend({ lines: z.int() })),
  statementSigned: event('finance.statementSigned', 1, StatementNews.extend({ contentHash: z.string() })),
  statementWithdrawn: event('finance.statementWithdrawn', 1, StatementNews.extend({ reason: z.string() })),
  periodClosed: event('finance.periodClosed', 1, z.object({ period: z.string() })),
  periodReopened: event('finance.periodReopened', 1, z.object({ period: z.string() })),
}
