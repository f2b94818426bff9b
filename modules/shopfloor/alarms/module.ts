import type { ServerModule } from '#kernel/module.ts'
import { alarmsApi, alarmsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { AlarmsPublic } from './public.ts'
import { dueLoop } from './server/due-alarms.ts'
import { evaluationLoop } from './server/evaluation/evaluate.ts'
import { alarmsNotices, alarmsTodos } from './server/notices.ts'
import type { Rooms } from './server/rooms.ts'
import { alarmsRoutes } from './server/routes.ts'
import { createRule } from './server/rules.ts'
import zh from './zh.json' with { type: 'json' }

export const alarmsModule = (rooms: Rooms): ServerModule & { public: AlarmsPublic } => ({
  name: 'alarms',
  api: alarmsApi,
  permissions: alarmsPermissions,
  words: { zh, en },
  routes: alarmsRoutes(rooms),
  notices: alarmsNotices,
  todos: alarmsTodos,
  loops: [evaluationLoop(rooms), dueLoop(rooms)],
  public: { createRule: async (ctx, input) => (await createRule(rooms, ctx, input)).id },
})
