import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { ConsignmentUsed } from '#modules/trade/inventory/contract.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrderId, ScheduleLineId } from '#modules/trade/orders/contract.ts'
import type { TermLimits } from '#modules/trade/orders/public.ts'
import type { Decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'

export interface AccruedLine {
  receiptLineId: string
  scheduleLineId: ScheduleLineId
  orderId: OrderId
  orderNumber: string
  materialId: MaterialId
  materialCode: string
  materialName: string
  unit: string
  /** Accepted, above zero; of a return what goes back. */
  quantity: Decimal
  currency: Currency
  netPrice: Decimal
  taxRate: Decimal
  /** From receipt to payment, as the order both have signed says; null: it says nothing. */
  paymentDays: number | null
}

export interface AccruedReceipt {
  /** Of a return its own id, not that of the receipt it takes back. */
  receiptId: string
  number: string
  supplier: OrgId
  day: string
  lines: readonly AccruedLine[]
}

export interface FinancePublic {
  /**
   * In the buyer's transaction that receives: the accrued payable (暂估应付) of what was accepted and its balanced voucher. Twice the same
   * receipt: once. Where its month is closed the voucher goes to the first open day after it. Errors: finance.partnerUnknown.
   */
  accrueReceipt(tx: OpaqueTx, ctx: Context, receipt: AccruedReceipt): Promise<void>
  /** A return or a corrected receipt: the opposite, by its own id. */
  reverseReceipt(tx: OpaqueTx, ctx: Context, receipt: AccruedReceipt): Promise<void>
  /** How long a payer of one size may have a payee of another wait. */
  limitTerms: TermLimits
  /** For first data: what the news of a usage does, without waiting for it; and as the endpoint. */
  accrueUsage(ctx: Context, used: ConsignmentUsed): Promise<void>
  proposeSelfBill(ctx: Context, bill: { partnerId: OrgId; untilDay: string; currency: Currency }): Promise<unknown>
}
