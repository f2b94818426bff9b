import type { Routes } from '#kernel/http.ts'
import { ordersApi } from '../contract.ts'
import { createOrder } from './create-order.ts'
import { listOrders } from './order-store.ts'
import { renameOrder } from './rename-order.ts'
import type { OrdersDatabase } from './tables.ts'

export const ordersRoutes =
  (db: OrdersDatabase): Routes =>
  (on) => {
    on.serve(ordersApi.list, ({ ctx, query }) => db.inTenant(ctx, (tx) => listOrders(tx, query)))
    on.serve(ordersApi.create, ({ ctx, body }) => createOrder(db, ctx, body))
    on.serve(ordersApi.rename, ({ ctx, params, body }) => renameOrder(db, ctx, params.id, body))
  }
