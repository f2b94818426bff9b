import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { publishAll } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { type OrderId, ordersEvents } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { DUE_SOON_DAYS, type FollowUpReason, REMINDERS_PER_DAY, type Reminder } from '../follow-up-contract.ts'
import { otherSide } from '../order-states.ts'
import { shiftDay } from './delivery-rules.ts'
import { awaited } from './open-deliveries.ts'
import { newsOf, sideOf } from './open-order.ts'
import { type OrderRow, readOrder } from './order-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

interface Result {
  orderId: OrderId
  outcome: 'reminded' | 'enough' | 'nothing' | 'unknown'
  reason: FollowUpReason | null
}

/**
 * What of an order one may remind the other side of now: the late answer before the request to expedite (not yet answered on the day after it)
 * before the late goods.
 */
export function reminderReason(order: OrderRow, side: 'buyer' | 'supplier', now: Date, asked?: Date): FollowUpReason | undefined {
  if (order.turn === otherSide(side) && order.respond_by !== null && order.respond_by < now) return 'unanswered'
  if (side === 'buyer' && asked !== undefined && chinaDay(asked) < chinaDay(now)) return 'expedite'
  // Goods are the supplier's to bring.
  if (side === 'supplier' || order.state !== 'agreed' || order.next_day === null) return undefined
  const day = chinaDay(now)
  if (shiftDay(order.next_day, order.grace_days) < day) return 'overdue'
  return order.next_day <= shiftDay(day, DUE_SOON_DAYS) ? 'dueSoon' : undefined
}

/** Reminds the other side of each order, at most so often a day; what became of each is answered. */
export const remindOrders = (rooms: Pick<Rooms, 'db'>, ctx: Context, { orderIds, note }: { orderIds: readonly OrderId[]; note: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    // In id order: two who remind of the same ones do not wait for each other.
    const ids = [...new Set(orderIds)].sort()
    const locked = await tx.sql
      .selectFrom('orders.order')
      .selectAll()
      .where('id', 'in', ids)
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .orderBy('id')
      .forUpdate()
      .execute()
    const orders = new Map(locked.map((order) => [order.id, order]))
    const day = chinaDay(ctx.now)
    const counts = await remindersToday(tx, ids, day)
    const asked = await askedOf(tx, ids)
    const results = ids.map((orderId): Result => {
      const order = orders.get(orderId)
      if (!order) return { orderId, outcome: 'unknown', reason: null }
      const reason = reminderReason(order, sideOf(order, tx.orgId), ctx.now, asked.get(orderId)) ?? null
      if (reason === null) return { orderId, outcome: 'nothing', reason }
      return {
        orderId,
        outcome: (counts.get(`${orderId} ${sideOf(order, tx.orgId)}`) ?? 0) < REMINDERS_PER_DAY ? 'reminded' : 'enough',
        reason,
      }
    })
    const made = results.flatMap(({ orderId, outcome, reason }) => {
      const order = orders.get(orderId)
      return outcome === 'reminded' && order && reason ? [{ order, reason, side: sideOf(order, tx.orgId) }] : []
    })
    if (made.length > 0) {
      await tx.sql
        .insertInto('orders.reminder')
        .values(
          made.map(({ order, reason, side }) => ({
            order_id: order.id,
            buyer_org: order.buyer_org,
            supplier_org: order.supplier_org,
            side,
            reason,
            day,
            no_of_day: (counts.get(`${order.id} ${side}`) ?? 0) + 1,
            person: ctx.actor.name ?? ctx.actor.id,
            note,
            at: ctx.now,
          })),
        )
        .execute()
      await publishAll(
        tx,
        ctx,
        ordersEvents.reminded,
        made.map(({ order, reason, side }) => ({ key: order.id, payload: { ...newsOf(order), bySide: side, reason, note } })),
      )
    }
    return { results }
  })

/** Since when the oldest open request to expedite waits, by order. */
async function askedOf(tx: OrdersTx, ids: readonly OrderId[]): Promise<Map<OrderId, Date>> {
  const rows = await tx.sql
    .selectFrom('orders.expedite')
    .select(['order_id', sql<Date>`min(asked_at)`.as('since')])
    .where('order_id', 'in', [...ids])
    .where(awaited)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .groupBy('order_id')
    .execute()
  return new Map(rows.map((row) => [row.order_id, row.since]))
}

async function remindersToday(tx: OrdersTx, ids: readonly OrderId[], day: string): Promise<Map<string, number>> {
  const rows = await tx.sql
    .selectFrom('orders.reminder')
    .select(['order_id', 'side', sql<number>`count(*)::int`.as('n')])
    .where('order_id', 'in', [...ids])
    .where('day', '=', day)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .groupBy(['order_id', 'side'])
    .execute()
  return new Map(rows.map((row) => [`${row.order_id} ${row.side}`, row.n]))
}

/** Errors: orders.notFound. */
export const listReminders = (rooms: Pick<Rooms, 'db'>, ctx: Context, id: OrderId): Promise<{ reminders: Reminder[] }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    if (!(await readOrder(tx, id))) throw ordersErrors.notFound({ id })
    const rows = await tx.sql
      .selectFrom('orders.reminder')
      .selectAll()
      .where('order_id', '=', id)
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .orderBy('at', 'desc')
      .limit(100)
      .execute()
    return { reminders: rows.map(({ reason, side, person, note, at }) => ({ reason, side, person, note, at: at.toISOString() })) }
  })
