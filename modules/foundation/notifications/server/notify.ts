import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { AccessPublic } from '#modules/foundation/access/public.ts'
import type { News } from '../public.ts'
import { putMessages } from './message-store.ts'
import type { NotificationsTx } from './tables.ts'

export async function notify(
  tx: NotificationsTx,
  ctx: Context,
  access: Pick<AccessPublic, 'personsWith'>,
  news: News,
  eventId: number | null = null,
): Promise<void> {
  const persons = 'persons' in news.to ? [...new Set(news.to.persons)] : await access.personsWith(opaque(tx), news.to.permission)
  const told = persons.filter((person) => person !== ctx.actor.id)
  if (told.length === 0) return
  await putMessages(tx, told, { kind: news.kind, subject: news.key, facts: news.values, path: news.path, eventId, now: ctx.now })
}
