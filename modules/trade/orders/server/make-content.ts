import type { Context } from '#kernel/context.ts'
import { chinaDay } from '#values/instant.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderContent } from '../order-content.ts'
import type { Side } from '../order-states.ts'
import type { Proposal } from '../proposal.ts'
import type { OrderRow } from './order-store.ts'
import { floorsOf, highestNumbers } from './projection-store.ts'
import { applyProposal, belowFloors } from './proposal-rules.ts'
import { resolveLines } from './resolve-lines.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** What a side's proposal makes of what stands. Errors: orders.proposalInvalid, orders.priceNotAllowed. */
export async function makeContent(
  rooms: Pick<Rooms, 'materials'>,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  { base, proposal, side }: { base: OrderContent; proposal: Proposal; side: Side },
): Promise<OrderContent> {
  refuseOtherPrices(ctx, base, proposal)
  // A supplier adds no lines; the buyer's catalogue is none of his.
  const lines = side === 'buyer' ? proposal.added : []
  if (side === 'supplier' && proposal.added.length > 0) refuse([{ line: null, added: 0, delivery: null, code: 'buyersOnly' }])
  const resolved = await resolveLines(rooms, tx, ctx, { supplier: order.supplier_org, currency: base.terms.currency }, lines)
  if ('problems' in resolved) return refuse(resolved.problems)
  const highest = await highestNumbers(tx, order.id)
  const made = applyProposal(base, proposal, { side, today: chinaDay(ctx.now), added: resolved.added, highest })
  if ('problems' in made) return refuse(made.problems)
  const below = belowFloors(made.content, await floorsOf(tx, order.id))
  return below.length > 0 ? refuse(below) : made.content
}

function refuse(problems: readonly object[]): never {
  throw ordersErrors.proposalInvalid({ problems })
}

function refuseOtherPrices(ctx: Context, base: OrderContent, proposal: Proposal): void {
  if (ctx.scopes.permissions.has('orders.setPrices')) return
  const prices = new Map(base.lines.map((line) => [line.no, line]))
  const other = proposal.lines.some((line) => {
    const stands = prices.get(line.no)
    return (line.netPrice ?? stands?.netPrice) !== stands?.netPrice || (line.taxRate ?? stands?.taxRate) !== stands?.taxRate
  })
  if (other) throw ordersErrors.priceNotAllowed()
}
