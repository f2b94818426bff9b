import { statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Given back to the file system when it is full, so that the small files can be written; taken again when there is room. */
const BALLAST_BYTES = 2 * 1024 * 1024

const ballastFile = (dir: string) => join(dir, 'ballast')

export function takeBallast(dir: string): void {
  if (statSync(ballastFile(dir), { throwIfNoEntry: false })?.size === BALLAST_BYTES) return
  try {
    writeFileSync(ballastFile(dir), Buffer.alloc(BALLAST_BYTES, 0x5a), { mode: 0o600 })
  } catch {
    releaseBallast(dir)
  }
}

export function releaseBallast(dir: string): void {
  try {
    unlinkSync(ballastFile(dir))
  } catch {
    // There was none.
  }
}
