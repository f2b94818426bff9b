import type { ServerModule } from '#kernel/module.ts'
import { materialsApi, materialsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { materialsRoutes } from './server/routes.ts'
import type { MaterialsDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const materialsModule = ({ db }: { db: MaterialsDatabase }): ServerModule => ({
  name: 'materials',
  api: materialsApi,
  permissions: materialsPermissions,
  words: { zh, en },
  routes: materialsRoutes(db),
})
