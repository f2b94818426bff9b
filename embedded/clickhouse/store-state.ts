import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The process that holds the store, by the kernel's list of locks; the engine itself only says that it did not get it. */
export function lockHolder(store: string): number | undefined {
  const status = statSync(join(store, 'status'), { throwIfNoEntry: false })
  if (!status) return undefined
  for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
    const [, pid, inode] = /^\d+: FLOCK\s+\S+\s+WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
    if (Number(inode) === status.ino && Number(pid) !== process.pid) return Number(pid)
  }
  return undefined
}
