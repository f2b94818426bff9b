import type { ServerModule } from '#kernel/module.ts'
import { inventoryApi, inventoryPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { inventoryRoutes } from './server/routes.ts'
import type { InventoryDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const inventoryModule = ({ db }: { db: InventoryDatabase }): ServerModule => ({
  name: 'inventory',
  api: inventoryApi,
  permissions: inventoryPermissions,
  words: { zh, en },
  routes: inventoryRoutes(db),
})
