import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { piecesOf } from './pieces.ts'
import type { StoredBatch } from './record.ts'
import { segmentName } from './segments.ts'

/** Of a queue that nobody has open: every batch that the next one will find whole, taken from its folder without changing it. */
export async function batchesIn(dir: string): Promise<StoredBatch[]> {
  const batches = new Map<number, StoredBatch>()
  for (const name of await readdir(dir)) {
    const kind = segmentName(name)?.kind
    if (kind === undefined || kind === 'part') continue
    for (const { open } of piecesOf(await readFile(join(dir, name)), kind === 'packed').pieces) {
      for (const batch of (await open?.()) ?? []) batches.set(batch.number, batch)
    }
  }
  return [...batches.values()]
}
