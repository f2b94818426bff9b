import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { EventType } from '#values/event.ts'
import { chinaDay } from '#values/instant.ts'
import type { ScheduleLineId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { type Expedite, type ExpediteId, type expediteApi, expediteEvents } from '../expedite-contract.ts'
import { deliveryOf } from '../order-content.ts'
import { nextStanding } from '../order-states.ts'
import { type ExpediteRow, readExpedite, toExpedites } from './expedite-store.ts'
import { makeContent } from './make-content.ts'
import { contentOf, sideOf } from './open-order.ts'
import { lockOrder, type OrderRow } from './order-store.ts'
import { putRevision } from './put-revision.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** Errors: orders.notFound, notOpen (not agreed, or all is shipped), dayPassed, alreadyAsked. */
export const askExpedite = (
  rooms: Rooms,
  ctx: Context,
  { scheduleLineId, wantedDay, reason }: z.output<typeof expediteApi.ask.body>,
): Promise<Expedite> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const found = await readLine(tx, scheduleLineId)
    // Goods are the supplier's to bring: only the buyer asks for them.
    if (!found || found.buyer_org !== tx.orgId) throw ordersErrors.notFound({ id: scheduleLineId })
    const order = await lockOrder(tx, found.order_id)
    // As it stands under the lock: it may have been shipped meanwhile.
    const line = await readLine(tx, scheduleLineId)
    if (!order || !line || line.state !== 'agreed' || decimal(line.shipped) >= decimal(line.due_quantity))
      throw ordersErrors.notOpen({ id: scheduleLineId })
    if (wantedDay < chinaDay(ctx.now)) throw ordersErrors.dayPassed({ day: wantedDay })
    const asked = await tx.sql
      .selectFrom('orders.expedite')
      .select('id')
      .where('buyer_org', '=', tx.orgId)
      .where('schedule_line_id', '=', scheduleLineId)
      .where('state', '=', 'asked')
      .executeTakeFirst()
    if (asked) throw ordersErrors.alreadyAsked({ id: scheduleLineId })
    const row = await tx.sql
      .insertInto('orders.expedite')
      .values({
        order_id: order.id,
        schedule_line_id: scheduleLineId,
        buyer_org: order.buyer_org,
        supplier_org: order.supplier_org,
        wanted_day: wantedDay,
        reason,
        asked_by: ctx.actor.name ?? ctx.actor.id,
        asked_at: ctx.now,
        promised_day: null,
        answer: null,
        answered_by: null,
        answered_at: null,
        revision_no: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await tell(tx, ctx, order, row, expediteEvents.asked, { wantedDay })
    return shown(tx, ctx, row)
  })

/** Errors: orders.expediteNotFound, changedMeanwhile, expediteClosed, dayPassed. */
export const promiseExpedite = (
  rooms: Rooms,
  ctx: Context,
  id: ExpediteId,
  { version, day, note }: z.output<typeof expediteApi.promise.body>,
): Promise<Expedite> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, order } = await openExpedite(tx, id, version, 'supplier')
    if (day < chinaDay(ctx.now)) throw ordersErrors.dayPassed({ day })
    const revision = await amendDay(rooms, tx, ctx, order, row, { day, note: note || row.reason })
    const answered = await end(tx, ctx, row, { state: 'promised', promised_day: day, answer: note || null, revision_no: revision })
    await tell(tx, ctx, order, row, expediteEvents.promised, { day })
    return shown(tx, ctx, answered)
  })

/** Errors: orders.expediteNotFound, changedMeanwhile, expediteClosed. */
export const refuseExpedite = (rooms: Rooms, ctx: Context, id: ExpediteId, { version, reason }: { version: number; reason: string }) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, order } = await openExpedite(tx, id, version, 'supplier')
    const answered = await end(tx, ctx, row, { state: 'refused', answer: reason })
    await tell(tx, ctx, order, row, expediteEvents.refused, {})
    return shown(tx, ctx, answered)
  })

/** Errors: orders.expediteNotFound, changedMeanwhile, expediteClosed. */
export const withdrawExpedite = (rooms: Rooms, ctx: Context, id: ExpediteId, version: number) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row, order } = await openExpedite(tx, id, version, 'buyer')
    const back = await end(tx, ctx, row, { state: 'withdrawn' })
    await tell(tx, ctx, order, row, expediteEvents.withdrawn, {})
    return shown(tx, ctx, back)
  })

const readLine = (tx: OrdersTx, id: ScheduleLineId) =>
  tx.sql
    .selectFrom('orders.schedule_line')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('id', '=', id)
    .executeTakeFirst()

/** The order is locked first, as everywhere. */
async function openExpedite(tx: OrdersTx, id: ExpediteId, version: number, by: 'buyer' | 'supplier') {
  const { order_id } = await readExpedite(tx, id)
  const order = await lockOrder(tx, order_id)
  const row = await readExpedite(tx, id)
  if (!order) throw ordersErrors.expediteNotFound({ id })
  if (row.version !== version) throw ordersErrors.changedMeanwhile({ id, version: row.version })
  if (row.state !== 'asked' || sideOf(order, tx.orgId) !== by) throw ordersErrors.expediteClosed({ id, state: row.state })
  return { row, order }
}

/**
 * The promised day as an amendment signed by the supplier: it binds when the buyer signs it too. Null: the day stands already, or something
 * else is being talked over; then the promise is an answer alone.
 */
async function amendDay(
  rooms: Rooms,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  row: ExpediteRow,
  { day, note }: { day: string; note: string },
): Promise<number | null> {
  const standing = nextStanding(order, 'amend', 'supplier')
  const line = await readLine(tx, row.schedule_line_id)
  if (!standing || !line || line.state !== 'agreed' || line.due_day === day || order.agreed_revision === null) return null
  const base = await contentOf(tx, order, order.agreed_revision)
  const stands = base.lines.find((one) => one.no === line.line_no)
  if (!stands) return null
  const schedule = stands.schedule.map((one) => ({
    no: one.no,
    ...deliveryOf(one),
    ...(one.no === line.schedule_no && { quantity: writeDecimal(decimal(line.due_quantity)), day, reason: note }),
  }))
  const proposal = { terms: null, added: [], lines: [{ no: line.line_no, rejected: null, schedule }] }
  const content = await makeContent(rooms, tx, ctx, order, { base, proposal, side: 'supplier' })
  const changed = await putRevision(rooms, tx, ctx, order, { side: 'supplier', kind: 'amendment', content, note, standing })
  return changed.open_revision
}

const end = (
  tx: OrdersTx,
  ctx: Context,
  row: ExpediteRow,
  change: Pick<ExpediteRow, 'state'> & Partial<Pick<ExpediteRow, 'promised_day' | 'answer' | 'revision_no'>>,
): Promise<ExpediteRow> =>
  tx.sql
    .updateTable('orders.expedite')
    .set((eb) => ({
      ...change,
      ...(change.state !== 'withdrawn' && { answered_by: ctx.actor.name ?? ctx.actor.id, answered_at: ctx.now }),
      version: eb('version', '+', 1),
    }))
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()

const tell = (tx: OrdersTx, ctx: Context, order: OrderRow, row: ExpediteRow, type: EventType, more: object): Promise<void> =>
  publish(tx, ctx, type, order.id, {
    expediteId: row.id,
    orderId: order.id,
    number: order.number,
    buyerOrg: order.buyer_org,
    supplierOrg: order.supplier_org,
    bySide: sideOf(order, tx.orgId),
    ...more,
  })

async function shown(tx: OrdersTx, ctx: Context, row: ExpediteRow): Promise<Expedite> {
  const [expedite] = await toExpedites(tx, ctx, [row])
  if (!expedite) throw new Error(`orders: the schedule line of ${row.id} is missing`)
  return expedite
}
