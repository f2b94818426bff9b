import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { lineQuantity, type OrderContent } from '../order-content.ts'
import type { BoundLine } from '../public.ts'
import type { OrderRow } from './order-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** Asks what the order follows from. Errors: those of whatever bounds it. */
export async function keepBounds({ bounds }: Pick<Rooms, 'bounds'>, tx: OrdersTx, ctx: Context, order: OrderRow, content: OrderContent) {
  // Only an order that follows from something is bound by it.
  if (content.terms.reference === undefined) return
  for (const bound of bounds()) await bound(ctx, opaque(tx), { orderId: order.id, lines: linesOf(content) })
}

const linesOf = ({ lines }: OrderContent): BoundLine[] =>
  lines.map((line) => ({ no: line.no, quantity: lineQuantity(line), netPrice: line.netPrice }))
