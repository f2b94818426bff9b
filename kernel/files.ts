import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { Loop } from './background.ts'
import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import type { StoredFileAnswer } from './file-answer.ts'
import { type FileKind, recognise } from './media-types.ts'
import { type LocalFile, newObjectKey, type ObjectStore } from './object-store.ts'
import type { SystemDatabase, Tx } from './postgres.ts'
import type { Upload } from './upload.ts'

/** A file that lies in the store and belongs to nothing yet. */
export interface TakenFile extends Omit<LocalFile, 'path'> {
  name: string
  objectKey: string
}

export type KeptObject = Omit<TakenFile, 'name' | 'mediaType'>

/** A row of `kernel.file`, as far as whoever answers with it must know. */
export interface StoredFile {
  id: string
  name: string
  mediaType: string
  bytes: number
  sha256: string
  objectKey: string
  createdAt: Date
  createdBy: { kind: string; id: string; name?: string }
}

export interface Files {
  /**
   * Takes an upload into the store, then does `work`, which writes its row (`addFile`) in a transaction; where that fails the object is
   * taken back. Errors: request.tooLarge, request.fileEmpty, request.fileTypeRefused, request.fileNotAsNamed.
   */
  take<T>(
    ctx: Context,
    given: { upload: Upload; name: string; allowed: readonly FileKind[] },
    work: (file: TakenFile) => Promise<T>,
  ): Promise<T>
  /** As `take`, of bytes that nobody opens by a name: nothing is recognised, nothing is ever shown. Errors: request.tooLarge, request.fileEmpty. */
  keep<T>(orgId: OrgId, upload: Upload, work: (object: KeptObject) => Promise<T>): Promise<T>
  /** The bytes of a `keep` are given up. */
  giveUp(objectKey: string): Promise<void>
  answer(file: Pick<StoredFile, 'name' | 'mediaType' | 'bytes' | 'sha256' | 'objectKey'>, inline: boolean): StoredFileAnswer
  /** Bytes of files that were taken away a month ago. */
  purgeLoop(system: SystemDatabase<unknown>, clock: Clock): Loop
}

const HOUR_MS = 3_600_000
const BYTES = 'application/octet-stream'
const KEPT_AFTER_REMOVAL_MS = 30 * 24 * HOUR_MS
const PURGED_AT_ONCE = 500

/** `folder` takes what is on its way in; where objects are files, it must be on their file system. */
export function filesIn(store: ObjectStore, folder: string): Files {
  const taken = async <T>(
    orgId: OrgId,
    upload: Upload,
    mediaTypeOf: (path: string) => Promise<string>,
    work: (file: Omit<TakenFile, 'name'>) => Promise<T>,
  ): Promise<T> => {
    const local = await spool(upload, folder)
    try {
      if (local.bytes === 0) throw requestErrors.fileEmpty()
      const mediaType = await mediaTypeOf(local.path)
      const objectKey = newObjectKey(orgId)
      await store.put(objectKey, { ...local, mediaType })
      try {
        return await work({ mediaType, bytes: local.bytes, sha256: local.sha256, objectKey })
      } catch (error) {
        await store.delete(objectKey).catch(() => undefined)
        throw error
      }
    } finally {
      await rm(local.path, { force: true })
    }
  }
  return {
    take: (ctx, { upload, name, allowed }, work) =>
      taken(
        ctx.orgId,
        upload,
        (path) => recognise(path, name, allowed),
        (file) => work({ ...file, name }),
      ),
    keep: (orgId, upload, work) => taken(orgId, upload, async () => BYTES, work),
    giveUp: (objectKey) => store.delete(objectKey),
    answer: (file, inline) => ({
      fileName: file.name,
      mediaType: file.mediaType,
      inline,
      size: file.bytes,
      sha256: file.sha256,
      open: (range) => store.get(file.objectKey, range),
    }),
    purgeLoop: (system, clock) => ({
      name: 'files.purge',
      intervalMs: HOUR_MS,
      run: async () => {
        await clearSpool(folder, clock.nowMs() - 24 * HOUR_MS)
        return purge(store, system, clock.now())
      },
    }),
  }
}

async function spool(upload: Upload, folder: string): Promise<{ path: string; bytes: number; sha256: string }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, randomBytes(16).toString('hex'))
  const hash = createHash('sha256')
  let bytes = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of upload.stream()) {
      hash.update(chunk)
      bytes += chunk.length
      await file.writeFile(chunk)
    }
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return { path, bytes, sha256: hash.digest('hex') }
}

/** What a process that died had begun to take in. */
async function clearSpool(folder: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
    if (mtimeMs < beforeMs) await rm(join(folder, name), { force: true })
  }
}

/** Oldest first; resolves to how many. */
export async function purge(store: ObjectStore, system: SystemDatabase<unknown>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_AFTER_REMOVAL_MS)
  const { rows } = await system.inSystem((tx) =>
    sql<{ orgId: string; id: string; objectKey: string }>`
      select org_id as "orgId", id, object_key as "objectKey" from kernel.file
      where deleted_at < ${before} and purged_at is null order by deleted_at limit ${PURGED_AT_ONCE}`.execute(tx),
  )
  for (const { orgId, id, objectKey } of rows) {
    await store.delete(objectKey)
    await system.inSystem((tx) => sql`update kernel.file set purged_at = ${now} where org_id = ${orgId} and id = ${id}`.execute(tx))
  }
  return rows.length
}

export interface FileOwner {
  module: string
  kind: string
  id: string
}

/** In the transaction of whatever the file belongs to; returns the file's id. */
export async function addFile<Tables>(tx: Tx<Tables>, ctx: Context, file: TakenFile, owner: FileOwner): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into kernel.file (org_id, name, media_type, bytes, sha256, object_key, owner_module, owner_kind, owner_id, created_by, created_at)
    values (${tx.orgId}, ${file.name}, ${file.mediaType}, ${file.bytes}, ${Buffer.from(file.sha256, 'hex')}, ${file.objectKey},
      ${owner.module}, ${owner.kind}, ${owner.id}, ${JSON.stringify(ctx.actor)}::jsonb, ${ctx.now}) returning id`.execute(tx.sql)
  const id = rows[0]?.id
  if (!id) throw new Error('A file got no row.')
  return id
}

/** Those that are there, by id. */
export async function filesOf<Tables>(
  tx: Tx<Tables>,
  owner: Omit<FileOwner, 'id'>,
  ownerIds: readonly string[],
): Promise<Map<string, StoredFile>> {
  const { rows } = await sql<StoredFile>`
    select id, name, media_type as "mediaType", bytes, encode(sha256, 'hex') as sha256, object_key as "objectKey", created_at as "createdAt",
      created_by as "createdBy"
    from kernel.file where org_id = ${tx.orgId} and owner_module = ${owner.module} and owner_kind = ${owner.kind}
      and owner_id = any(${ownerIds}::uuid[]) and deleted_at is null`.execute(tx.sql)
  return new Map(rows.map((row) => [row.id, row]))
}

export const removeFile = <Tables>(tx: Tx<Tables>, ctx: Context, id: string) =>
  sql`update kernel.file set deleted_at = ${ctx.now} where org_id = ${tx.orgId} and id = ${id} and deleted_at is null`.execute(tx.sql)
