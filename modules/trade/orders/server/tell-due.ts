import { sql } from 'kysely'
import type { Loop } from '#kernel/background.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { publishAll } from '#kernel/outbox.ts'
import { byOrganisation } from '#kernel/own-work.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { OrderId } from '../contract.ts'
import { dueEvents, TOLD_DAYS_AHEAD } from '../due-contract.ts'
import { shiftDay } from './delivery-rules.ts'
import { newsOf } from './open-order.ts'
import type { OrderRow } from './order-store.ts'
import type { OrdersDatabase, OrdersSystem, OrdersTx } from './tables.ts'

export interface DueParts {
  db: OrdersDatabase
  system: OrdersSystem
  organisations: Pick<OrganisationsPublic, 'everyScope'>
  clock: Clock
}

const EVERY_MS = 60_000
/** Of each kind and run; the rest has its turn a minute later. */
export const AT_ONCE = 200

export const dueLoop = (parts: DueParts): Loop => ({ name: 'orders.due', intervalMs: EVERY_MS, run: () => tellDue(parts) })

interface Due {
  kind: 'answer' | DeliveryKind
  id: OrderId
  orgId: OrgId
}
type DeliveryKind = 'dueSoon' | 'overdue'

/** Tells of each day that has come, once: what was told stands in the row itself and is written with the news. */
export async function tellDue({ db, system, organisations, clock }: DueParts): Promise<void> {
  const now = clock.now()
  const due = await system.inSystem(async (tx): Promise<Due[]> => {
    const answers = await untoldAnswers(tx, now).execute()
    const soon = await untoldDeliveries(tx, 'dueSoon', now).execute()
    const overdue = await untoldDeliveries(tx, 'overdue', now).execute()
    return [
      ...answers.map((row) => ({ kind: 'answer' as const, ...row })),
      ...soon.map((row) => ({ kind: 'dueSoon' as const, ...row })),
      ...overdue.map((row) => ({ kind: 'overdue' as const, ...row })),
    ]
  })
  if (due.length === 0) return
  const scopes = await organisations.everyScope()
  await byOrganisation(due, { scopes, job: 'orders.due', now }, (ctx, own) => tellOwn(db, ctx, own))
}

type Sql = Parameters<Parameters<OrdersSystem['inSystem']>[0]>[0]

const answerUntold = (now: Date) =>
  sql<boolean>`o.turn is not null and o.told_overdue_of is distinct from o.respond_by and o.respond_by <= ${now}`

export const untoldAnswers = (tx: Sql, now: Date) =>
  tx
    .selectFrom('orders.order as o')
    .select(['o.id', 'o.buyer_org as orgId'])
    .where(answerUntold(now))
    .orderBy('o.respond_by')
    .limit(AT_ONCE)

// Each condition repeats its index's own; a parameter in it would not match.
const deliveries = {
  dueSoon: {
    side: 'supplier',
    event: dueEvents.deliveryDueSoon,
    told: 'told_soon_of',
    by: sql`s.due_day`,
    untold: (day: string) => sql<boolean>`s.state = 'agreed' and s.told_soon_of is distinct from s.due_day
      and s.due_day >= ${day}::date and s.due_day <= ${shiftDay(day, TOLD_DAYS_AHEAD)}::date and s.shipped - s.rejected < s.least`,
  },
  overdue: {
    side: 'buyer',
    event: dueEvents.deliveryOverdue,
    told: 'told_overdue_of',
    by: sql`s.due_day + s.grace_days`,
    untold: (day: string) => sql<boolean>`s.state = 'agreed' and s.told_overdue_of is distinct from s.due_day
      and s.due_day + s.grace_days < ${day}::date`,
  },
} as const

/** In whose name it is told: the buyer's, but of what only the supplier is told his. */
export const untoldDeliveries = (tx: Sql, kind: DeliveryKind, now: Date) =>
  tx
    .selectFrom('orders.schedule_line as s')
    .select(['s.order_id as id', `s.${deliveries[kind].side}_org as orgId`])
    .where(deliveries[kind].untold(chinaDay(now)))
    .orderBy(deliveries[kind].by)
    .limit(AT_ONCE)

const tellOwn = (db: OrdersDatabase, ctx: Context, due: readonly Due[]) =>
  db.inTenant(ctx, async (tx) => {
    const orders = await lockFree(tx, [...new Set(due.map(({ id }) => id))])
    const of = (kind: Due['kind']) => new Set(due.filter((row) => row.kind === kind).map(({ id }) => id))
    const ordersOf = (kind: Due['kind'], ids = of(kind)) => orders.filter(({ id }) => ids.has(id))
    await tellAnswers(tx, ctx, ordersOf('answer'))
    await tellDeliveries(tx, ctx, 'dueSoon', ordersOf('dueSoon'))
    await tellDeliveries(tx, ctx, 'overdue', ordersOf('overdue'))
  })

/** In id order, and without waiting: what somebody works on, or another worker tells of, has its turn a minute later. */
const lockFree = (tx: OrdersTx, ids: readonly OrderId[]): Promise<OrderRow[]> =>
  tx.sql
    .selectFrom('orders.order')
    .selectAll()
    .where('id', 'in', [...ids])
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .execute()

async function tellAnswers(tx: OrdersTx, ctx: Context, orders: readonly OrderRow[]): Promise<void> {
  if (orders.length === 0) return
  const told = await tx.sql
    .updateTable('orders.order as o')
    .set((eb) => ({ told_overdue_of: eb.ref('o.respond_by') }))
    .where('o.id', 'in', idsOf(orders))
    .where((eb) => eb.or([eb('o.buyer_org', '=', tx.orgId), eb('o.supplier_org', '=', tx.orgId)]))
    .where(answerUntold(ctx.now))
    .returningAll('o')
    .execute()
  const news = told.flatMap((order) => {
    if (!order.turn || !order.respond_by) return []
    return [{ key: order.id, payload: { ...newsOf(order), bySide: order.turn, respondBy: order.respond_by.toISOString() } }]
  })
  await publishAll(tx, ctx, dueEvents.answerOverdue, news)
}

async function tellDeliveries(tx: OrdersTx, ctx: Context, kind: DeliveryKind, orders: readonly OrderRow[]): Promise<void> {
  if (orders.length === 0) return
  const { told, untold, event } = deliveries[kind]
  const lines = await tx.sql
    .updateTable('orders.schedule_line as s')
    .set((eb) => ({ [told]: eb.ref('s.due_day') }))
    .where('s.order_id', 'in', idsOf(orders))
    .where((eb) => eb.or([eb('s.buyer_org', '=', tx.orgId), eb('s.supplier_org', '=', tx.orgId)]))
    .where(untold(chinaDay(ctx.now)))
    .returning(['s.order_id', 's.due_day'])
    .execute()
  const daysOf = Map.groupBy(lines, (line) => line.order_id)
  const news = orders.flatMap((order) => {
    const days = (daysOf.get(order.id) ?? []).map((line) => line.due_day).sort()
    const [day] = days
    return day ? [{ key: order.id, payload: { ...newsOf(order), day, deliveries: days.length } }] : []
  })
  await publishAll(tx, ctx, event, news)
}

const idsOf = (orders: readonly OrderRow[]): OrderId[] => orders.map(({ id }) => id)
