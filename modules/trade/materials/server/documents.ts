import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { StoredFileAnswer } from '#kernel/file-answer.ts'
import { addFile, filesOf, removeFile } from '#kernel/files.ts'
import { documentKinds, imageKinds } from '#kernel/media-types.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Upload } from '#kernel/upload.ts'
import type { MaterialId } from '../contract.ts'
import { type detailApi, documentLimits, type MaterialDocumentId } from '../detail-contract.ts'
import { materialsErrors } from '../errors.ts'
import { type DocumentRow, documentsOf, insertDocument, markDocumentRemoved } from './detail-store.ts'
import { FILES_OF, required } from './details.ts'
import type { Rooms } from './rooms.ts'
import type { MaterialsTx } from './tables.ts'

interface Adding {
  query: z.output<typeof detailApi.addDocument.query>
  upload: Upload
}

export async function addDocument({ db, files }: Rooms, ctx: Context, id: MaterialId, { query, upload }: Adding): Promise<{ done: true }> {
  const { kind, revision, effectiveFrom } = query
  const drawing = kind === 'drawing'
  if (drawing && (revision === undefined || effectiveFrom === undefined)) throw materialsErrors.revisionNeeded()
  // Asked before the file is taken in, and once more in the transaction that keeps it.
  await db.inTenant(ctx, (tx) => checkRoom(tx, id))
  const allowed = kind === 'image' ? imageKinds : documentKinds
  await files
    .take(ctx, { upload, name: query.fileName, allowed }, (file) =>
      db.inTenant(ctx, async (tx) => {
        await checkRoom(tx, id)
        const fileId = await addFile(tx, ctx, file, { ...FILES_OF, id })
        await insertDocument(tx, {
          material_id: id,
          file_id: fileId,
          sha256: Buffer.from(file.sha256, 'hex'),
          kind,
          name: query.name ?? query.fileName,
          revision: drawing ? (revision ?? null) : null,
          effective_from: drawing ? (effectiveFrom ?? null) : null,
          created_at: ctx.now,
        })
      }),
    )
    .catch((error: unknown) => {
      const constraint = violatedUnique(error)
      if (constraint === 'document_once') throw materialsErrors.sameFile()
      if (constraint === 'document_revision') throw materialsErrors.revisionTaken({ revision })
      throw error
    })
  return { done: true }
}

async function checkRoom(tx: MaterialsTx, id: MaterialId): Promise<void> {
  await required(tx, id)
  if ((await documentsOf(tx, id)).length >= documentLimits.most) throw materialsErrors.tooManyFiles({ most: documentLimits.most })
}

interface Path {
  id: MaterialId
  partId: MaterialDocumentId
}

export const removeDocument = ({ db }: Rooms, ctx: Context, path: Path): Promise<{ done: true }> =>
  db.inTenant(ctx, async (tx) => {
    const row = await found(tx, path)
    await markDocumentRemoved(tx, row.id, ctx.now)
    await removeFile(tx, ctx, row.file_id)
    return { done: true as const }
  })

export const documentContent = ({ db, files }: Rooms, ctx: Context, path: Path, saved: boolean): Promise<StoredFileAnswer> =>
  db.inTenant(ctx, async (tx) => {
    const row = await found(tx, path)
    const file = (await filesOf(tx, FILES_OF, [path.id])).get(row.file_id)
    if (!file) throw materialsErrors.notFound({ id: path.partId })
    return files.answer(file, !saved)
  })

async function found(tx: MaterialsTx, { id, partId }: Path): Promise<DocumentRow> {
  const row = (await documentsOf(tx, id)).find((one) => one.id === partId)
  if (!row) throw materialsErrors.notFound({ id: partId })
  return row
}
