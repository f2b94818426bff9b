import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Files } from '#kernel/files.ts'
import { openFiles } from '#kernel/open-object-store.ts'

/** An empty object store of the test's own, in a folder that goes with it. */
export function testFiles(t: { after(work: () => Promise<void>): void }): Files {
  const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-files-'))
  t.after(async () => rmSync(dataDir, { recursive: true, force: true }))
  return openFiles({ dataDir })
}
