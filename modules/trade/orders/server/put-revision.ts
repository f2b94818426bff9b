import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { ordersEvents, type RevisionKind } from '../contract.ts'
import type { OrderContent } from '../order-content.ts'
import type { Side, Standing } from '../order-states.ts'
import { keepBounds } from './keep-bounds.ts'
import { signableTerm } from './limit-term.ts'
import { newsOf, personOf } from './open-order.ts'
import { changeOrder, decideRevision, headOf, insertRevision, insertSignature, type OrderRow } from './order-store.ts'
import { projectContent } from './projection-store.ts'
import type { Rooms } from './rooms.ts'
import { revisionHash } from './seal.ts'
import type { OrdersTx } from './tables.ts'

const HOUR_MS = 3_600_000

interface Put {
  side: Side
  kind: RevisionKind
  content: OrderContent
  note: string
  standing: Standing
}

/** Writes down what a side proposes, signed by it, in the place of the proposal that was open; the other side's clock starts. */
export async function putRevision(
  rooms: Pick<Rooms, 'seal' | 'bounds' | 'termLimit'>,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  { side, kind, content, note, standing }: Put,
): Promise<OrderRow> {
  await keepBounds(rooms, tx, ctx, order, content)
  const no = order.last_revision + 1
  const hash = revisionHash(order.number, no, kind, content)
  const parties = { order_id: order.id, buyer_org: order.buyer_org, supplier_org: order.supplier_org }
  if (order.open_revision !== null) await decideRevision(tx, order.id, order.open_revision, 'superseded', ctx.now)
  await insertRevision(tx, {
    ...parties,
    no,
    side,
    kind,
    outcome: 'open',
    content,
    hash,
    note,
    ...personOf(ctx),
    at: ctx.now,
    decided_at: null,
  })
  await signRevision(rooms, tx, ctx, order, { side, no, hash, days: content.terms.paymentDays })
  const respondBy = new Date(ctx.now.getTime() + order.response_hours * HOUR_MS)
  const changed = await changeOrder(tx, order.id, {
    ...standing,
    last_revision: no,
    open_revision: no,
    respond_by: respondBy,
    proposed_at: order.proposed_at ?? ctx.now,
    // Until something is agreed, the open proposal is what lists show.
    ...(order.agreed_revision === null && headOf(content)),
  })
  if (order.agreed_revision === null) await projectContent(tx, changed, content, false)
  await publish(tx, ctx, ordersEvents.proposed, order.id, {
    ...newsOf(order),
    bySide: side,
    revision: no,
    kind,
    respondBy: respondBy.toISOString(),
  })
  return changed
}

export async function signRevision(
  rooms: Pick<Rooms, 'seal' | 'termLimit'>,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  { side, no, hash, days }: { side: Side; no: number; hash: string; days: number | null },
): Promise<void> {
  const limit = await signableTerm(rooms, tx, order, days, ctx.now)
  const sealed = await rooms.seal.sign(ctx, { orderNumber: order.number, revision: no, side, hash })
  await insertSignature(tx, {
    order_id: order.id,
    revision_no: no,
    buyer_org: order.buyer_org,
    supplier_org: order.supplier_org,
    side,
    hash,
    ...personOf(ctx),
    at: ctx.now,
    ...sealed,
    term_limit_days: limit?.days ?? null,
    term_limit_source: limit?.source ?? null,
  })
}
