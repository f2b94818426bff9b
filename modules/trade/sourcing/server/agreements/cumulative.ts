import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import type { OrderProgress } from '#modules/trade/orders/public.ts'
import { decimal, ZERO } from '#values/decimal.ts'
import type { Rooms } from '../rooms.ts'
import type { Counted } from './agreement-rules.ts'
import type { CallOffRow } from './agreement-store.ts'

const notProposed = new Set(['draft', 'awaitingApproval'])

/** How far the orders of call-offs have come: one question for all of them. */
export const progressOf = (
  { orders }: Pick<Rooms, 'orders'>,
  tx: OpaqueTx,
  callOffs: readonly CallOffRow[],
): Promise<Map<OrderId, OrderProgress>> =>
  orders.progress(
    tx,
    callOffs.map((one) => one.order_id),
  )

/** What came of call-offs, at the quantities and prices that their orders stand at now. */
export const countedOf = (progress: ReadonlyMap<OrderId, OrderProgress>, callOffs: readonly CallOffRow[]): Counted[] =>
  callOffs.flatMap(({ order_id, lines }) => {
    const order = progress.get(order_id)
    return lines.map(({ no, orderLine, netPrice, quantity }): Counted => {
      const line = order?.lines.get(orderLine)
      const waits = order !== undefined && notProposed.has(order.state)
      return {
        no,
        netPrice: line?.netPrice ?? netPrice,
        committed: line?.committed ?? (waits ? decimal(quantity) : ZERO),
        shipped: line?.shipped ?? ZERO,
        received: line?.accepted ?? ZERO,
      }
    })
  })
