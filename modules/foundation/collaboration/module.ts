import type { ServerModule } from '#kernel/module.ts'
import { collaborationApi, collaborationPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { followEvents } from './server/follow-events.ts'
import type { Parts } from './server/parts.ts'
import { collaborationRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const collaborationModule = (parts: Parts): ServerModule => ({
  name: 'collaboration',
  api: collaborationApi,
  permissions: collaborationPermissions,
  words: { zh, en },
  routes: collaborationRoutes(parts),
  get subscriptions() {
    return followEvents(parts)
  },
})
