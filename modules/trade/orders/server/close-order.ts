import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { decimal } from '#values/decimal.ts'
import { type OrderId, ordersEvents } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { newsOf, openOrder, stepOf } from './open-order.ts'
import { changeOrder } from './order-store.ts'
import { endSchedule, scheduleOf } from './projection-store.ts'
import type { Rooms } from './rooms.ts'

/** The buyer forgoes what is left. Errors: orders.notFound, changedMeanwhile, notAllowedNow, stillOnTheWay. */
export const closeOrder = (rooms: Rooms, ctx: Context, id: OrderId, { version, reason }: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const next = stepOf(order, 'close', side)
    const onTheWay = (await scheduleOf(tx, id)).filter((row) => decimal(row.shipped) > decimal(row.accepted) + decimal(row.rejected))
    if (onTheWay.length > 0) throw ordersErrors.stillOnTheWay({ id })
    await endSchedule(tx, id)
    const closed = await changeOrder(tx, id, { ...next, ended_at: ctx.now, end_reason: reason, next_day: null })
    await publish(tx, ctx, ordersEvents.closed, id, { ...newsOf(order), bySide: side, revision: order.agreed_revision, reason })
    return closed
  })
