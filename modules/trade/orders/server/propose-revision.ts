import type { Context } from '#kernel/context.ts'
import { writeDecimal } from '#values/decimal.ts'
import { diffContents } from '../content-diff.ts'
import type { OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { Proposal } from '../proposal.ts'
import { approveOnTheWay } from './approval.ts'
import { makeContent } from './make-content.ts'
import { contentOf, openOrder, stepOf } from './open-order.ts'
import type { OrderRow } from './order-store.ts'
import { floorsOf } from './projection-store.ts'
import { cancelledContent } from './proposal-rules.ts'
import { putRevision } from './put-revision.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/**
 * A counter-proposal where one is open, else an amendment of what is agreed.
 * Errors: orders.notFound, changedMeanwhile, notAllowedNow, proposalInvalid, nothingChanged, approvalNeeded, priceNotAllowed.
 */
export const proposeRevision = (
  rooms: Rooms,
  ctx: Context,
  id: OrderId,
  { version, note, proposal }: { version: number; note: string; proposal: Proposal },
) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const answer = order.open_revision !== null
    const standing = stepOf(order, answer ? 'counter' : 'amend', side)
    const base = await standingContent(tx, order)
    const content = await makeContent(rooms, tx, ctx, order, { base, proposal, side })
    if (diffContents(base, content).length === 0) throw ordersErrors.nothingChanged({ id })
    await approveOnTheWay(tx, ctx, order, side, content)
    return putRevision(rooms, tx, ctx, order, { side, kind: answer ? 'counter' : 'amendment', content, note, standing })
  })

/** Errors: orders.notFound, changedMeanwhile, notAllowedNow, nothingChanged (all of it is shipped). */
export const proposeCancellation = (rooms: Rooms, ctx: Context, id: OrderId, { version, reason }: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const standing = stepOf(order, 'proposeCancellation', side)
    const base = await standingContent(tx, order)
    const content = cancelledContent(base, await floorsOf(tx, id), side, reason, writeDecimal)
    if (diffContents(base, content).length === 0) throw ordersErrors.nothingChanged({ id })
    return putRevision(rooms, tx, ctx, order, { side, kind: 'cancellation', content, note: reason, standing })
  })

/** What a proposal starts from: the open one that it answers, else what is in force. */
async function standingContent(tx: OrdersTx, order: OrderRow) {
  const no = order.open_revision ?? order.agreed_revision
  if (no === null) throw ordersErrors.notAllowedNow({ id: order.id, state: order.state })
  return contentOf(tx, order, no)
}
