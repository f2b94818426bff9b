import type { ServerModule } from '#kernel/module.ts'
import { qualityApi, qualityPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { awaitInspection } from './server/await-inspection.ts'
import { inspectionDocument, qualityTodos } from './server/document-kind.ts'
import type { Rooms } from './server/rooms.ts'
import { qualityRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const qualityModule = (rooms: Rooms): ServerModule => ({
  name: 'quality',
  api: qualityApi,
  permissions: qualityPermissions,
  words: { zh, en },
  routes: qualityRoutes(rooms),
  subscriptions: [awaitInspection(rooms)],
  documents: [inspectionDocument],
  todos: qualityTodos,
})
