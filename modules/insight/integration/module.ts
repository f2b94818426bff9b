import type { ServerModule } from '#kernel/module.ts'
import { integrationApi, integrationPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { sandboxApi } from './sandbox-contract.ts'
import type { SandboxParts } from './server/open-sandbox.ts'
import { integrationRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const integrationModule = (parts: SandboxParts): ServerModule => ({
  name: 'integration',
  api: { ...integrationApi, ...sandboxApi },
  permissions: integrationPermissions,
  words: { zh, en },
  routes: integrationRoutes(parts),
})
