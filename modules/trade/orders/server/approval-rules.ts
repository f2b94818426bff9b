import type { Currency } from '#values/money.ts'

export interface ApprovalLimit {
  currency: Currency
  /** Gross, in minor units; undefined: nothing needs an approval. */
  amount: bigint | undefined
}

/**
 * Whether an order of this gross amount needs somebody else's approval: above the limit, and above what was approved before. In another
 * currency than the limit's it always does, since no rate of exchange is known here.
 */
export function needsApproval(gross: bigint, currency: Currency, limit: ApprovalLimit, approved: bigint | undefined): boolean {
  if (limit.amount === undefined) return false
  if (approved !== undefined && gross <= approved) return false
  return currency !== limit.currency || gross > limit.amount
}
