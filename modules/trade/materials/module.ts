import type { ServerModule } from '#kernel/module.ts'
import { materialsApi, materialsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { MaterialsPublic } from './public.ts'
import { materialsPublic } from './server/materials-public.ts'
import type { Rooms } from './server/rooms.ts'
import { materialsRoutes } from './server/routes.ts'
import { supplyApi } from './supply-contract.ts'
import zh from './zh.json' with { type: 'json' }

export const materialsModule = (rooms: Rooms): ServerModule & { public: MaterialsPublic } => ({
  name: 'materials',
  api: { ...materialsApi, ...supplyApi },
  permissions: materialsPermissions,
  words: { zh, en },
  routes: materialsRoutes(rooms),
  public: materialsPublic(rooms),
})
