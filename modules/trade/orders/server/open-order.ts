import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderContent } from '../order-content.ts'
import { type Action, nextStanding, type Side, type Standing } from '../order-states.ts'
import { lockOrder, type OrderRow, readRevision } from './order-store.ts'
import type { OrdersTx } from './tables.ts'

export const sideOf = (order: Pick<OrderRow, 'buyer_org'>, orgId: OrgId): Side => (order.buyer_org === orgId ? 'buyer' : 'supplier')

/** The order, locked, as the caller has seen it. Errors: orders.notFound, orders.changedMeanwhile. */
export async function openOrder(tx: OrdersTx, id: OrderId, version: number): Promise<{ order: OrderRow; side: Side }> {
  const order = await lockOrder(tx, id)
  if (!order) throw ordersErrors.notFound({ id })
  if (order.version !== version) throw ordersErrors.changedMeanwhile({ id, version: order.version })
  return { order, side: sideOf(order, tx.orgId) }
}

/** What the action makes of the order. Errors: orders.notAllowedNow. */
export function stepOf(order: OrderRow, action: Action, side: Side): Standing {
  const next = nextStanding(order, action, side)
  if (!next) throw ordersErrors.notAllowedNow({ id: order.id, state: order.state, turn: order.turn })
  return next
}

/** A revision that the order itself names. */
export async function contentOf(tx: OrdersTx, order: OrderRow, no: number): Promise<OrderContent> {
  const revision = await readRevision(tx, order.id, no)
  if (!revision) throw new Error(`orders: revision ${no} of ${order.id} is missing`)
  return revision.content
}

/** Who acts, in words that outlast his account. */
export const personOf = (ctx: Context): { person: string; person_id: string } => ({
  person: ctx.actor.name ?? ctx.actor.id,
  person_id: ctx.actor.id,
})

/** What every event of an order tells. */
export const newsOf = (order: OrderRow) => ({
  orderId: order.id,
  number: order.number,
  buyerOrg: order.buyer_org,
  supplierOrg: order.supplier_org,
  buyerName: order.buyer_name,
  supplierName: order.supplier_name,
})
