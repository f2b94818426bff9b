import type { Context } from '#kernel/context.ts'
import type { Routes } from '#kernel/http.ts'
import { PersonId } from '#modules/foundation/access/contract.ts'
import { notificationsApi } from '../contract.ts'
import { notificationsErrors } from '../errors.ts'
import { mailApi } from '../mail-contract.ts'
import { chooseMail, confirmCode, mailSettings, removeAddress, setEmail, setPhone } from './change-mail-settings.ts'
import { mailPage } from './mail-store.ts'
import { messagePage, setAllRead, setRead, unreadOf } from './message-store.ts'
import { tellPersons } from './notify.ts'
import type { Parts } from './parts.ts'
import { webhookRoutes } from './webhook-routes.ts'

const done = { done: true } as const

export const notificationsRoutes =
  (parts: Parts): Routes =>
  (on) => {
    const { db } = parts
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
      await sendTest(parts, ctx)
      return done
    })
    on.serve(mailApi.settings, ({ ctx }) => mailSettings(parts, ctx))
    on.serve(mailApi.choose, ({ ctx, body }) => chooseMail(parts, ctx, body))
    on.serve(mailApi.setEmail, ({ ctx, body }) => setEmail(parts, ctx, body.email))
    on.serve(mailApi.confirmEmail, ({ ctx, body }) => confirmCode(parts, ctx, 'mail', body.code))
    on.serve(mailApi.removeEmail, ({ ctx }) => removeAddress(parts, ctx, 'mail'))
    on.serve(mailApi.setPhone, ({ ctx, body }) => setPhone(parts, ctx, body.phone))
    on.serve(mailApi.confirmPhone, ({ ctx, body }) => confirmCode(parts, ctx, 'sms', body.code))
    on.serve(mailApi.removePhone, ({ ctx }) => removeAddress(parts, ctx, 'sms'))
    webhookRoutes(parts)(on)
    on.serve(mailApi.mails, ({ ctx, query }) => db.inTenant(ctx, (tx) => mailPage(tx, ctx.actor.id, query)))
  }

async function sendTest(parts: Parts, ctx: Context): Promise<void> {
  if (ctx.actor.kind !== 'user') throw notificationsErrors.personsOnly()
  const news = { kind: 'notifications.test', values: {}, path: '/notifications', key: 'test' }
  await parts.db.inTenant(ctx, (tx) => tellPersons(tx, ctx, parts, [PersonId.parse(ctx.actor.id)], news))
}
