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
export const StatementId = idOf('Statement')
export type StatementId = z.infer<typeof StatementId>

export const financePermissions = permissions('finance', {
  /** Payables, invoices, payments and statements of both sides. */
  read: ['owner', 'accountant', 'buyer', 'sales'],
  /** The organisation's own books. */
  readLedger: ['owner', 'accountant'],
  /** Accounts, posting rules, periods, settings, vouchers by hand. */
  manage: ['owner', 'accountant'],
})

export const financeEvents = {
  receiptAccrued: event(
    'finance.receiptAccrued',
    1,
    z.object({
      accrualId: AccrualId,
      receiptId: z.string(),
      kind: z.enum(['receipt', 'return']),
      buyerId: OrgId,
      supplierId: OrgId,
      day: CalendarDate,
    }),
  ),
  voucherPosted: event('finance.voucherPosted', 1, z.object({ voucherId: VoucherId, number: z.string(), day: CalendarDate })),
  periodClosed: event('finance.periodClosed', 1, z.object({ period: z.string() })),
  periodReopened: event('finance.periodReopened', 1, z.object({ period: z.string() })),
}
