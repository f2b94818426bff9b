import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { StoredFileAnswer } from '#kernel/file-answer.ts'
import { removeFile } from '#kernel/files.ts'
import { imageKinds } from '#kernel/media-types.ts'
import type { Upload } from '#kernel/upload.ts'
import { chinaDay } from '#values/instant.ts'
import type { Certificate, CertificateId, CertificateQuery, PartnerId, PartnerState } from '../contract.ts'
import { programmeErrors } from '../errors.ts'
import { type CertificateRow, certificatesOf, findCertificate, insertCertificate, markRemoved, toCertificate } from './certificate-store.ts'
import { lockPartner, sideOf } from './partner-store.ts'
import type { ProgrammeParts } from './parts.ts'
import type { ProgrammeTx } from './tables.ts'

const MOST = 30
const OVER: readonly PartnerState[] = ['exited', 'refused', 'withdrawn']

export function mustHaveRoom(there: readonly CertificateRow[]): void {
  if (there.length >= MOST) throw programmeErrors.tooManyFiles({ most: MOST })
}

/** The leader who may manage, or the supplier who may answer. */
function mustMay(ctx: Context, side: 'buyer' | 'supplier'): void {
  if (!ctx.scopes.permissions.has(side === 'buyer' ? 'programme.manage' : 'programme.answer')) throw programmeErrors.notYours()
}

export async function addCertificate(
  parts: ProgrammeParts,
  ctx: Context,
  id: PartnerId,
  query: z.output<typeof CertificateQuery>,
  upload: Upload,
): Promise<Certificate> {
  const check = async (tx: ProgrammeTx) => {
    const row = await lockPartner(tx, id)
    mustMay(ctx, sideOf(tx, row))
    if (OVER.includes(row.state)) throw programmeErrors.notAllowedNow({ state: row.state })
    mustHaveRoom(await certificatesOf(tx, id))
    return row
  }
  // Asked before the file is taken in, and once more under the lock.
  await parts.db.inTenant(ctx, check)
  return parts.files.take(ctx, { upload, name: query.fileName, allowed: ['pdf', ...imageKinds] }, (file) =>
    parts.db.inTenant(ctx, async (tx) => {
      const made = await found(tx, await insertCertificate(tx, ctx, await check(tx), query, file))
      return toCertificate(made, tx.orgId, chinaDay(ctx.now))
    }),
  )
}

async function found(tx: ProgrammeTx, id: CertificateId): Promise<CertificateRow> {
  const row = await findCertificate(tx, id)
  if (!row) throw programmeErrors.certificateNotFound({ id })
  return row
}

/** Either side opens it: the row of the two parties says where the bytes lie, whoever's file it is. */
export const certificateFile = (parts: ProgrammeParts, ctx: Context, id: CertificateId): Promise<StoredFileAnswer> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await found(tx, id)
    const file = { name: row.file_name, mediaType: row.media_type, bytes: row.bytes, sha256: row.sha256, objectKey: row.object_key }
    return parts.files.answer(file, true)
  })

export const removeCertificate = (parts: ProgrammeParts, ctx: Context, id: CertificateId): Promise<void> =>
  parts.db.inTenant(ctx, async (tx) => {
    const row = await found(tx, id)
    if (row.added_org !== tx.orgId) throw programmeErrors.notYours()
    mustMay(ctx, sideOf(tx, row))
    await markRemoved(tx, id, ctx.now)
    await removeFile(tx, ctx, row.file_id)
  })
