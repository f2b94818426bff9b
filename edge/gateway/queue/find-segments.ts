import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { piecesOf } from './pieces.ts'
import { type Quarantine, unreadableNote } from './quarantine.ts'
import { readSegment, type Segment, segmentFile, segmentName } from './segments.ts'

/** A file so small that has no whole batch is what a kill left of its first. */
const TORN_BYTES = 256 * 1024

export interface Found {
  segments: Segment[]
  /** Bytes at the end of the newest that were half a batch. */
  cutBytes: number
  /** The newest, of which nothing could be read; it lies in the quarantine. */
  unreadable: Segment | undefined
}

/** The files that are there; the last one, which a kill may have cut, is read to its last whole batch and cut there. */
export async function findSegments(dir: string, quarantine: Quarantine): Promise<Found> {
  const segments = listed(dir)
  const newest = segments.at(-1)
  if (!newest) return { segments, cutBytes: 0, unreadable: undefined }
  const { pieces, rest } = piecesOf(await readSegment(dir, newest), newest.packed)
  const last = pieces.at(-1)?.headers.at(-1)?.number
  if (last === undefined) {
    const isTorn = newest.bytes <= TORN_BYTES
    if (isTorn) unlinkSync(segmentFile(dir, newest))
    else quarantine.take(unreadableNote(newest.first, newest.first, 0), segmentFile(dir, newest))
    return { segments: segments.slice(0, -1), cutBytes: isTorn ? newest.bytes : 0, unreadable: isTorn ? undefined : newest }
  }
  // No kill cuts a packed file: what cannot be read there is judged when it is read.
  if (newest.packed) return { segments: [...segments.slice(0, -1), { ...newest, last }], cutBytes: 0, unreadable: undefined }
  const bytes = newest.bytes - rest.length
  if (rest.length > 0) {
    const file = await open(segmentFile(dir, newest), 'r+')
    await file.truncate(bytes).finally(() => file.close())
  }
  return { segments: [...segments.slice(0, -1), { ...newest, last, bytes }], cutBytes: rest.length, unreadable: undefined }
}

/** A packed file is whole from the moment it has its name: what it was made of, and what a kill left of another, are of no use. */
function listed(dir: string): Segment[] {
  const names = readdirSync(dir).flatMap((name) => {
    const known = segmentName(name)
    return known ? [{ ...known, name }] : []
  })
  const packed = new Set(names.filter(({ kind }) => kind === 'packed').map(({ first }) => first))
  const kept = names.filter(({ first, kind, name }) => {
    const useless = kind === 'part' || (kind === 'plain' && packed.has(first))
    if (useless) unlinkSync(join(dir, name))
    return !useless
  })
  kept.sort((a, b) => a.first - b.first)
  return kept.map(({ first, kind, name }, i) => ({
    first,
    last: (kept[i + 1]?.first ?? first) - 1,
    bytes: statSync(join(dir, name)).size,
    packed: kind === 'packed',
  }))
}
