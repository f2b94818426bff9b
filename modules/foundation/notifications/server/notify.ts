import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { MailChoice } from '../mail-contract.ts'
import type { News } from '../public.ts'
import { choiceOf, MAX_ATTEMPTS, nextDigest, quietUntil } from './mail-rules.ts'
import { enqueueMail, insertMail, settingsWithAddress } from './mail-store.ts'
import { putMessages } from './message-store.ts'
import type { Parts } from './parts.ts'
import type { Channel, NotificationsTx } from './tables.ts'

type Told = Omit<News, 'to' | 'eventId'> & { eventId?: number | null }

export async function notify(
  tx: NotificationsTx,
  ctx: Context,
  parts: Pick<Parts, 'access' | 'mailer' | 'sms'>,
  news: News,
): Promise<void> {
  const persons = 'persons' in news.to ? [...new Set(news.to.persons)] : await parts.access.personsWith(opaque(tx), news.to.permission)
  await tellPersons(
    tx,
    ctx,
    parts,
    persons.filter((person) => person !== ctx.actor.id),
    news,
  )
}

/** Into the inbox always; by e-mail and short message as each has chosen, what falls into quiet hours in one at their end. */
export async function tellPersons(
  tx: NotificationsTx,
  ctx: Context,
  { mailer, sms }: Pick<Parts, 'mailer' | 'sms'>,
  persons: readonly PersonId[],
  { kind, values, path, key, eventId = null }: Told,
): Promise<void> {
  if (persons.length === 0) return
  const told = await putMessages(tx, persons, { kind, subject: key, facts: values, path, eventId, now: ctx.now })
  if (!(mailer || sms) || told.length === 0) return
  for (const setting of await settingsWithAddress(tx, told)) {
    const choices: Record<Channel, MailChoice | undefined> = {
      mail: mailer && setting.email !== null ? choiceOf({ normal: setting.normal_choice, byKind: setting.choices }, kind) : undefined,
      sms: sms && setting.phone !== null ? setting.phone_choices[kind] : undefined,
    }
    for (const channel of ['mail', 'sms'] as const) {
      const choice = choices[channel]
      if (choice === undefined || choice === 'none') continue
      const later = choice === 'daily' ? nextDigest(ctx.now) : choice === 'atOnce' ? quietUntil(setting, ctx.now) : undefined
      const [mode, due] = later ? (['daily', later] as const) : (['atOnce', ctx.now] as const)
      const id = await insertMail(tx, { person: setting.person_id, channel, kind, facts: values, path, mode, now: ctx.now, due })
      if (mode === 'atOnce') await enqueueMail(tx, SEND_MAIL, { orgId: tx.orgId, id }, `${SEND_MAIL}:${id}`, MAX_ATTEMPTS + 1)
    }
  }
}

export const SEND_MAIL = 'notifications.sendMail'
