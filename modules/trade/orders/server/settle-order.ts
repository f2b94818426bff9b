import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { ordersEvents } from '../contract.ts'
import { nextStanding } from '../order-states.ts'
import { newsOf } from './open-order.ts'
import { changeOrder, type OrderRow } from './order-store.ts'
import { dueOf } from './projection-store.ts'
import type { OrdersTx } from './tables.ts'

/** After counters or the revision in force have changed: the next due day, and whether all of it is there. */
export async function settleOrder(tx: OrdersTx, ctx: Context, order: OrderRow): Promise<OrderRow> {
  const { nextDay, due, whole } = await dueOf(tx, order.id)
  const action = due === 0 && whole > 0 ? 'complete' : due > 0 ? 'reopen' : undefined
  const next = action && nextStanding(order, action, 'platform')
  if (!next && nextDay === order.next_day) return order
  const changed = await changeOrder(tx, order.id, {
    next_day: nextDay,
    ...(next && { ...next, ended_at: action === 'complete' ? ctx.now : null }),
  })
  if (action === 'complete' && next) await publish(tx, ctx, ordersEvents.completed, order.id, newsOf(order))
  return changed
}
