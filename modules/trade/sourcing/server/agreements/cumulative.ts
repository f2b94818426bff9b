import { opaque } from '#kernel/postgres.ts'
import { decimal, ZERO } from '#values/decimal.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import type { Counted } from './agreement-rules.ts'
import type { CallOffRow } from './agreement-store.ts'

const notProposed = new Set(['draft', 'awaitingApproval'])

/** What came of call-offs, by their orders: one question for all of them. */
export async function countedOf({ orders }: Pick<Rooms, 'orders'>, tx: SourcingTx, callOffs: readonly CallOffRow[]): Promise<Counted[]> {
  const progress = await orders.progress(
    opaque(tx),
    callOffs.map((one) => one.order_id),
  )
  return callOffs.flatMap(({ order_id, lines }) => {
    const order = progress.get(order_id)
    return lines.map(({ no, orderLine, netPrice, quantity }): Counted => {
      const line = order?.lines.get(orderLine)
      const waits = order !== undefined && notProposed.has(order.state)
      return {
        no,
        netPrice,
        committed: line?.committed ?? (waits ? decimal(quantity) : ZERO),
        shipped: line?.shipped ?? ZERO,
        received: line?.accepted ?? ZERO,
      }
    })
  })
}
