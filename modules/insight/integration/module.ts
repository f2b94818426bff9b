import type { ServerModule } from '#kernel/module.ts'
import { integrationApi, integrationPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { integrationRoutes } from './server/routes.ts'
import type { Parts } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const integrationModule = (parts: Parts): ServerModule => ({
  name: 'integration',
  api: integrationApi,
  permissions: integrationPermissions,
  words: { zh, en },
  routes: integrationRoutes(parts),
})
