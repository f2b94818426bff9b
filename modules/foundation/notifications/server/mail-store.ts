import { sql } from 'kysely'
import type { z } from 'zod'
import { readPage } from '#kernel/page.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { mailApi, SentMail } from '../mail-contract.ts'
import type { Channel, MailSettingRow, NotificationsSystem, NotificationsTx } from './tables.ts'

export const readSetting = (tx: NotificationsTx, person: string): Promise<MailSettingRow | undefined> =>
  tx.sql
    .selectFrom('notifications.mail_setting')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person as PersonId)
    .executeTakeFirst()

/** Makes the row where there is none, and locks it. */
export async function lockSetting(tx: NotificationsTx, person: PersonId): Promise<MailSettingRow> {
  await tx.sql
    .insertInto('notifications.mail_setting')
    .values({ org_id: tx.orgId, person_id: person })
    .onConflict((conflict) => conflict.columns(['org_id', 'person_id']).doNothing())
    .execute()
  return tx.sql
    .selectFrom('notifications.mail_setting')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

export type SettingChange = Partial<Omit<MailSettingRow, 'org_id' | 'person_id' | 'id' | 'version' | 'choices' | 'phone_choices'>> & {
  choices?: string
  phone_choices?: string
}

export const changeSetting = (tx: NotificationsTx, { person_id: person, version }: MailSettingRow, change: SettingChange) =>
  tx.sql
    .updateTable('notifications.mail_setting')
    .set({ ...(change as object), version: version + 1 })
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person)
    .execute()

/** Those of the persons who have a confirmed address or telephone. */
export const settingsWithAddress = (tx: NotificationsTx, persons: readonly PersonId[]) =>
  tx.sql
    .selectFrom('notifications.mail_setting')
    .select(['person_id', 'email', 'normal_choice', 'choices', 'phone', 'phone_choices', 'quiet_from', 'quiet_until'])
    .where('org_id', '=', tx.orgId)
    .where('person_id', 'in', [...persons])
    .where((eb) => eb.or([eb('email', 'is not', null), eb('phone', 'is not', null)]))
    .execute()

interface NewMail {
  person: PersonId
  channel: Channel
  kind: string
  facts: Record<string, string>
  path: string
  mode: 'atOnce' | 'daily'
  now: Date
  due: Date
}

export const insertMail = async (tx: NotificationsTx, mail: NewMail): Promise<string> => {
  const row = await tx.sql
    .insertInto('notifications.mail')
    .values({
      org_id: tx.orgId,
      person_id: mail.person,
      channel: mail.channel,
      kind: mail.kind,
      facts: JSON.stringify(mail.facts) as never,
      path: mail.path,
      mode: mail.mode,
      created_at: mail.now,
      due_at: mail.due,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export const enqueueMail = (tx: NotificationsTx, task: string, payload: object, key: string, attempts: number) =>
  sql`select kernel.enqueue(${task}, ${JSON.stringify(payload)}::jsonb, null, null, ${attempts}, ${key})`.execute(tx.sql)

export const waitingMail = (tx: NotificationsTx, id: string) =>
  tx.sql
    .selectFrom('notifications.mail')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()

export const waitingDigest = (tx: NotificationsTx, { person, channel }: { person: PersonId; channel: Channel }, now: Date, limit: number) =>
  tx.sql
    .selectFrom('notifications.mail')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person)
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .where('mode', '=', 'daily')
    .where('due_at', '<=', now)
    .orderBy('created_at')
    .limit(limit)
    .execute()

export const settleMails = (
  tx: NotificationsTx,
  ids: readonly string[],
  result: { state: 'waiting' | 'sent' | 'failed'; reason: string | null; now: Date },
) =>
  tx.sql
    .updateTable('notifications.mail')
    .set((eb) => ({
      state: result.state,
      reason: result.reason,
      attempts: eb('attempts', '+', 1),
      sent_at: result.state === 'sent' ? result.now : null,
    }))
    .where('org_id', '=', tx.orgId)
    .where('id', 'in', [...ids])
    .execute()

export function mailPage(tx: NotificationsTx, person: string, list: z.output<typeof mailApi.mails.query>): Promise<Page<SentMail>> {
  let query = tx.sql
    .selectFrom('notifications.mail')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person as PersonId)
  if (list.state !== undefined) query = query.where('state', '=', list.state)
  if (list.channel !== undefined) query = query.where('channel', '=', list.channel)
  const order = { sorts: { createdAt: { by: 'created_at', type: 'timestamptz' as const } }, id: 'id' }
  return readPage(tx, query, list, order, (row) => ({
    id: row.id,
    channel: row.channel,
    kind: row.kind,
    values: row.facts,
    mode: row.mode,
    state: row.state,
    attempts: row.attempts,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
  }))
}

/** Whom a digest is due to, over all organisations. */
export const digestsDue = (system: NotificationsSystem, now: Date): Promise<{ org_id: OrgId; person_id: PersonId; channel: Channel }[]> =>
  system.inSystem((sqlOf) =>
    sqlOf
      .selectFrom('notifications.mail')
      .select(['org_id', 'person_id', 'channel'])
      .distinct()
      .where('state', '=', 'waiting')
      .where('mode', '=', 'daily')
      .where('due_at', '<=', now)
      .limit(10_000)
      .execute(),
  )

const DAY_MS = 24 * 3_600_000

/** How many short messages were sent to somebody since an instant: what went together counts once. */
export async function smsSince(tx: NotificationsTx, person: PersonId, since: Date): Promise<number> {
  const { n } = await tx.sql
    .selectFrom('notifications.mail')
    .select((eb) => eb.fn.count<string>('sent_at').distinct().as('n'))
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person)
    .where('channel', '=', 'sms')
    .where('created_at', '>=', new Date(since.getTime() - DAY_MS))
    .where('sent_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(n)
}

export const deleteOlderMails = (system: NotificationsSystem, before: Date) =>
  system.inSystem((sqlOf) => sqlOf.deleteFrom('notifications.mail').where('created_at', '<', before).execute())
