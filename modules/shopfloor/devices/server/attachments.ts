import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { StoredFileAnswer } from '#kernel/file-answer.ts'
import type { StoredFile } from '#kernel/files.ts'
import { documentKinds, imageKinds } from '#kernel/media-types.ts'
import type { Upload } from '#kernel/upload.ts'
import { type Attachment, type AttachmentId, type AttachmentKind, attachmentLimits } from '../attachments.ts'
import type { DeviceId, devicesApi } from '../contract.ts'
import { deviceErrors } from '../errors.ts'
import {
  type AttachmentRow,
  attachmentsOf,
  changeAttachment,
  filesOfDevice,
  findAttachment,
  insertAttachment,
  markRemoved,
  unsetMain,
} from './attachment-store.ts'
import { isInScope, lockOwn } from './device-access.ts'
import { findDevice } from './device-store.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTx } from './tables.ts'

export const listAttachments = (rooms: Rooms, ctx: Context, id: DeviceId): Promise<{ attachments: Attachment[] }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await seen(tx, ctx, id)
    const files = await filesOfDevice(tx, id)
    return { attachments: (await attachmentsOf(tx, id)).map((row) => viewOf(row, files)) }
  })

interface Adding {
  query: z.output<typeof devicesApi.addAttachment.query>
  upload: Upload
}

/** A device out of use too: what becomes of it is documented as well. */
export async function addAttachment(rooms: Rooms, ctx: Context, id: DeviceId, { query, upload }: Adding): Promise<Attachment> {
  // Asked before the file is taken in, and once more under the lock.
  await rooms.db.inTenant(ctx, async (tx) => {
    await lockOwn(tx, ctx, id, { retired: true })
    checkRoom(await attachmentsOf(tx, id), query.kind)
  })
  const allowed = query.kind === 'photo' ? imageKinds : documentKinds
  return rooms.files.take(ctx, { upload, name: query.fileName, allowed }, (file) =>
    rooms.db.inTenant(ctx, async (tx) => {
      await lockOwn(tx, ctx, id, { retired: true })
      const there = await attachmentsOf(tx, id)
      checkRoom(there, query.kind)
      const same = there.find((row) => row.sha256.toString('hex') === file.sha256)
      if (same) throw deviceErrors.sameFile({ name: same.name })
      const row = await insertAttachment(tx, ctx, id, file, {
        kind: query.kind,
        name: query.name ?? query.fileName,
        validUntil: query.validUntil ?? null,
        main: query.kind === 'photo' && !there.some((one) => one.main),
      })
      return viewOf(row, await filesOfDevice(tx, id))
    }),
  )
}

function checkRoom(there: readonly AttachmentRow[], kind: AttachmentKind): void {
  const photo = kind === 'photo'
  const most = photo ? attachmentLimits.photos : attachmentLimits.documents
  if (there.filter((row) => (row.kind === 'photo') === photo).length >= most) throw deviceErrors.tooManyFiles({ most })
}

export const updateAttachment = (
  rooms: Rooms,
  ctx: Context,
  { id, attachmentId }: { id: DeviceId; attachmentId: AttachmentId },
  change: z.output<typeof devicesApi.updateAttachment.body>,
): Promise<Attachment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await lockOwn(tx, ctx, id, { retired: true })
    const row = await required(tx, id, attachmentId)
    if (row.version !== change.version) throw deviceErrors.changedMeanwhile({ id: attachmentId, version: row.version })
    const photo = row.kind === 'photo'
    if (photo ? change.kind !== undefined || change.validUntil : change.main) throw deviceErrors.notOfThisKind()
    if (change.main) await unsetMain(tx, id)
    const changed = await changeAttachment(tx, attachmentId, {
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.kind === undefined ? {} : { kind: change.kind }),
      ...(change.validUntil === undefined ? {} : { valid_until: change.validUntil }),
      ...(change.main ? { main: true } : {}),
    })
    return viewOf(changed, await filesOfDevice(tx, id))
  })

/** The newest of the photos that are left stands for the device where its main photo went. */
export const removeAttachment = (rooms: Rooms, ctx: Context, id: DeviceId, attachmentId: AttachmentId): Promise<void> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await lockOwn(tx, ctx, id, { retired: true })
    const row = await required(tx, id, attachmentId)
    await markRemoved(tx, ctx, row)
    const next = row.main && (await attachmentsOf(tx, id)).find((one) => one.kind === 'photo')
    if (next) await changeAttachment(tx, next.id, { main: true })
  })

export const attachmentContent = (
  rooms: Rooms,
  ctx: Context,
  { id, attachmentId }: { id: DeviceId; attachmentId: AttachmentId },
  saved: boolean,
): Promise<StoredFileAnswer> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await seen(tx, ctx, id)
    const row = await required(tx, id, attachmentId)
    const file = (await filesOfDevice(tx, id)).get(row.file_id)
    if (!file) throw deviceErrors.attachmentNotFound({ id: attachmentId })
    return rooms.files.answer(file, !saved)
  })

async function seen(tx: DevicesTx, ctx: Context, id: DeviceId): Promise<void> {
  const device = await findDevice(tx, id)
  if (!device || !(await isInScope(tx, ctx, id))) throw deviceErrors.notFound({ id })
}

async function required(tx: DevicesTx, id: DeviceId, attachmentId: AttachmentId): Promise<AttachmentRow> {
  const row = await findAttachment(tx, id, attachmentId)
  if (!row) throw deviceErrors.attachmentNotFound({ id: attachmentId })
  return row
}

function viewOf(row: AttachmentRow, files: ReadonlyMap<string, StoredFile>): Attachment {
  const file = files.get(row.file_id)
  if (!file) throw new Error(`The attachment ${row.id} has no file.`)
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    fileName: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    main: row.main,
    validUntil: row.valid_until,
    addedAt: file.createdAt.toISOString(),
    addedBy: file.createdBy.kind === 'user' ? (file.createdBy.name ?? '') : '',
    version: row.version,
  }
}
