import type { Routes } from '#kernel/http.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { notificationsApi } from '../contract.ts'
import { notificationsErrors } from '../errors.ts'
import { messagePage, putMessages, setAllRead, setRead, unreadOf } from './message-store.ts'
import type { NotificationsDatabase } from './tables.ts'

const done = { done: true } as const

export const notificationsRoutes =
  (db: NotificationsDatabase): Routes =>
  (on) => {
    on.serve(notificationsApi.messages, ({ ctx, query }) => db.inTenant(ctx, (tx) => messagePage(tx, ctx.actor.id, query)))
    on.serve(notificationsApi.unread, ({ ctx }) => db.inTenant(ctx, (tx) => unreadOf(tx, ctx.actor.id)))
    on.serve(notificationsApi.markRead, async ({ ctx, params }) => {
      const read = await db.inTenant(ctx, (tx) => setRead(tx, ctx.actor.id, params.id, ctx.now))
      if (!read) throw notificationsErrors.messageNotFound({ id: params.id })
      return done
    })
    on.serve(notificationsApi.markAllRead, async ({ ctx, body }) => {
      await db.inTenant(ctx, (tx) => setAllRead(tx, ctx.actor.id, new Date(body.until), ctx.now))
      return done
    })
    on.serve(notificationsApi.sendTest, async ({ ctx }) => {
      if (ctx.actor.kind !== 'user') throw notificationsErrors.personsOnly()
      const message = { kind: 'notifications.test', subject: 'test', facts: {}, path: '/notifications', eventId: null, now: ctx.now }
      await db.inTenant(ctx, (tx) => putMessages(tx, [PersonId.parse(ctx.actor.id)], message))
      return done
    })
  }
