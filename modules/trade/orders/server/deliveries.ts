import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { narrow } from '#kernel/postgres.ts'
import { type Decimal, decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { OrderId, ScheduleLineId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { AgreedScheduleLine, OrdersPublic } from '../public.ts'
import { counterProblem } from './delivery-rules.ts'
import { changeOrder, lockOrder } from './order-store.ts'
import { addCounters } from './projection-store.ts'
import { settleOrder } from './settle-order.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

export const SHIPPABLE_LIMIT = 200

const agreedLines = (tx: OrdersTx) =>
  tx.sql
    .selectFrom('orders.schedule_line as s')
    .innerJoin('orders.line as l', 'l.id', 's.line_id')
    .innerJoin('orders.order as o', 'o.id', 's.order_id')
    .select([
      's.id',
      's.order_id as orderId',
      'o.number as orderNumber',
      's.line_no as lineNo',
      's.schedule_no as scheduleNo',
      's.buyer_org as buyer',
      's.supplier_org as supplier',
      'l.material_id as materialId',
      'l.material_code as materialCode',
      'l.material_name as materialName',
      'l.supplier_code as supplierCode',
      'l.specification',
      'l.unit',
      'l.unit_factor as unitFactor',
      's.agreed_quantity as agreedQuantity',
      's.agreed_day as agreedDay',
      's.shipped',
      's.accepted',
      's.rejected',
      'o.currency',
      'l.net_price as netPrice',
      'l.tax_rate as taxRate',
      'o.over_tolerance as overTolerance',
      'o.under_tolerance as underTolerance',
      'o.deliver_to as deliverTo',
      'o.payment_days as paymentDays',
      'o.consigned',
      sql<boolean>`s.state = 'agreed' and o.state = 'agreed'`.as('open'),
    ])
    .where((eb) => eb.or([eb('s.buyer_org', '=', tx.orgId), eb('s.supplier_org', '=', tx.orgId)]))
    .where('s.agreed_quantity', 'is not', null)
    .where('s.state', '<>', 'dropped')

type Row = Awaited<ReturnType<ReturnType<typeof agreedLines>['executeTakeFirstOrThrow']>>

const lineOf = (row: Row): AgreedScheduleLine => ({
  ...row,
  unitFactor: decimal(row.unitFactor),
  agreedQuantity: decimal(row.agreedQuantity ?? '0'),
  agreedDay: row.agreedDay ?? '',
  shipped: decimal(row.shipped),
  accepted: decimal(row.accepted),
  rejected: decimal(row.rejected),
  netPrice: decimal(row.netPrice),
  taxRate: decimal(row.taxRate),
  overTolerance: decimal(row.overTolerance),
  underTolerance: decimal(row.underTolerance),
})

/** The orders first, as whoever signs does: both in id order, so that two never wait for each other. */
async function lockLines(tx: OrdersTx, ids: readonly ScheduleLineId[]): Promise<AgreedScheduleLine[]> {
  if (ids.length === 0) return []
  await sql`select o.id from orders.order o where ${tx.orgId} in (o.buyer_org, o.supplier_org)
    and o.id in (select s.order_id from orders.schedule_line s where s.id = any(${[...ids]}::uuid[])) order by o.id for update`.execute(
    tx.sql,
  )
  const rows = await agreedLines(tx)
    .where('s.id', 'in', [...ids])
    .orderBy('s.id')
    .forUpdate('s')
    .execute()
  return rows.map(lineOf)
}

const shippable: OrdersPublic['shippable'] = async (opaqueTx, filter) => {
  const tx = narrow<OrdersTables>(opaqueTx)
  let query = agreedLines(tx)
    .where('s.state', '=', 'agreed')
    .where('o.state', '=', 'agreed')
    .where(sql<boolean>`s.agreed_quantity > s.shipped - s.rejected`)
  if (filter.buyer) query = query.where('s.buyer_org', '=', filter.buyer)
  if (filter.supplier) query = query.where('s.supplier_org', '=', filter.supplier)
  if (filter.orderId) query = query.where('s.order_id', '=', filter.orderId)
  if (filter.consigned) query = query.where('o.consigned', '=', true).where('l.material_id', '=', filter.consigned)
  if (filter.until) query = query.where('s.due_day', '<=', filter.until)
  const partner = sql.ref(filter.buyer === tx.orgId ? 'o.supplier_name' : 'o.buyer_name')
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    query = query.where(
      sql<boolean>`strpos(lower(o.number || ' ' || ${partner} || ' ' || l.material_code || ' ' || l.material_name || ' ' || coalesce(l.supplier_code, '') || ' ' || l.specification), ${word}) > 0`,
    )
  const rows = await query.orderBy('o.urgent', 'desc').orderBy('s.due_day').orderBy('s.id').limit(SHIPPABLE_LIMIT).execute()
  return rows.map(lineOf)
}

interface CounterChange {
  id: ScheduleLineId
  shipped: Decimal
  accepted: Decimal
  rejected: Decimal
  day: string | null
}

/** One change per schedule line: what comes twice for the same is added up. */
function summed(changes: readonly CounterChange[]): CounterChange[] {
  const sums = new Map<ScheduleLineId, CounterChange>()
  for (const change of changes) {
    const sum = sums.get(change.id)
    sums.set(
      change.id,
      sum
        ? {
            id: change.id,
            shipped: sum.shipped + change.shipped,
            accepted: sum.accepted + change.accepted,
            rejected: sum.rejected + change.rejected,
            day: (sum.day ?? '') > (change.day ?? '') ? sum.day : change.day,
          }
        : change,
    )
  }
  return [...sums.values()]
}

async function count(
  tx: OrdersTx,
  ctx: Context,
  changes: readonly CounterChange[],
  mayAct: (line: AgreedScheduleLine) => boolean,
): Promise<void> {
  const all = summed(changes)
  const lines = new Map(
    (
      await lockLines(
        tx,
        all.map((change) => change.id),
      )
    ).map((line) => [line.id, line]),
  )
  for (const change of all) {
    const line = lines.get(change.id)
    if (!line || !mayAct(line)) throw ordersErrors.notFound({ scheduleLineId: change.id })
    const problem = counterProblem({
      agreed: line.agreedQuantity,
      shipped: line.shipped + change.shipped,
      accepted: line.accepted + change.accepted,
      rejected: line.rejected + change.rejected,
      over: line.overTolerance,
    })
    const place = { scheduleLineId: change.id, order: line.orderNumber, line: line.lineNo, schedule: line.scheduleNo }
    if (problem === 'belowZero') throw ordersErrors.counterBelowZero(place)
    if (problem === 'moreThanAgreed') throw ordersErrors.moreThanAgreed(place)
  }
  await addCounters(
    tx,
    all.map((change) => ({
      id: change.id,
      shipped: writeDecimal(change.shipped),
      accepted: writeDecimal(change.accepted),
      rejected: writeDecimal(change.rejected),
      day: change.day,
    })),
  )
  await settleAll(
    tx,
    ctx,
    [...new Set([...lines.values()].map((line) => line.orderId))].sort(),
    all.some((change) => change.shipped > ZERO),
  )
}

async function settleAll(tx: OrdersTx, ctx: Context, orderIds: readonly OrderId[], ships: boolean): Promise<void> {
  for (const id of orderIds) {
    const order = await lockOrder(tx, id)
    if (!order) continue
    if (ships && order.state !== 'agreed') throw ordersErrors.notOpen({ order: order.number })
    const first = ships && order.first_shipped_at === null
    await settleOrder(tx, ctx, first ? await changeOrder(tx, id, { first_shipped_at: ctx.now }) : order)
  }
}

export const deliveriesPublic: Pick<OrdersPublic, 'lockScheduleLines' | 'shippable' | 'addShipped' | 'addReceived' | 'labels'> = {
  lockScheduleLines: (tx, ids) => lockLines(narrow<OrdersTables>(tx), ids),
  shippable,
  addShipped: (opaqueTx, ctx, changes) =>
    count(
      narrow<OrdersTables>(opaqueTx),
      ctx,
      changes.map(({ id, quantity }) => ({ id, shipped: quantity, accepted: ZERO, rejected: ZERO, day: null })),
      () => true,
    ),
  addReceived: (opaqueTx, ctx, changes) =>
    count(
      narrow<OrdersTables>(opaqueTx),
      ctx,
      changes.map((change) => ({ ...change, shipped: ZERO })),
      (line) => line.buyer === opaqueTx.orgId,
    ),
  labels: async (opaqueTx, ids) => {
    if (ids.length === 0) return new Map()
    const tx = narrow<OrdersTables>(opaqueTx)
    const rows = await tx.sql
      .selectFrom('orders.order')
      .select(['id', 'number'])
      .where('id', 'in', [...ids])
      .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
      .execute()
    return new Map(rows.map(({ id, number }) => [id, { number }]))
  },
}
