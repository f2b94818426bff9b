import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyFile } from '#kernel/master-keys.ts'

/** Master keys of the test's own. */
export function testKeyFile(t: { after(work: () => Promise<void>): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-keys-'))
  t.after(async () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'keys.json')
  makeKeyFile(file, new Date())
  return file
}
