import { opaque } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { TermLimit } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderRow } from './order-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** The limit that an order's term of payment goes beyond; sizes count as they were when the order was agreed, or else are today. */
export async function limitExceeded(
  { termLimit }: Pick<Rooms, 'termLimit'>,
  tx: OrdersTx,
  order: Pick<OrderRow, 'buyer_org' | 'supplier_org' | 'agreed_at'>,
  days: number | null,
  now: Date,
): Promise<TermLimit | null> {
  if (days === null || days === 0) return null
  const parties = { buyer: order.buyer_org, supplier: order.supplier_org }
  const sizesOn = chinaDay(order.agreed_at ?? now)
  return (await termLimit(opaque(tx), { ...parties, sizesOn, day: chinaDay(now), beyond: days })) ?? null
}

/** What whoever signs is told. Errors: orders.termTooLong, unless the same term is in force already. */
export async function signableTerm(rooms: Pick<Rooms, 'termLimit'>, tx: OrdersTx, order: OrderRow, days: number | null, now: Date) {
  const limit = await limitExceeded(rooms, tx, order, days, now)
  const inForce = order.agreed_revision !== null && order.payment_days === days
  if (limit?.blocking && !inForce) throw ordersErrors.termTooLong({ id: order.id, days: limit.days, source: limit.source })
  return limit
}

/** As buyer, of a supplier among the partners. */
export async function limitWith({ termLimit, organisations }: Rooms, tx: OrdersTx, supplier: OrgId, now: Date): Promise<TermLimit | null> {
  const today = chinaDay(now)
  if (!(await organisations.relationWith(opaque(tx), supplier, today))) return null
  return (await termLimit(opaque(tx), { buyer: tx.orgId, supplier, sizesOn: today, day: today })) ?? null
}
