import { type FileHandle, open, readFile, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeHeader, HEADER_BYTES, type ReadRecord, readRecord, type StoredBatch } from './record.ts'

/** One file of batches in a row of numbers, named by its first. */
export interface Segment {
  first: number
  /** Highest number in it, as far as that is known: of a segment of an earlier run, one below the next segment's first. */
  last: number
  bytes: number
}

const SUFFIX = '.segment'
export const segmentFile = (dir: string, first: number): string => join(dir, `${String(first).padStart(15, '0')}${SUFFIX}`)
export const segmentFirst = (name: string): number | undefined => (/^\d{15}\.segment$/.test(name) ? Number.parseInt(name, 10) : undefined)

/** Every record that can be read, in order; the last one is `none` and says where that is. */
export function* recordsOf(bytes: Buffer): Generator<{ at: number; record: ReadRecord }> {
  for (let at = 0; ; ) {
    const record = readRecord(bytes, at)
    yield { at, record }
    if (record.kind === 'none') return
    at = record.end
  }
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
    const path = segmentFile(dir, first)
    const file = await open(path, 'w', 0o600)
    const directory = await open(dir)
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
    return new SegmentWriter({ first, last: first - 1, bytes: 0 }, file, path)
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

export async function readSegment(dir: string, { first, bytes }: Segment): Promise<Buffer> {
  const content = await readFile(segmentFile(dir, first))
  // Of the segment being written only what is whole.
  return content.length > bytes ? content.subarray(0, bytes) : content
}

export const removeSegment = (dir: string, { first }: Segment): Promise<void> =>
  unlink(segmentFile(dir, first)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
