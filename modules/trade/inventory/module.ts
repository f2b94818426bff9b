import type { ServerModule } from '#kernel/module.ts'
import { inventoryApi, inventoryPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { InventoryPublic } from './public.ts'
import { inventoryPublic } from './server/inventory-public.ts'
import type { Rooms } from './server/rooms.ts'
import { inventoryRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const inventoryModule = (rooms: Rooms): ServerModule & { public: InventoryPublic } => ({
  name: 'inventory',
  api: inventoryApi,
  permissions: inventoryPermissions,
  words: { zh, en },
  routes: inventoryRoutes(rooms),
  public: inventoryPublic(rooms),
})
