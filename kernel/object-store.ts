import { randomBytes } from 'node:crypto'
import type { ByteRange } from './file-answer.ts'

/** A file of ours on this machine, whole and durable, on its way into the store. */
export interface LocalFile {
  path: string
  bytes: number
  /** Hex. */
  sha256: string
  mediaType: string
}

/** Where files, pictures and waveforms lie: a folder or an S3 bucket. Whose they are and what they are called stands in `kernel.file`. */
export interface ObjectStore {
  /** Durable and whole when it resolves; a reader never sees a part. The local file may be gone afterwards. */
  put(key: string, file: LocalFile): Promise<void>
  /** Errors: ObjectMissing. */
  get(key: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>
  /** Resolves too where there is none. */
  delete(key: string): Promise<void>
}

export class ObjectMissing extends Error {}

/** `org/` and 128 random bits: nothing of a file's name, and no two alike. */
export const newObjectKey = (orgId: string): string => `${orgId}/${randomBytes(16).toString('hex')}`
