import type { Context } from '#kernel/context.ts'
import { addFile, type Files, removeFile } from '#kernel/files.ts'
import { documentKinds } from '#kernel/media-types.ts'
import { publishAll } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { Upload } from '#kernel/upload.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { collaborationEvents, type Entry, type EntryId } from '../contract.ts'
import { collaborationErrors } from '../errors.ts'
import { countFiles, insertCopies, insertEntry, type RecordKey, readEntry, takeBack, toEntry } from './entry-store.ts'
import { type OpenDocument, openDocument, pathOf, peopleOf, titleOf } from './open-document.ts'
import type { Parts } from './parts.ts'
import type { CollaborationTx, EntryRow } from './tables.ts'

const FILES_LIMIT = 200

interface Audience {
  partner_org: OrgId | null
  for_all: boolean
}

/** Internal unless the writer says otherwise. Errors: collaboration.noPartner. */
function sharedWith({ partner, kind }: OpenDocument, shared: boolean): Audience {
  const forAll = shared && kind.copies !== undefined
  if (shared && partner === null && !forAll) throw collaborationErrors.noPartner()
  return { partner_org: shared && !forAll ? partner : null, for_all: forAll }
}

export const writeComment = (
  parts: Parts,
  ctx: Context,
  key: RecordKey,
  { text, shared, mentions }: { text: string; shared: boolean; mentions: readonly PersonId[] },
): Promise<Entry> =>
  parts.db.inTenant(ctx, async (tx) => {
    const document = await openDocument(parts, tx, ctx, key)
    const audience = sharedWith(document, shared)
    const mentioned = [...new Set(mentions)]
    const people = new Set((await peopleOf(parts, tx, document)).map((person) => person.id))
    if (mentioned.some((person) => !people.has(person))) throw collaborationErrors.unknownPerson()
    const row = inserted(await insertEntry(tx, ctx, key, { kind: 'comment', ...audience, body: text, mentions: mentioned }))
    await parts.notifications.notify(opaque(tx), ctx, {
      kind: 'collaboration.mentioned',
      to: { persons: mentioned },
      values: { author: ctx.actor.name ?? '', document: titleOf(document) },
      path: pathOf(document, key.recordId),
      key: `${key.entity} ${key.recordId}`,
    })
    await tellOthers(tx, ctx, row, document)
    return toEntry(row, document.look)
  })

export async function attachFile(
  parts: Parts,
  ctx: Context,
  key: RecordKey,
  { fileName, shared, upload }: { fileName: string; shared: boolean; upload: Upload },
): Promise<Entry> {
  // Whether he may is asked before a byte of it is read.
  await parts.db.inTenant(ctx, async (tx) => sharedWith(await openDocument(parts, tx, ctx, key), shared))
  const given = { upload, name: fileName, allowed: documentKinds }
  return parts.files.take(ctx, given, (file) =>
    parts.db.inTenant(ctx, async (tx) => {
      const document = await openDocument(parts, tx, ctx, key)
      const audience = sharedWith(document, shared)
      if ((await countFiles(tx, key)) >= FILES_LIMIT) throw collaborationErrors.tooManyFiles({ limit: FILES_LIMIT })
      const [module = '', kind = ''] = key.entity.split('.')
      const row = await insertEntry(tx, ctx, key, {
        kind: 'file',
        ...audience,
        file_id: await addFile(tx, ctx, file, { module, kind, id: key.recordId }),
        file_name: file.name,
        media_type: file.mediaType,
        bytes: file.bytes,
        sha256: Buffer.from(file.sha256, 'hex'),
        object_key: file.objectKey,
      })
      await tellOthers(tx, ctx, inserted(row), document)
      return toEntry(inserted(row), document.look)
    }),
  )
}

function inserted(row: EntryRow | undefined): EntryRow {
  if (!row) throw new Error('An entry got no row.')
  return row
}

/** The other party; of what is written for all each who holds a copy, on his own. */
async function tellOthers(tx: CollaborationTx, ctx: Context, row: EntryRow, { kind }: OpenDocument): Promise<void> {
  const copies = row.for_all && kind.copies ? await kind.copies(ctx, opaque(tx), row.record_id) : []
  const written = await insertCopies(
    tx,
    copies.map((copy) => ({ of: row, copy, at: ctx.now })),
  )
  await publishAll(
    tx,
    ctx,
    collaborationEvents.told,
    [row, ...written].flatMap(({ id: entryId, entity, record_id, author_org: authorOrg, partner_org: partnerOrg }) =>
      partnerOrg === null ? [] : [{ key: record_id, payload: { entryId, entity, recordId: record_id as never, authorOrg, partnerOrg } }],
    ),
  )
}

export const removeEntry = (parts: Parts, ctx: Context, id: EntryId): Promise<void> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await visibleEntry(parts, tx, ctx, id)
    if (row.author_org !== ctx.orgId || row.author_id !== ctx.actor.id || row.kind === 'event') throw collaborationErrors.notAuthor({ id })
    if (row.origin_id !== null) throw collaborationErrors.writtenForAll({ id })
    await takeBack(tx, id, ctx.now)
    if (row.file_id !== null) await removeFile(tx, ctx, row.file_id)
  })

/** Errors: collaboration.entryNotFound, also where the document is not the caller's to read. */
async function visibleEntry(parts: Parts, tx: CollaborationTx, ctx: Context, id: EntryId): Promise<EntryRow> {
  const row = await readEntry(tx, id)
  if (!row) throw collaborationErrors.entryNotFound({ id })
  await openDocument(parts, tx, ctx, { entity: row.entity, recordId: row.record_id })
  return row
}

export const attachmentContent = (parts: Parts, ctx: Context, id: EntryId): Promise<ReturnType<Files['answer']>> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await visibleEntry(parts, tx, ctx, id)
    if (row.kind !== 'file' || row.removed_at !== null) throw collaborationErrors.entryNotFound({ id })
    const { file_name, media_type, bytes, sha256, object_key } = row
    const file = {
      name: file_name ?? '',
      mediaType: media_type ?? '',
      bytes: bytes ?? 0,
      sha256: sha256?.toString('hex') ?? '',
      objectKey: object_key ?? '',
    }
    return parts.files.answer(file, true)
  })
