import type { ServerModule } from '#kernel/module.ts'
import { qualityApi, qualityPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { QualityPublic } from './public.ts'
import { awaitInspection } from './server/await-inspection.ts'
import { createDefect } from './server/defects.ts'
import { inspectionDocument, qualityTodos } from './server/document-kind.ts'
import type { Rooms } from './server/rooms.ts'
import { qualityRoutes } from './server/routes.ts'
import zh from './zh.json' with { type: 'json' }

export const qualityModule = (rooms: Rooms): ServerModule & { public: QualityPublic } => ({
  name: 'quality',
  api: qualityApi,
  permissions: qualityPermissions,
  words: { zh, en },
  routes: qualityRoutes(rooms),
  subscriptions: [awaitInspection(rooms)],
  documents: [inspectionDocument],
  todos: qualityTodos,
  public: { createDefect: (ctx, form) => createDefect(rooms, ctx, form) },
})
