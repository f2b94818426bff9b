import type { ServerModule } from '#kernel/module.ts'
import { logisticsApi, logisticsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { logisticsRoutes } from './server/routes.ts'
import type { LogisticsDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const logisticsModule = ({ db }: { db: LogisticsDatabase }): ServerModule => ({
  name: 'logistics',
  api: logisticsApi,
  permissions: logisticsPermissions,
  words: { zh, en },
  routes: logisticsRoutes(db),
})
