import { type Selectable, sql } from 'kysely'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrderId, ScheduleLineId } from '../contract.ts'
import { deliveryOf, lessTolerance, lineAmounts, lineQuantity, type OrderContent, withTolerance } from '../order-content.ts'
import { floorOf } from './delivery-rules.ts'
import type { OrderRow } from './order-store.ts'
import type { Floor } from './proposal-rules.ts'
import type { OrdersTx, ScheduleLineTable } from './tables.ts'

export type ScheduleRow = Selectable<ScheduleLineTable>

export const scheduleOf = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql
    .selectFrom('orders.schedule_line')
    .selectAll()
    .where('order_id', '=', orderId)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('line_no')
    .orderBy('schedule_no')
    .execute()

/** The order is locked before: nobody else changes them then. */
export async function floorsOf(tx: OrdersTx, orderId: OrderId): Promise<Floor[]> {
  const rows = await scheduleOf(tx, orderId)
  return rows.flatMap((row) => {
    const quantity = floorOf({ shipped: decimal(row.shipped), accepted: decimal(row.accepted), rejected: decimal(row.rejected) })
    return quantity > 0n ? [{ line: row.line_no, schedule: row.schedule_no, quantity }] : []
  })
}

/** The highest numbers that lines and schedule lines of the order ever had. */
export async function highestNumbers(tx: OrdersTx, orderId: OrderId): Promise<{ line: number; schedule: Map<number, number> }> {
  const schedule = new Map<number, number>()
  for (const row of await scheduleOf(tx, orderId)) schedule.set(row.line_no, Math.max(row.schedule_no, schedule.get(row.line_no) ?? 0))
  const { rows } = await sql<{ last: number }>`select coalesce(max(line_no), 0)::int as last from orders.line
    where order_id = ${orderId} and ${tx.orgId} in (buyer_org, supplier_org)`.execute(tx.sql)
  return { line: rows[0]?.last ?? 0, schedule }
}

/** Lines and schedule lines become what the content says; counters stay. `agreed`: signed by both, so that it may be delivered. */
export async function projectContent(tx: OrdersTx, order: OrderRow, content: OrderContent, agreed: boolean): Promise<void> {
  await projectLines(tx, order, content)
  const rows = scheduleRows(content)
  await sql`with wanted as (
      select l.id as line_id, s.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(
        line_no int, schedule_no int, requested_quantity numeric, requested_day date, confirmed_quantity numeric, confirmed_day date,
        confirmed_reason text, due_quantity numeric, due_day date, most numeric, least numeric)
      join orders.line l on l.order_id = ${order.id} and l.line_no = s.line_no and ${tx.orgId} in (l.buyer_org, l.supplier_org)
    )
    insert into orders.schedule_line as old (order_id, buyer_org, supplier_org, state, line_id, line_no, schedule_no, requested_quantity,
      requested_day, confirmed_quantity, confirmed_day, confirmed_reason, due_quantity, due_day, agreed_quantity, agreed_day, most, least, grace_days)
    select ${order.id}, ${order.buyer_org}, ${order.supplier_org}, ${agreed ? 'agreed' : 'proposed'}, line_id, line_no, schedule_no,
      requested_quantity, requested_day, confirmed_quantity, confirmed_day, confirmed_reason, due_quantity, due_day,
      case when ${agreed} then due_quantity end, case when ${agreed} then due_day end,
      case when ${agreed} then most else 0 end, case when ${agreed} then least else 0 end, ${content.terms.graceDays}::int
    from wanted
    on conflict on constraint schedule_no do update set
      requested_quantity = excluded.requested_quantity, requested_day = excluded.requested_day, confirmed_quantity = excluded.confirmed_quantity,
      confirmed_day = excluded.confirmed_day, confirmed_reason = excluded.confirmed_reason, due_quantity = excluded.due_quantity,
      due_day = excluded.due_day, agreed_quantity = excluded.agreed_quantity, agreed_day = excluded.agreed_day, most = excluded.most,
      least = excluded.least, grace_days = excluded.grace_days,
      state = case when excluded.least > 0 and old.accepted >= excluded.least then 'whole' else excluded.state end,
      whole_on = case when excluded.least > 0 and old.accepted >= excluded.least then coalesce(old.whole_on, old.last_accepted_on) end`.execute(
    tx.sql,
  )
  await sql`update orders.schedule_line s set state = 'dropped', due_quantity = 0, agreed_quantity = case when ${agreed} then 0 end, most = greatest(0, s.shipped - s.rejected), least = 0, whole_on = null
    where s.order_id = ${order.id} and ${tx.orgId} in (s.buyer_org, s.supplier_org) and s.state <> 'dropped'
      and not exists (select from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w(line_no int, schedule_no int)
        where w.line_no = s.line_no and w.schedule_no = s.schedule_no)`.execute(tx.sql)
}

async function projectLines(tx: OrdersTx, order: OrderRow, { terms, lines }: OrderContent): Promise<void> {
  const rows = lines.map((line) => {
    const { net, tax } = lineAmounts(terms.currency, line)
    return {
      line_no: line.no,
      material_id: line.materialId,
      material_code: line.materialCode,
      material_name: line.materialName,
      supplier_code: line.supplierCode,
      specification: line.specification,
      unit: line.unit,
      unit_factor: line.unitFactor,
      quantity: writeDecimal(lineQuantity(line)),
      net_price: line.netPrice,
      tax_rate: line.taxRate,
      net_amount: net.toString(),
      tax_amount: tax.toString(),
      rejected_by: line.rejected?.by ?? null,
      rejected_reason: line.rejected?.reason ?? null,
    }
  })
  await sql`insert into orders.line (order_id, buyer_org, supplier_org, line_no, material_id, material_code, material_name, supplier_code,
      specification, unit, unit_factor, quantity, net_price, tax_rate, net_amount, tax_amount, rejected_by, rejected_reason)
    select ${order.id}, ${order.buyer_org}, ${order.supplier_org}, l.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as l(
      line_no int, material_id uuid, material_code text, material_name text, supplier_code text, specification text, unit text,
      unit_factor numeric, quantity numeric, net_price numeric, tax_rate numeric, net_amount bigint, tax_amount bigint, rejected_by text,
      rejected_reason text)
    on conflict on constraint line_no do update set quantity = excluded.quantity, net_price = excluded.net_price, tax_rate = excluded.tax_rate,
      net_amount = excluded.net_amount, tax_amount = excluded.tax_amount, rejected_by = excluded.rejected_by,
      rejected_reason = excluded.rejected_reason, supplier_code = excluded.supplier_code`.execute(tx.sql)
}

const scheduleRows = ({ terms, lines }: OrderContent) =>
  lines
    .filter((line) => !line.rejected)
    .flatMap((line) =>
      line.schedule.map((schedule) => {
        const { quantity, day, reason } = deliveryOf(schedule)
        return {
          line_no: line.no,
          schedule_no: schedule.no,
          requested_quantity: schedule.requested?.quantity ?? null,
          requested_day: schedule.requested?.day ?? null,
          confirmed_quantity: schedule.confirmed?.quantity ?? null,
          confirmed_day: schedule.confirmed?.day ?? null,
          confirmed_reason: reason,
          due_quantity: quantity,
          due_day: day,
          most: writeDecimal(withTolerance(decimal(quantity), decimal(terms.overTolerance))),
          least: writeDecimal(lessTolerance(decimal(quantity), decimal(terms.underTolerance))),
        }
      }),
    )

/** The order is over before it was agreed, or closed short: nothing of it is due any more. */
export const endSchedule = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql
    .updateTable('orders.schedule_line')
    .set({ state: 'ended' })
    .where('order_id', '=', orderId)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .where('state', 'in', ['proposed', 'agreed'])
    .execute()

/** The first day on which something is due, and how many schedule lines are due and whole. */
export async function dueOf(tx: OrdersTx, orderId: OrderId): Promise<{ nextDay: string | null; due: number; whole: number }> {
  const { rows } = await sql<{ nextDay: string | null; due: number; whole: number }>`
    select min(due_day) filter (where state = 'agreed') as "nextDay", count(*) filter (where state = 'agreed')::int as due,
      count(*) filter (where state = 'whole')::int as whole
    from orders.schedule_line where order_id = ${orderId} and ${tx.orgId} in (buyer_org, supplier_org)`.execute(tx.sql)
  return rows[0] ?? { nextDay: null, due: 0, whole: 0 }
}

export const addCounters = (
  tx: OrdersTx,
  changes: readonly { id: ScheduleLineId; shipped: string; accepted: string; rejected: string; day: string | null }[],
) =>
  sql`update orders.schedule_line s set shipped = s.shipped + c.shipped, accepted = s.accepted + c.accepted, rejected = s.rejected + c.rejected,
      last_accepted_on = case when c.accepted > 0 then greatest(s.last_accepted_on, c.day) else s.last_accepted_on end,
      whole_on = case when s.least > 0 and s.accepted + c.accepted >= s.least then coalesce(s.whole_on, greatest(s.last_accepted_on, c.day)) end,
      state = case when s.state not in ('agreed', 'whole') then s.state when s.least > 0 and s.accepted + c.accepted >= s.least then 'whole' else 'agreed' end
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c(id uuid, shipped numeric, accepted numeric, rejected numeric, day date)
    where s.id = c.id and ${tx.orgId} in (s.buyer_org, s.supplier_org)`.execute(tx.sql)
