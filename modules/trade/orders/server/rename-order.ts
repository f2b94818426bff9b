import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { lockOrder, setOrderName } from './order-store.ts'
import type { OrdersDatabase } from './tables.ts'

export const renameOrder = (db: OrdersDatabase, ctx: Context, id: OrderId, { version, name }: { version: number; name: string }) =>
  db
    .inTenant(ctx, async (tx) => {
      const order = await lockOrder(tx, id)
      if (!order) throw ordersErrors.notFound({ id })
      if (order.version !== version) throw ordersErrors.changedMeanwhile({ id, version: order.version })
      return setOrderName(tx, id, name)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'order_name' ? ordersErrors.nameTaken({ name }) : error
    })
