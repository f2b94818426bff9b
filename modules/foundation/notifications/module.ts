import type { Clock } from '#kernel/clock.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Notice } from '#kernel/notices.ts'
import { narrow } from '#kernel/postgres.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { notificationsApi, notificationsPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { NotificationsPublic } from './public.ts'
import { followEvents } from './server/follow-events.ts'
import { deleteOlder } from './server/message-store.ts'
import { notify } from './server/notify.ts'
import { notificationsRoutes } from './server/routes.ts'
import type { NotificationsDatabase, NotificationsSystem, NotificationsTables } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: NotificationsDatabase
  system: NotificationsSystem
  access: AccessPublic
  organisations: OrganisationsPublic
  clock: Clock
  /** Of all modules; most of them are composed after this one. */
  notices: () => readonly Notice[]
}

const DAY_MS = 24 * 3_600_000
const KEPT_DAYS = 180

export const notificationsModule = (deps: Deps): ServerModule & { public: NotificationsPublic } => ({
  name: 'notifications',
  api: notificationsApi,
  permissions: notificationsPermissions,
  words: { zh, en },
  routes: notificationsRoutes(deps.db),
  get subscriptions() {
    return followEvents(deps, deps.notices())
  },
  loops: [
    {
      name: 'notifications: old messages',
      intervalMs: DAY_MS,
      run: () => deleteOlder(deps.system, new Date(deps.clock.nowMs() - KEPT_DAYS * DAY_MS)),
    },
  ],
  public: {
    notify: (tx, ctx, news) => notify(narrow<NotificationsTables>(tx), ctx, deps.access, news),
  },
})
