import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { type OrderId, ordersEvents } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { Action, Side } from '../order-states.ts'
import { approveOnTheWay } from './approval.ts'
import { keepBounds } from './keep-bounds.ts'
import { newsOf, openOrder, stepOf } from './open-order.ts'
import { changeOrder, decideRevision, headOf, type OrderRow, type RevisionRow, readRevision } from './order-store.ts'
import { endSchedule, floorsOf, projectContent } from './projection-store.ts'
import { belowFloors, nothingLeft } from './proposal-rules.ts'
import { signRevision } from './put-revision.ts'
import type { Rooms } from './rooms.ts'
import { settleOrder } from './settle-order.ts'
import type { OrdersTx } from './tables.ts'

/**
 * Signs the open revision that the caller has seen: it is in force, an earlier one no longer.
 * Errors: orders.notFound, changedMeanwhile, notAllowedNow, belowShipped, approvalNeeded, termTooLong.
 */
export const acceptProposal = (
  rooms: Rooms,
  ctx: Context,
  id: OrderId,
  { version, revision, hash }: { version: number; revision: number; hash: string },
) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const open = await openRevision(tx, order, 'accept', side)
    if (open.no !== revision || open.hash !== hash) throw ordersErrors.changedMeanwhile({ id, version: order.version })
    const { content, kind } = open
    if (belowFloors(content, await floorsOf(tx, id)).length > 0) throw ordersErrors.belowShipped({ id })
    const cancels = kind === 'cancellation' && nothingLeft(content)
    const next = stepOf(order, cancels ? 'acceptCancellation' : 'accept', side)
    if (!cancels) await approveOnTheWay(tx, ctx, order, side, content)
    await keepBounds(rooms, tx, ctx, order, content)
    await signRevision(rooms, tx, ctx, order, { side, no: open.no, hash: open.hash, days: content.terms.paymentDays })
    if (order.agreed_revision !== null) await decideRevision(tx, id, order.agreed_revision, 'superseded', ctx.now)
    await decideRevision(tx, id, open.no, 'agreed', ctx.now)
    const agreed = await changeOrder(tx, id, {
      ...next,
      agreed_revision: open.no,
      open_revision: null,
      respond_by: null,
      agreed_at: order.agreed_at ?? ctx.now,
      ...headOf(content),
      ...(cancels && { ended_at: ctx.now, end_reason: open.note, next_day: null }),
    })
    await projectContent(tx, agreed, content, true)
    const step = { ...newsOf(order), bySide: side, revision: open.no }
    if (cancels) {
      await publish(tx, ctx, ordersEvents.cancelled, id, step)
      return agreed
    }
    await publish(tx, ctx, ordersEvents.agreed, id, { ...step, kind })
    return settleOrder(tx, ctx, agreed)
  })

/** Errors: orders.notFound, changedMeanwhile, notAllowedNow. */
export const rejectProposal = (rooms: Rooms, ctx: Context, id: OrderId, input: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, (tx) => endProposal(tx, ctx, id, input, 'reject'))

/** Before the agreement the buyer's whole order; afterwards a side's own open proposal. Errors: orders.notFound, changedMeanwhile, notAllowedNow. */
export const withdrawProposal = (rooms: Rooms, ctx: Context, id: OrderId, input: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, (tx) => endProposal(tx, ctx, id, input, 'withdraw'))

const outcomes = { reject: 'rejected', withdraw: 'withdrawn' } as const

async function endProposal(
  tx: OrdersTx,
  ctx: Context,
  id: OrderId,
  { version, reason }: { version: number; reason: string },
  action: keyof typeof outcomes,
): Promise<OrderRow> {
  const { order, side } = await openOrder(tx, id, version)
  const next = stepOf(order, action, side)
  const open = order.open_revision === null ? undefined : await openRevision(tx, order, action, side)
  if (open) await decideRevision(tx, id, open.no, outcomes[action], ctx.now)
  const over = order.agreed_revision === null
  const changed = await changeOrder(tx, id, {
    ...next,
    open_revision: null,
    respond_by: null,
    ...(over && { ended_at: ctx.now, end_reason: reason, next_day: null }),
  })
  if (over) await endSchedule(tx, id)
  // A draft that is given up is news to nobody.
  if (!open) return changed
  const news = { ...newsOf(order), bySide: side, revision: open.no, kind: open.kind, reason }
  await publish(tx, ctx, ordersEvents[outcomes[action]], id, news)
  return over ? changed : settleOrder(tx, ctx, changed)
}

async function openRevision(tx: OrdersTx, order: OrderRow, action: Action, side: Side): Promise<RevisionRow> {
  stepOf(order, action, side)
  const open = order.open_revision === null ? undefined : await readRevision(tx, order.id, order.open_revision)
  if (!open) throw ordersErrors.notAllowedNow({ id: order.id, state: order.state })
  return open
}
