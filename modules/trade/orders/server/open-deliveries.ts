import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { OpenDelivery, OrderId, OrderLineId, ScheduleLineId } from '../contract.ts'
import { DUE_SOON_DAYS, type FollowUpDelivery, type UnansweredOrder } from '../follow-up-contract.ts'
import { MAX_GRACE_DAYS } from '../order-content.ts'
import { otherSide, type Side } from '../order-states.ts'
import { shiftDay } from './delivery-rules.ts'
import { filtered, orders } from './list-orders.ts'
import { deliveryView, headView, instant } from './order-view.ts'
import type { ScheduleRow } from './projection-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

export interface DeliveryFilter {
  side: Side
  partnerId?: OrgId | undefined
  reason?: 'dueSoon' | 'overdue' | undefined
  search?: string | undefined
}

export const byDay = { sorts: { dueDay: { by: 's.due_day', type: 'date' as const } }, id: 's.id' }

/** What is due, by day; counted and cut on schedule lines alone, what people call them is read of the shown ones. */
export const listDeliveries = (
  rooms: Pick<Rooms, 'db'>,
  ctx: Context,
  filter: DeliveryFilter & ListQuery,
): Promise<Page<FollowUpDelivery>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const page = await readPage(tx, dueLines(tx, ctx, filter), filter, byDay, (row) => row as ScheduleRow)
    const items = await described(tx, ctx, page.items)
    const reminded = await remindersOf(tx, filter.side, [...new Set(items.map((item) => item.orderId))])
    const expedites = await newestExpedites(
      tx,
      items.map((item) => item.id),
    )
    return {
      ...page,
      items: items.map((item) => ({
        ...item,
        ...(reminded.get(item.orderId) ?? neverReminded),
        expedite: expedites.get(item.id) ?? null,
      })),
    }
  })

/**
 * Requests to expedite that wait for an answer: what has left the supplier's house meanwhile, or is not owed any more, needs none. The state
 * is written as the partial indexes' own condition: a parameter would not match it.
 */
export const awaited = sql<boolean>`expedite.state = 'asked' and exists (select 1 from orders.schedule_line s
  where s.id = expedite.schedule_line_id and s.state = 'agreed' and s.shipped < s.due_quantity)`

async function newestExpedites(tx: OrdersTx, ids: readonly ScheduleLineId[]) {
  if (ids.length === 0) return new Map<ScheduleLineId, NonNullable<FollowUpDelivery['expedite']>>()
  const rows = await tx.sql
    .selectFrom('orders.expedite')
    .distinctOn('schedule_line_id')
    .select(['schedule_line_id', 'state', 'wanted_day', 'promised_day'])
    .where('schedule_line_id', 'in', [...ids])
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('schedule_line_id')
    .orderBy('asked_at', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.schedule_line_id, { state: row.state, wantedDay: row.wanted_day, promisedDay: row.promised_day }]))
}

export function dueLines(tx: OrdersTx, ctx: Context, { side, partnerId, reason, search }: DeliveryFilter) {
  const day = chinaDay(ctx.now)
  let query = tx.sql
    .selectFrom('orders.schedule_line as s')
    .selectAll('s')
    .where(`s.${side}_org`, '=', tx.orgId)
    // Written as the index's own condition: a parameter would not match it.
    .where(reason ? sql<boolean>`s.state = 'agreed'` : sql<boolean>`s.state in ('proposed', 'agreed')`)
  if (partnerId) query = query.where(`s.${otherSide(side)}_org`, '=', partnerId)
  if (reason === 'overdue') query = query.where('s.due_day', '<', day).where(sql<boolean>`s.due_day + s.grace_days < ${day}::date`)
  if (reason === 'dueSoon')
    query = query
      // No grace is longer: what is older is not looked at.
      .where('s.due_day', '>=', shiftDay(day, -MAX_GRACE_DAYS))
      .where('s.due_day', '<=', shiftDay(day, DUE_SOON_DAYS))
      .where(sql<boolean>`s.due_day + s.grace_days >= ${day}::date`)
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return query
  let named = query.innerJoin('orders.line as l', 'l.id', 's.line_id').innerJoin('orders.order as o', 'o.id', 's.order_id')
  for (const word of words)
    named = named.where(
      sql<boolean>`strpos(lower(o.number || ' ' || ${sql.ref(`o.${otherSide(side)}_name`)} || ' ' || l.material_code || ' ' || l.material_name || ' ' || coalesce(l.supplier_code, '') || ' ' || l.specification), ${word}) > 0`,
    )
  return named
}

export async function described(tx: OrdersTx, ctx: Context, rows: readonly ScheduleRow[]): Promise<OpenDelivery[]> {
  if (rows.length === 0) return []
  const lines = await tx.sql
    .selectFrom('orders.line as l')
    .innerJoin('orders.order as o', 'o.id', 'l.order_id')
    .selectAll('l')
    .select(['o.number', 'o.currency', 'o.buyer_name', 'o.buyer_name_en', 'o.supplier_name', 'o.supplier_name_en'])
    .where('l.id', 'in', [...new Set(rows.map((row) => row.line_id))])
    .where((eb) => eb.or([eb('l.buyer_org', '=', tx.orgId), eb('l.supplier_org', '=', tx.orgId)]))
    .execute()
  const byId = new Map<OrderLineId, (typeof lines)[number]>(lines.map((line) => [line.id, line]))
  return rows.flatMap((row): OpenDelivery[] => {
    const line = byId.get(row.line_id)
    if (!line) return []
    const side: Side = row.buyer_org === tx.orgId ? 'buyer' : 'supplier'
    const partner =
      side === 'buyer'
        ? { orgId: line.supplier_org, name: line.supplier_name, nameEn: line.supplier_name_en }
        : { orgId: line.buyer_org, name: line.buyer_name, nameEn: line.buyer_name_en }
    return [
      {
        ...deliveryView(row, ctx.now),
        orderId: row.order_id,
        orderNumber: line.number,
        side,
        partner,
        materialId: line.material_id,
        materialCode: line.material_code,
        materialName: line.material_name,
        supplierCode: line.supplier_code,
        specification: line.specification,
        unit: line.unit,
        dueQuantity: writeDecimal(decimal(row.due_quantity)),
        dueDay: row.due_day,
        currency: line.currency,
        netPrice: writeDecimal(decimal(line.net_price)),
      },
    ]
  })
}

/** Orders whose answer of the other side is late. */
export const listUnanswered = (
  rooms: Pick<Rooms, 'db'>,
  ctx: Context,
  { side, partnerId, ...list }: ListQuery & { side: Side; partnerId?: OrgId | undefined },
): Promise<Page<UnansweredOrder>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const late = filtered(tx, ctx, { ...list, side, partnerId, waitsFor: 'partner' }).where('o.answer_order', '<', ctx.now)
    const page = await readPage(tx, late, list, orders, (row) => headView(row, tx.orgId, ctx.now))
    const reminded = await remindersOf(
      tx,
      side,
      page.items.map((order) => order.id),
    )
    return { ...page, items: page.items.map((order) => ({ ...order, ...(reminded.get(order.id) ?? neverReminded) })) }
  })

export const neverReminded = { reminders: 0, lastReminder: null }

export async function remindersOf(tx: OrdersTx, side: Side, orderIds: readonly OrderId[]) {
  if (orderIds.length === 0) return new Map<OrderId, { reminders: number; lastReminder: string | null }>()
  const rows = await tx.sql
    .selectFrom('orders.reminder')
    .select(['order_id', sql<number>`count(*)::int`.as('reminders'), sql<Date>`max(at)`.as('last')])
    .where('order_id', 'in', [...orderIds])
    .where('side', '=', side)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .groupBy('order_id')
    .execute()
  return new Map(rows.map((row) => [row.order_id, { reminders: row.reminders, lastReminder: instant(row.last) }]))
}

export const countFollowUp = (rooms: Pick<Rooms, 'db'>, ctx: Context, side: Side) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const [own, day] = [sql.ref(`${side}_org`), chinaDay(ctx.now)]
    const { rows } = await sql<{ dueSoon: number; overdue: number; unanswered: number; expedite: number }>`select
        count(*) filter (where due_day + grace_days >= ${day}::date)::int as "dueSoon",
        count(*) filter (where due_day + grace_days < ${day}::date)::int as overdue,
        (select count(*)::int from orders.order where ${own} = ${tx.orgId} and turn is not null and turn = ${otherSide(side)} and answer_order < ${ctx.now}) as unanswered,
        (select count(*)::int from orders.expedite where ${own} = ${tx.orgId} and ${awaited}) as expedite
      from orders.schedule_line where ${own} = ${tx.orgId} and state = 'agreed' and due_day <= ${shiftDay(day, DUE_SOON_DAYS)}`.execute(
      tx.sql,
    )
    return rows[0] ?? { dueSoon: 0, overdue: 0, unanswered: 0, expedite: 0 }
  })
