import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ObjectMissing, type ObjectStore } from './object-store.ts'

/** Objects as files below a folder, readable by the platform's own account alone. */
export function folderStore(folder: string): ObjectStore {
  return {
    // The file was synced when it was taken in, on the same file system: a rename makes it visible whole or not at all.
    put: async (key, file) => {
      const path = join(folder, key)
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await chmod(file.path, 0o600)
      await rename(file.path, path)
      await syncFolder(dirname(path))
      if (made !== undefined) await syncFolder(folder)
    },
    get: async (key, range) => {
      const file = await open(join(folder, key), 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new ObjectMissing(key) : error
      })
      return file.createReadStream(range ? { start: range.from, end: range.to } : {})
    },
    delete: (key) => rm(join(folder, key), { force: true }),
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
