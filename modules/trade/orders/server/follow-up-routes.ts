import type { Routes } from '#kernel/http.ts'
import type { Translate } from '#kernel/words.ts'
import { followUpApi } from '../follow-up-contract.ts'
import { exportDeliveries } from './export-deliveries.ts'
import { countFollowUp, listDeliveries, listUnanswered } from './open-deliveries.ts'
import { readFigures } from './order-figures.ts'
import { listReminders, remindOrders } from './remind-orders.ts'
import type { Rooms } from './rooms.ts'

export const followUpRoutes =
  (rooms: Rooms, translate: Translate): Routes =>
  (on) => {
    on.serve(followUpApi.deliveries, ({ ctx, query }) => listDeliveries(rooms, ctx, query))
    on.serve(followUpApi.unanswered, ({ ctx, query }) => listUnanswered(rooms, ctx, query))
    on.serve(followUpApi.counts, ({ ctx, query }) => countFollowUp(rooms, ctx, query.side))
    on.serve(followUpApi.remind, ({ ctx, body }) => remindOrders(rooms, ctx, body))
    on.serve(followUpApi.reminders, ({ ctx, params }) => listReminders(rooms, ctx, params.id))
    on.serve(followUpApi.figures, ({ ctx, query }) => readFigures(rooms, ctx, query))
    on.serveFile(followUpApi.exportDeliveries, ({ ctx, query }) => exportDeliveries(rooms, ctx, query, translate))
  }
