import { once } from 'node:events'
import { mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'

export type Lock = { kind: 'taken'; release(): void } | { kind: 'held' }

/**
 * One process per folder. The lock is a socket name in the kernel, made from the folder's identity: it ends with the process that
 * holds it, however that dies, so there is no stale lock to judge and no moment in which two may take over.
 */
export async function takeLock(dir: string): Promise<Lock> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const { dev, ino } = statSync(dir)
  const server = createServer((socket) => socket.destroy()).unref()
  server.listen({ path: `\0lianshu:${dev}:${ino}` })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return { kind: 'held' }
    throw error
  }
  return { kind: 'taken', release: () => server.close() }
}
