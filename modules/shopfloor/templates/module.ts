import type { ServerModule } from '#kernel/module.ts'
import { templatesApi, templatesPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { Rooms } from './server/rooms.ts'
import { templatesRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const templatesModule = (rooms: Rooms): ServerModule => ({
  name: 'templates',
  api: templatesApi,
  permissions: templatesPermissions,
  words: { zh, en },
  routes: templatesRoutes(rooms),
})
