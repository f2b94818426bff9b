import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '#embedded/start-error.ts'
import type { Config } from '../supervisor/config.ts'

/** Copied in ways of their own, or of no use elsewhere (demo-gateway: what that process keeps for its next start). */
const notCopied = /^(postgres|clickhouse|logs|demo-gateway|run\.json)$|\.new$|\.part$/

/** What lies in the data folder besides the stores: keys, files, what the demo chain keeps. */
export async function remainingEntries({ dataDir, walArchive }: Config): Promise<string[]> {
  return (await readdir(dataDir)).filter((name) => !notCopied.test(name) && join(dataDir, name) !== walArchive)
}

/** A file that goes meanwhile counts for nothing. */
export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      )
  }
  return bytes
}

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`

/** How a command of this folder ends when something was wrong. */
export function leave(error: unknown): void {
  if (error instanceof StartError) console.error(`${error.zh}\n${error.en}`)
  else console.error(error)
  process.exitCode = 1
}
