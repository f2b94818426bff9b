import type { ServerModule } from '#kernel/module.ts'
import { narrow } from '#kernel/postgres.ts'
import { notificationsApi, notificationsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { mailApi } from './mail-contract.ts'
import type { NotificationsPublic } from './public.ts'
import { deliverJob } from './server/deliver-webhooks.ts'
import { followEvents } from './server/follow-events.ts'
import { deleteOlderMails } from './server/mail-store.ts'
import { deleteOlder } from './server/message-store.ts'
import { notify } from './server/notify.ts'
import type { Parts } from './server/parts.ts'
import { notificationsRoutes } from './server/routes.ts'
import { digestLoop, mailJobs } from './server/send-mails.ts'
import { spreadEvents } from './server/spread-events.ts'
import type { NotificationsTables } from './server/tables.ts'
import { deleteOlderDeliveries } from './server/webhook-store.ts'
import { webhookApi } from './webhook-contract.ts'
import zh from './zh.json' with { type: 'json' }

const DAY_MS = 24 * 3_600_000
const MESSAGES_KEPT_DAYS = 180
const MAILS_KEPT_DAYS = 90
const DELIVERIES_KEPT_DAYS = 30

export const notificationsModule = (parts: Parts): ServerModule & { public: NotificationsPublic } => ({
  name: 'notifications',
  api: { ...notificationsApi, ...mailApi, ...webhookApi },
  permissions: notificationsPermissions,
  words: { zh, en },
  routes: notificationsRoutes(parts),
  get subscriptions() {
    return [...followEvents(parts, parts.notices()), ...spreadEvents(parts)]
  },
  jobs: [...mailJobs(parts), deliverJob(parts)],
  loops: [digestLoop(parts), { name: 'notifications: old messages and mails', intervalMs: DAY_MS, run: () => clearOld(parts) }],
  public: {
    notify: (tx, ctx, news) => notify(narrow<NotificationsTables>(tx), ctx, parts, news),
  },
})

async function clearOld({ system, clock }: Parts): Promise<void> {
  const before = (days: number) => new Date(clock.nowMs() - days * DAY_MS)
  await deleteOlder(system, before(MESSAGES_KEPT_DAYS))
  await deleteOlderDeliveries(system, before(DELIVERIES_KEPT_DAYS))
  await deleteOlderMails(system, before(MAILS_KEPT_DAYS))
}
