import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { narrow } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { DraftInput, type OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderState } from '../order-states.ts'
import type { OrderProgress, OrdersPublic } from '../public.ts'
import { makeDraft } from './create-order.ts'
import { onTimeByPartner } from './order-figures.ts'
import { settingsOf } from './order-settings.ts'
import type { Rooms } from './rooms.ts'
import { submitDraft } from './submit-order.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

const FIRST_VERSION = 1

/** Orders that follow from other documents, in the transaction of these. */
export const ordersOfOthers = (rooms: Rooms): Pick<OrdersPublic, 'makeDraft' | 'place' | 'progress' | 'defaults' | 'punctuality'> => ({
  makeDraft: (tx, ctx, draft, reference) => draftFor(rooms, narrow<OrdersTables>(tx), ctx, draft, reference),
  place: async (opaqueTx, ctx, draft, reference) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const id = await draftFor(rooms, tx, ctx, draft, reference)
    await submitDraft(rooms, tx, ctx, id, { version: FIRST_VERSION, note: '' })
    return id
  },
  progress: (tx, ids) => progressOf(narrow<OrdersTables>(tx), ids),
  defaults: (tx) => settingsOf(narrow<OrdersTables>(tx)),
  punctuality: async (tx, ctx, suppliers, period) => {
    if (suppliers.length === 0) return new Map()
    const figures = await onTimeByPartner(narrow<OrdersTables>(tx), ctx, { side: 'buyer', ...period, partners: suppliers })
    return new Map(figures.map(({ partnerId, onTime, due, rate }) => [partnerId, { onTime, due, rate }]))
  },
})

/** Whoever may ask, award or call off needs the permission of orders too: what he makes is an order. Errors: orders.mayNotOrder. */
async function draftFor(rooms: Rooms, tx: OrdersTx, ctx: Context, draft: z.input<typeof DraftInput>, reference: string): Promise<OrderId> {
  if (!ctx.scopes.permissions.has('orders.manage')) throw ordersErrors.mayNotOrder()
  return makeDraft(rooms, tx, ctx, DraftInput.parse(draft), reference)
}

async function progressOf(tx: OrdersTx, ids: readonly OrderId[]): Promise<Map<OrderId, OrderProgress>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{
    id: OrderId
    number: string
    state: OrderState
    lineNo: number | null
    committed: string
    netPrice: string
    shipped: string
    accepted: string
    schedule: { day: string; quantity: string }[]
  }>`select o.id, o.number, o.state, s.line_no as "lineNo",
      sum(case when s.state in ('ended', 'dropped') then greatest(s.shipped - s.rejected, 0) else s.due_quantity end)::text as committed,
      min(l.net_price)::text as "netPrice", sum(s.shipped)::text as shipped, sum(s.accepted)::text as accepted,
      coalesce(jsonb_agg(jsonb_build_object('day', s.due_day, 'quantity', s.due_quantity::text) order by s.due_day, s.schedule_no)
        filter (where s.state <> 'dropped'), '[]') as schedule
    from orders.order o left join orders.schedule_line s on s.order_id = o.id and ${tx.orgId} in (s.buyer_org, s.supplier_org)
      left join orders.line l on l.id = s.line_id and ${tx.orgId} in (l.buyer_org, l.supplier_org)
    where o.id = any(${[...ids]}::uuid[]) and ${tx.orgId} in (o.buyer_org, o.supplier_org)
    group by o.id, s.line_no`.execute(tx.sql)
  const orders = new Map<OrderId, OrderProgress>()
  for (const { id, number, state, lineNo, committed, netPrice, shipped, accepted, schedule } of rows) {
    const order = orders.get(id) ?? { number, state, lines: new Map() }
    orders.set(id, order)
    if (lineNo === null) continue
    order.lines.set(lineNo, {
      committed: decimal(committed),
      netPrice: writeDecimal(decimal(netPrice)),
      shipped: decimal(shipped),
      accepted: decimal(accepted),
      schedule: schedule.map(({ day, quantity }) => ({ day, quantity: writeDecimal(decimal(quantity)) })),
    })
  }
  return orders
}
