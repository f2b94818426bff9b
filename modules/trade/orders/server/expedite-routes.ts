import type { Routes } from '#kernel/http.ts'
import { expediteApi } from '../expedite-contract.ts'
import { askExpedite, promiseExpedite, refuseExpedite, withdrawExpedite } from './expedite-delivery.ts'
import { expeditePage } from './expedite-store.ts'
import type { Rooms } from './rooms.ts'

export const expediteRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    on.serve(expediteApi.list, ({ ctx, query }) => rooms.db.inTenant(ctx, (tx) => expeditePage(tx, ctx, query)))
    on.serve(expediteApi.ask, ({ ctx, body }) => askExpedite(rooms, ctx, body))
    on.serve(expediteApi.promise, ({ ctx, params, body }) => promiseExpedite(rooms, ctx, params.id, body))
    on.serve(expediteApi.refuse, ({ ctx, params, body }) => refuseExpedite(rooms, ctx, params.id, body))
    on.serve(expediteApi.withdraw, ({ ctx, params, body }) => withdrawExpedite(rooms, ctx, params.id, body.version))
  }
