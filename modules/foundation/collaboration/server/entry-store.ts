import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { DocumentCopy } from '#kernel/documents.ts'
import { inlineTypes } from '#kernel/media-types.ts'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { Page } from '#values/list.ts'
import type { collaborationApi, Entry, EntryId } from '../contract.ts'
import type { CollaborationTx, EntryRow } from './tables.ts'

export interface RecordKey {
  entity: string
  recordId: string
}

// Row-level security hides what concerns neither side; the predicate is here so that a party is named all the same.
const visible = (tx: CollaborationTx) =>
  tx.sql
    .selectFrom('collaboration.entry')
    .selectAll()
    .where((eb) => eb.or([eb('author_org', '=', tx.orgId), eb('partner_org', '=', tx.orgId)]))

const ofRecord = (tx: CollaborationTx, { entity, recordId }: RecordKey) =>
  visible(tx).where('entity', '=', entity).where('record_id', '=', recordId)

export const readEntry = (tx: CollaborationTx, id: EntryId) => visible(tx).where('id', '=', id).executeTakeFirst()

export interface Look {
  ctx: Context
  nameOf: (orgId: OrgId) => string
}

export const toEntry = (row: EntryRow, { ctx, nameOf }: Look): Entry => {
  const own = row.author_org === ctx.orgId
  const removed = row.removed_at !== null
  return {
    id: row.id,
    kind: row.kind,
    at: row.at.toISOString(),
    organisation: nameOf(row.author_org),
    own,
    shared: row.partner_org !== null,
    forAll: own && (row.for_all || row.origin_id !== null),
    // Who did it inside the other party is its own affair; who writes to us says his name.
    author: own || row.kind !== 'event' ? row.author_name : null,
    event: row.event,
    text: row.body,
    file:
      row.kind === 'file' && !removed
        ? {
            name: row.file_name ?? '',
            mediaType: row.media_type ?? '',
            bytes: row.bytes ?? 0,
            inline: inlineTypes.has(row.media_type ?? ''),
          }
        : null,
    removed,
    removable: own && !removed && row.kind !== 'event' && row.origin_id === null && row.author_id === ctx.actor.id,
  }
}

export function entryPage(
  tx: CollaborationTx,
  key: RecordKey,
  list: z.output<typeof collaborationApi.entries.query>,
  look: Look,
): Promise<Page<Entry>> {
  let query = ofRecord(tx, key)
  if (list.kind !== undefined) query = query.where('kind', '=', list.kind)
  return readPage(tx, query, list, { sorts: { at: { by: 'at', type: 'timestamptz' } }, id: 'id' }, (row) => toEntry(row, look))
}

export async function countFiles(tx: CollaborationTx, key: RecordKey): Promise<number> {
  const { n } = await ofRecord(tx, key)
    .where('kind', '=', 'file')
    .where('removed_at', 'is', null)
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}

/** Who of one's own has written on it. */
export async function writersOf(tx: CollaborationTx, key: RecordKey): Promise<string[]> {
  const rows = await ofRecord(tx, key)
    .where('author_org', '=', tx.orgId)
    .where('author_kind', '=', 'user')
    .where('kind', '!=', 'event')
    .clearSelect()
    .select('author_id')
    .distinct()
    .execute()
  return rows.map((row) => row.author_id)
}

type Said = Partial<Omit<EntryRow, 'id' | 'origin_id' | 'author_org' | 'entity' | 'record_id' | 'at' | 'removed_at'>> &
  Pick<EntryRow, 'kind' | 'partner_org'>

/** Undefined: the event stands there already. */
export const insertEntry = (tx: CollaborationTx, ctx: Context, { entity, recordId }: RecordKey, said: Said, at = ctx.now) =>
  tx.sql
    .insertInto('collaboration.entry')
    .values({
      author_org: tx.orgId,
      entity,
      record_id: recordId,
      author_kind: ctx.actor.kind,
      author_id: ctx.actor.id,
      author_name: ctx.actor.name ?? null,
      at,
      origin_id: null,
      ...said,
    })
    .onConflict((conflict) => conflict.column('event_id').doNothing())
    .returningAll()
    .executeTakeFirst()

/** What was written for all who hold a copy of the document; locked, so that none is copied while it is taken back. */
export const writtenForAll = (tx: CollaborationTx, key: RecordKey) =>
  ofRecord(tx, key).where('author_org', '=', tx.orgId).where('for_all', '=', true).where('removed_at', 'is', null).forShare().execute()

export interface Copied {
  of: EntryRow
  copy: DocumentCopy
  at: Date
}

/** A row for each copy, in the words and the name of the original; what stands there already is left as it is. */
export async function insertCopies(tx: CollaborationTx, copied: readonly Copied[]): Promise<EntryRow[]> {
  if (copied.length === 0) return []
  return tx.sql
    .insertInto('collaboration.entry')
    .values(
      copied.map(({ of: { id, mentions: _, for_all: __, ...original }, copy, at }) => ({
        ...original,
        partner_org: copy.holder,
        entity: copy.entity,
        record_id: copy.id,
        at,
        origin_id: id,
      })),
    )
    .onConflict((conflict) => conflict.columns(['origin_id', 'record_id']).where('origin_id', 'is not', null).doNothing())
    .returningAll()
    .execute()
}

/** With it every copy: after the original, which waits for whoever copies it at this moment. */
export async function takeBack(tx: CollaborationTx, id: EntryId, now: Date): Promise<void> {
  for (const column of ['id', 'origin_id'] as const)
    await tx.sql
      .updateTable('collaboration.entry')
      .set({ removed_at: now, body: null })
      .where('author_org', '=', tx.orgId)
      .where(column, '=', id)
      .where('removed_at', 'is', null)
      .execute()
}
