import { type FileHandle, open, readFile, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { packFrame } from './frame.ts'
import { encodeHeader, HEADER_BYTES, type StoredBatch } from './record.ts'

/** One file of batches in a row of numbers, named by its first. */
export interface Segment {
  first: number
  /** Highest number in it, as far as that is known: of a segment of an earlier run, one below the next segment's first. */
  last: number
  bytes: number
  /** Batches as they came, or packed by columns since nobody took them for so long. */
  packed: boolean
}

const endings = { plain: 'segment', packed: 'packed', part: 'part' } as const
/** Of the items that are packed together: 50 s of 1,000 points a second. What is lost with a byte is at most so much. */
const FRAME_BYTES = 1024 * 1024

const fileOf = (dir: string, first: number, ending: string) => join(dir, `${String(first).padStart(15, '0')}.${ending}`)
export const segmentFile = (dir: string, { first, packed }: Pick<Segment, 'first' | 'packed'>): string =>
  fileOf(dir, first, packed ? endings.packed : endings.plain)
/** A packed file that is still being written. */
export const partFile = (dir: string, first: number): string => fileOf(dir, first, endings.part)

/** Undefined for whatever else lies in the folder. */
export function segmentName(name: string): { first: number; kind: keyof typeof endings } | undefined {
  const [, first, ending] = /^(\d{15})\.(segment|packed|part)$/.exec(name) ?? []
  if (first === undefined) return undefined
  return { first: Number.parseInt(first, 10), kind: ending === 'segment' ? 'plain' : (ending as 'packed' | 'part') }
}

/** The segment being written: whole batches or nothing of them, on the disk when `append` resolves. */
export class SegmentWriter {
  readonly segment: Segment
  readonly #file: FileHandle
  readonly #path: string

  private constructor(segment: Segment, file: FileHandle, path: string) {
    this.segment = segment
    this.#file = file
    this.#path = path
  }

  static async open(dir: string, first: number): Promise<SegmentWriter> {
    const path = segmentFile(dir, { first, packed: false })
    const file = await open(path, 'w', 0o600)
    await syncFolder(dir)
    return new SegmentWriter({ first, last: first - 1, bytes: 0, packed: false }, file, path)
  }

  /** Errors: the file system's (ENOSPC); nothing of these batches is then left in the file. */
  async append(batches: readonly StoredBatch[]): Promise<void> {
    const { segment } = this
    const parts = batches.flatMap((batch) => [encodeHeader(batch), batch.items])
    const bytes = batches.reduce((sum, { items }) => sum + HEADER_BYTES + items.length, 0)
    try {
      let written = 0
      const all = Buffer.concat(parts, bytes)
      while (written < bytes) {
        const { bytesWritten } = await this.#file.write(all, written, bytes - written, segment.bytes + written)
        if (bytesWritten === 0) throw new Error(`Nothing could be written to ${this.#path}.`)
        written += bytesWritten
      }
      await this.#file.datasync()
    } catch (error) {
      await truncate(this.#path, segment.bytes).catch(() => undefined)
      throw error
    }
    segment.bytes += bytes
    segment.last = batches.at(-1)?.number ?? segment.last
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** What is written so far. Errors: the file system's. */
export async function readSegment(dir: string, segment: Segment): Promise<Buffer> {
  const { bytes } = segment
  const content = await readFile(segmentFile(dir, segment))
  // Of the segment being written only what is whole.
  return content.length > bytes ? content.subarray(0, bytes) : content
}

/** Writes a segment's batches to a packed file beside it, synced; its bytes. Errors: the file system's; then there is no such file. */
export async function writePacked(dir: string, first: number, batches: readonly StoredBatch[]): Promise<number> {
  const path = partFile(dir, first)
  try {
    const file = await open(path, 'w', 0o600)
    try {
      let bytes = 0
      for (const group of groupsOf(batches)) {
        const frame = await packFrame(group)
        await file.writeFile(frame)
        bytes += frame.length
      }
      await file.datasync()
      return bytes
    } finally {
      await file.close()
    }
  } catch (error) {
    await unlink(path).catch(() => undefined)
    throw error
  }
}

function groupsOf(batches: readonly StoredBatch[]): StoredBatch[][] {
  const groups: StoredBatch[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const batch of batches) {
    if (bytes + batch.items.length > FRAME_BYTES) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(batch)
    bytes += batch.items.length
  }
  return groups
}

export async function syncFolder(dir: string): Promise<void> {
  const directory = await open(dir)
  await directory.sync().finally(() => directory.close())
}

export const removeSegment = (dir: string, segment: Pick<Segment, 'first' | 'packed'>): Promise<void> =>
  unlink(segmentFile(dir, segment)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
