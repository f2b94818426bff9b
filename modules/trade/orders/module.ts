import type { ServerModule } from '#kernel/module.ts'
import { ordersApi, ordersPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { ordersRoutes } from './server/routes.ts'
import type { OrdersDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const ordersModule = ({ db }: { db: OrdersDatabase }): ServerModule => ({
  name: 'orders',
  api: ordersApi,
  permissions: ordersPermissions,
  words: { zh, en },
  routes: ordersRoutes(db),
})
