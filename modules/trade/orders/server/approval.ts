import type { Context } from '#kernel/context.ts'
import { ordersErrors } from '../errors.ts'
import { contentAmounts, type OrderContent } from '../order-content.ts'
import type { Side } from '../order-states.ts'
import { type ApprovalLimit, needsApproval } from './approval-rules.ts'
import { changeDraft, readDraft, readSetting } from './buyer-store.ts'
import type { OrderRow } from './order-store.ts'
import type { OrdersTx } from './tables.ts'

export const grossOf = (content: OrderContent): bigint => {
  const { net, tax } = contentAmounts(content)
  return net + tax
}

export async function limitOf(tx: OrdersTx): Promise<ApprovalLimit> {
  const setting = await readSetting(tx)
  return {
    currency: setting?.approval_currency ?? 'CNY',
    amount: setting?.approval_limit == null ? undefined : BigInt(setting.approval_limit),
  }
}

/**
 * What the buyer commits to after the first proposal, by a proposal or by accepting one: above the limit and what was approved it takes
 * somebody who may approve and has not prepared the order himself. Errors: orders.approvalNeeded.
 */
export async function approveOnTheWay(tx: OrdersTx, ctx: Context, order: OrderRow, side: Side, content: OrderContent): Promise<void> {
  if (side !== 'buyer') return
  const draft = await readDraft(tx, order.id)
  const gross = grossOf(content)
  const approved = draft?.approved_amount == null ? undefined : BigInt(draft.approved_amount)
  if (!needsApproval(gross, content.terms.currency, await limitOf(tx), approved)) return
  if (!ctx.scopes.permissions.has('orders.approve') || draft?.hands.includes(ctx.actor.id))
    throw ordersErrors.approvalNeeded({ id: order.id })
  await changeDraft(tx, order.id, { approved_by: ctx.actor.name ?? ctx.actor.id, approved_at: ctx.now, approved_amount: Number(gross) })
}
