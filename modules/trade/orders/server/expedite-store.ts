import { type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import { searchWords } from '#kernel/searches.ts'
import type { Page } from '#values/list.ts'
import { ordersErrors } from '../errors.ts'
import type { Expedite, ExpediteId, expediteApi } from '../expedite-contract.ts'
import { otherSide } from '../order-states.ts'
import { awaited, described, neverReminded, remindersOf } from './open-deliveries.ts'
import type { ExpediteTable, OrdersTx } from './tables.ts'

export type ExpediteRow = Selectable<ExpediteTable>

const ours = (tx: OrdersTx) =>
  tx.sql
    .selectFrom('orders.expedite')
    .selectAll()
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))

/** Errors: orders.expediteNotFound. */
export async function readExpedite(tx: OrdersTx, id: ExpediteId): Promise<ExpediteRow> {
  const row = await ours(tx).where('id', '=', id).executeTakeFirst()
  if (!row) throw ordersErrors.expediteNotFound({ id })
  return row
}

/** In the order of the rows; with what stands of their schedule lines now. */
export async function toExpedites(tx: OrdersTx, ctx: Context, rows: readonly ExpediteRow[]): Promise<Expedite[]> {
  if (rows.length === 0) return []
  const lines = await tx.sql
    .selectFrom('orders.schedule_line')
    .selectAll()
    .where('id', 'in', [...new Set(rows.map((row) => row.schedule_line_id))])
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .execute()
  const deliveries = new Map((await described(tx, ctx, lines)).map((delivery) => [delivery.id, delivery]))
  const reminded = await remindersOf(tx, 'buyer', [...new Set(rows.map((row) => row.order_id))])
  return rows.flatMap((row): Expedite[] => {
    const delivery = deliveries.get(row.schedule_line_id)
    if (!delivery) return []
    return [
      {
        id: row.id,
        orderId: row.order_id,
        orderNumber: delivery.orderNumber,
        scheduleLineId: row.schedule_line_id,
        lineNo: delivery.lineNo,
        scheduleNo: delivery.scheduleNo,
        side: delivery.side,
        partner: delivery.partner,
        materialId: delivery.materialId,
        materialCode: delivery.materialCode,
        materialName: delivery.materialName,
        unit: delivery.unit,
        quantity: delivery.dueQuantity,
        left: delivery.left,
        dueDay: delivery.dueDay,
        wantedDay: row.wanted_day,
        reason: row.reason,
        askedBy: row.asked_by,
        askedAt: row.asked_at.toISOString(),
        state: row.state,
        promisedDay: row.promised_day,
        answer: row.answer,
        answeredBy: row.answered_by,
        answeredAt: row.answered_at?.toISOString() ?? null,
        revision: row.revision_no,
        ...(reminded.get(row.order_id) ?? neverReminded),
        version: row.version,
      },
    ]
  })
}

const sorts = { askedAt: { by: 'asked_at', type: 'timestamptz' as const } }

type ListFilter = z.output<typeof expediteApi.list.query>

export function expediteQuery(
  tx: OrdersTx,
  { side, state, partnerId, orderId, search }: Pick<ListFilter, 'side' | 'state' | 'partnerId' | 'orderId' | 'search'>,
) {
  let query = tx.sql.selectFrom('orders.expedite').selectAll().where(`${side}_org`, '=', tx.orgId)
  if (state) query = state === 'asked' ? query.where(awaited) : query.where('state', '=', state)
  if (partnerId) query = query.where(`${otherSide(side)}_org`, '=', partnerId)
  if (orderId) query = query.where('order_id', '=', orderId)
  for (const word of searchWords(search ?? ''))
    query = query.where(
      sql<boolean>`exists (select 1 from orders.order o join orders.schedule_line s on s.id = schedule_line_id join orders.line l on l.id = s.line_id
        where o.id = expedite.order_id and strpos(lower(o.number || ' ' || ${sql.ref(`o.${otherSide(side)}_name`)} || ' ' || l.material_code || ' ' || l.material_name), ${word}) > 0)`,
    )
  return query
}

export async function expeditePage(tx: OrdersTx, ctx: Context, list: ListFilter): Promise<Page<Expedite>> {
  const page = await readPage(tx, expediteQuery(tx, list), list, { sorts, id: 'id' }, (row) => row)
  return { ...page, items: await toExpedites(tx, ctx, page.items) }
}
