import { sql } from 'kysely'
import type { z } from 'zod'
import { readPage } from '#kernel/page.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { Page } from '#values/list.ts'
import type { Message, MessageId, notificationsApi } from '../contract.ts'
import type { NotificationsSystem, NotificationsTx } from './tables.ts'

const UNREAD_COUNTED = 1_000

export interface NewMessage {
  kind: string
  subject: string
  facts: Record<string, string>
  path: string
  /** Null: told directly, not by an event. */
  eventId: number | null
  now: Date
}

/** Whose inbox it is new to or renewed in; an event that was delivered before tells nobody again. */
export async function putMessages(tx: NotificationsTx, persons: readonly PersonId[], message: NewMessage): Promise<PersonId[]> {
  const { kind, subject, facts, path, eventId, now } = message
  const { rows } = await sql<{ person_id: PersonId }>`
    insert into notifications.message as m (org_id, person_id, kind, subject, facts, path, event_id, told_at)
    select ${tx.orgId}, p, ${kind}, ${subject}, ${JSON.stringify(facts)}::jsonb, ${path}, ${eventId}, ${now}
    from unnest(${[...persons]}::uuid[]) p
    on conflict on constraint message_subject do update set facts = excluded.facts, path = excluded.path, event_id = excluded.event_id,
      told_at = excluded.told_at, times = case when m.read_at is null then m.times + 1 else 1 end, read_at = null
    where m.event_id is null or excluded.event_id is null or excluded.event_id > m.event_id
    returning person_id`.execute(tx.sql)
  return rows.map((row) => row.person_id)
}

export function messagePage(
  tx: NotificationsTx,
  person: string,
  list: z.output<typeof notificationsApi.messages.query>,
): Promise<Page<Message>> {
  let query = tx.sql
    .selectFrom('notifications.message')
    .select(['id', 'kind', 'facts', 'path', 'times', 'told_at', 'read_at'])
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person as PersonId)
  if (list.unread !== undefined) query = query.where('read_at', list.unread ? 'is' : 'is not', null)
  if (list.from !== undefined) query = query.where(sql`split_part(kind, '.', 1)`, '=', list.from)
  const order = { sorts: { toldAt: { by: 'told_at', type: 'timestamptz' as const } }, id: 'id' }
  return readPage(tx, query, list, order, (row) => ({
    id: row.id,
    kind: row.kind,
    values: row.facts,
    path: row.path,
    times: row.times,
    toldAt: row.told_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  }))
}

export async function unreadOf(tx: NotificationsTx, person: string): Promise<{ unread: number; senders: string[] }> {
  const { rows } = await sql<{ unread: number; senders: string[] }>`
    select (select count(*)::int from (select from notifications.message
        where org_id = ${tx.orgId} and person_id = ${person} and read_at is null limit ${UNREAD_COUNTED}) counted) as unread,
      array(select distinct split_part(kind, '.', 1) from notifications.message where org_id = ${tx.orgId} and person_id = ${person} order by 1) as senders`.execute(
    tx.sql,
  )
  return rows[0] ?? { unread: 0, senders: [] }
}

export const setRead = (tx: NotificationsTx, person: string, id: MessageId, now: Date) =>
  tx.sql
    .updateTable('notifications.message')
    .set((eb) => ({ read_at: eb.fn.coalesce('read_at', eb.val(now)) }))
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person as PersonId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()

export const setAllRead = (tx: NotificationsTx, person: string, until: Date, now: Date) =>
  tx.sql
    .updateTable('notifications.message')
    .set({ read_at: now })
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', person as PersonId)
    .where('read_at', 'is', null)
    .where('told_at', '<=', until)
    .execute()

export const deleteOlder = (system: NotificationsSystem, before: Date) =>
  system.inSystem((sqlOf) => sqlOf.deleteFrom('notifications.message').where('told_at', '<', before).execute())
