import type { Context } from '#kernel/context.ts'
import { addFile, filesOf, removeFile, type StoredFile, type TakenFile } from '#kernel/files.ts'
import type { AttachmentId, AttachmentKind } from '../attachments.ts'
import type { DeviceId } from '../contract.ts'
import type { DevicesTables, DevicesTx } from './tables.ts'

const OWNER = { module: 'devices', kind: 'device' }

const present = (tx: DevicesTx, deviceId: DeviceId) =>
  tx.sql
    .selectFrom('devices.attachment')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .where('removed_at', 'is', null)

export type AttachmentRow = Awaited<ReturnType<ReturnType<typeof present>['executeTakeFirstOrThrow']>>

export const attachmentsOf = (tx: DevicesTx, deviceId: DeviceId) =>
  present(tx, deviceId).orderBy('main', 'desc').orderBy('created_at', 'desc').orderBy('id', 'desc').execute()

export const findAttachment = (tx: DevicesTx, deviceId: DeviceId, id: AttachmentId) =>
  present(tx, deviceId).where('id', '=', id).executeTakeFirst()

export const filesOfDevice = (tx: DevicesTx, deviceId: DeviceId): Promise<Map<string, StoredFile>> => filesOf(tx, OWNER, [deviceId])

export interface NewAttachment {
  kind: AttachmentKind
  name: string
  validUntil: string | null
  main: boolean
}

export async function insertAttachment(
  tx: DevicesTx,
  ctx: Context,
  deviceId: DeviceId,
  file: TakenFile,
  of: NewAttachment,
): Promise<AttachmentRow> {
  const fileId = await addFile(tx, ctx, file, { ...OWNER, id: deviceId })
  return tx.sql
    .insertInto('devices.attachment')
    .values({
      org_id: tx.orgId,
      device_id: deviceId,
      file_id: fileId,
      sha256: Buffer.from(file.sha256, 'hex'),
      kind: of.kind,
      name: of.name,
      valid_until: of.validUntil,
      main: of.main,
      created_at: ctx.now,
      removed_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

type Change = Partial<Pick<DevicesTables['devices.attachment'], 'name' | 'kind' | 'valid_until'>> & { main?: boolean }

export const changeAttachment = (tx: DevicesTx, id: AttachmentId, change: Change) =>
  tx.sql
    .updateTable('devices.attachment')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

/** No photo stands for the device from here on. */
export const unsetMain = (tx: DevicesTx, deviceId: DeviceId) =>
  tx.sql
    .updateTable('devices.attachment')
    .set({ main: false })
    .where('org_id', '=', tx.orgId)
    .where('device_id', '=', deviceId)
    .where('main', '=', true)
    .execute()

export async function markRemoved(tx: DevicesTx, ctx: Context, row: AttachmentRow): Promise<void> {
  await tx.sql
    .updateTable('devices.attachment')
    .set({ removed_at: ctx.now, main: false })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', row.id)
    .execute()
  await removeFile(tx, ctx, row.file_id)
}
