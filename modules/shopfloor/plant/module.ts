import type { ServerModule } from '#kernel/module.ts'
import { plantApi, plantPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { PlantPublic } from './public.ts'
import { ownWorkdays } from './server/own-workdays.ts'
import { plantPublic } from './server/plant-public.ts'
import { plantReferences } from './server/reference-kinds.ts'
import { plantRoutes } from './server/routes.ts'
import type { PlantDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const plantModule = ({ db }: { db: PlantDatabase }): ServerModule & { public: PlantPublic } => ({
  name: 'plant',
  api: plantApi,
  permissions: plantPermissions,
  words: { zh, en },
  routes: plantRoutes(db),
  references: plantReferences,
  workdays: ownWorkdays(db),
  public: plantPublic(db),
})
