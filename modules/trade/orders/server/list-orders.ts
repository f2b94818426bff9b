import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { OrderHead } from '../contract.ts'
import { type OrderState, otherSide, type Side } from '../order-states.ts'
import { headView } from './order-view.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

export interface OrderFilter extends ListQuery {
  side: Side
  state?: OrderState | undefined
  waitsFor?: 'me' | 'partner' | 'any' | undefined
  partnerId?: OrgId | undefined
  late?: boolean | undefined
}

export const listOrders = (rooms: Pick<Rooms, 'db'>, ctx: Context, filter: OrderFilter): Promise<Page<OrderHead>> =>
  rooms.db.inTenant(ctx, (tx) => orderPage(tx, ctx, filter))

export const orderPage = (tx: OrdersTx, ctx: Context, filter: OrderFilter): Promise<Page<OrderHead>> =>
  readPage(tx, filtered(tx, ctx, filter), filter, orders, (row) => headView(row, tx.orgId, ctx.now))

export const orders = {
  sorts: {
    createdAt: { by: 'o.created_at', type: 'timestamptz' as const },
    respondBy: { by: 'o.answer_order', type: 'timestamptz' as const },
    nextDay: { by: 'o.due_order', type: 'date' as const },
  },
  id: 'o.id',
}

export function filtered(tx: OrdersTx, ctx: Context, { side, state, waitsFor, partnerId, late, search }: OrderFilter) {
  const [own, other] = side === 'buyer' ? (['buyer', 'supplier'] as const) : (['supplier', 'buyer'] as const)
  let query = tx.sql.selectFrom('orders.order as o').selectAll('o').where(`o.${own}_org`, '=', tx.orgId)
  // The supplier's indexes hold what was proposed to him and nothing else; he sees nothing else anyway.
  if (side === 'supplier') query = query.where('o.proposed_at', 'is not', null)
  if (state) query = query.where(state === 'agreed' ? sql<boolean>`o.state = 'agreed'` : sql<boolean>`o.state = ${state}`)
  // Written as the indexes' own conditions: a parameter would not match them.
  if (waitsFor === 'me' && side === 'buyer') query = query.where(sql<boolean>`(o.turn = 'buyer' or o.state = 'awaitingApproval')`)
  else if (waitsFor === 'me') query = query.where(sql<boolean>`o.turn = 'supplier'`)
  if (waitsFor === 'partner') query = query.where('o.turn', '=', otherSide(side))
  if (waitsFor === 'any') query = query.where('o.turn', 'is not', null)
  if (partnerId) query = query.where(`o.${other}_org`, '=', partnerId)
  if (late) query = query.where(sql<boolean>`o.state = 'agreed'`).where('o.due_order', '<', chinaDay(ctx.now))
  for (const word of (search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    query = query.where(
      sql<boolean>`strpos(lower(${sql.ref('o.number')} || ' ' || ${sql.ref(`o.${other}_name`)} || ' ' || coalesce(${sql.ref(`o.${other}_name_en`)}, '')), ${word}) > 0`,
    )
  return query
}

export const countOrders = (rooms: Pick<Rooms, 'db'>, ctx: Context, side: Side) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const own = sql.ref(`${side}_org`)
    const { rows } = await sql<{ mine: number; talked: number; agreed: number }>`select
        count(*) filter (where turn = ${side} or (${side} = 'buyer' and state = 'awaitingApproval'))::int as mine,
        count(*) filter (where turn is not null)::int as talked,
        count(*) filter (where state = 'agreed')::int as agreed
      from orders.order where ${own} = ${tx.orgId} and state in ('awaitingApproval', 'proposed', 'agreed')`.execute(tx.sql)
    return rows[0] ?? { mine: 0, talked: 0, agreed: 0 }
  })
