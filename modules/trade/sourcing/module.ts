import type { ServerModule } from '#kernel/module.ts'
import { sourcingApi, sourcingPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { sourcingNotices, sourcingTodos } from './server/news.ts'
import type { Rooms } from './server/rooms.ts'
import { sourcingRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const sourcingModule = (rooms: Rooms): ServerModule => ({
  name: 'sourcing',
  api: sourcingApi,
  permissions: sourcingPermissions,
  words: { zh, en },
  routes: sourcingRoutes(rooms),
  notices: sourcingNotices,
  todos: sourcingTodos,
})
