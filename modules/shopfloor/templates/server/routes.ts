import type { Routes } from '#kernel/http.ts'
import { templatesApi } from '../contract.ts'
import { applyTemplate } from './apply-template.ts'
import { readTemplate } from './read-template.ts'
import type { Rooms } from './rooms.ts'
import { summaryOf } from './template-rules.ts'

export const templatesRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(templatesApi.list, async () => ({ templates: [...rooms.templates().values()].map(summaryOf) }))
    on.serve(templatesApi.get, ({ ctx, params, query }) => readTemplate(rooms, ctx, params.industry, query.siteId))
    on.serve(templatesApi.apply, ({ ctx, params, body }) => applyTemplate(rooms, ctx, params.industry, body))
  }
