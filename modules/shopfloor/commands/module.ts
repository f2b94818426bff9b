import type { ServerModule } from '#kernel/module.ts'
import { commandsApi, commandsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { CommandsPublic } from './public.ts'
import { allowPoint, switchSite } from './server/change-settings.ts'
import { endOverdue } from './server/end-overdue.ts'
import { followGateways } from './server/follow-gateways.ts'
import type { Rooms } from './server/rooms.ts'
import { commandRoutes } from './server/routes.ts'
import { commandNotices, commandTodos } from './server/todos-and-notices.ts'
import zh from './zh.json' with { type: 'json' }

export const commandsModule = (rooms: Rooms): ServerModule & { public: CommandsPublic } => ({
  name: 'commands',
  api: commandsApi,
  permissions: commandsPermissions,
  words: { zh, en },
  routes: commandRoutes(rooms),
  subscriptions: followGateways(rooms),
  loops: [endOverdue(rooms)],
  todos: commandTodos,
  notices: commandNotices,
  public: {
    allowPoint: (ctx, of, setting) => allowPoint(rooms, ctx, of, { ...setting, version: 0 }),
    switchOn: (ctx, siteId, reason) => switchSite(rooms, ctx, siteId, { on: true, reason, version: 0 }),
  },
})
