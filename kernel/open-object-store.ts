import { join } from 'node:path'
import { type Files, filesIn } from './files.ts'
import { folderStore } from './folder-store.ts'
import type { ObjectStore } from './object-store.ts'
import { s3Store } from './s3-store.ts'

const KEY = /^[0-9a-f-]{36}\/[0-9a-f]{32}$/

/** The bucket of `s3Url`, or a folder where there is none. */
export function openObjectStore({ folder, s3Url }: { folder: string; s3Url?: string | undefined }): ObjectStore {
  const store = s3Url === undefined ? folderStore(folder) : s3Store(s3Url)
  const checked = (key: string) => {
    if (!KEY.test(key)) throw new Error('A key that this platform did not make.')
    return key
  }
  return {
    put: async (key, file) => store.put(checked(key), file),
    get: async (key, range) => store.get(checked(key), range),
    delete: async (key) => store.delete(checked(key)),
  }
}

/** The platform's files below its data folder, or in the bucket of `S3_URL`; what is on its way in passes through the folder in both cases. */
export function openFiles({ dataDir, s3Url }: { dataDir: string; s3Url?: string | undefined }): Files {
  const folder = join(dataDir, 'files')
  return filesIn(openObjectStore({ folder, s3Url }), join(folder, 'incoming'))
}
