import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { ordersErrors } from '../errors.ts'
import { insertOrder } from './order-store.ts'
import type { OrdersDatabase } from './tables.ts'

export const createOrder = (db: OrdersDatabase, ctx: Context, { name }: { name: string }) =>
  db
    .inTenant(ctx, (tx) => insertOrder(tx, name))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'order_name' ? ordersErrors.nameTaken({ name }) : error
    })
