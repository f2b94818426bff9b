import { closeSync, existsSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'

const State = z.object({
  generation: z.int(),
  /** Number of the next batch. */
  next: z.int().min(1),
  /** Samples that were dropped since the gateway's first day. */
  dropped: z.int().min(0),
  /** Batches, and their samples as far as they are known, that were set aside since then; absent in files of older gateways. */
  aside: z.object({ batches: z.int().min(0), samples: z.int().min(0) }).default({ batches: 0, samples: 0 }),
  /** Numbers of batches that are done with: acknowledged or dropped. */
  done: z.array(z.tuple([z.int(), z.int()])),
})
export type QueueState = Omit<z.infer<typeof State>, 'generation'>

const SLOT_BYTES = 8_192
const HEAD_BYTES = 8
/** What does not fit is forgotten from the low end: those batches are sent once more, which harms nothing. */
const MAX_RANGES = 300

/**
 * Two slots written in turns, in place: a write that was torn leaves the other, and a full disk has room for it, since the blocks are there
 * from the first day.
 */
export class StateFile {
  readonly #fd: number
  #generation = 0
  readonly kept: QueueState | undefined

  constructor(file: string) {
    const isNew = !existsSync(file)
    this.#fd = openSync(file, isNew ? 'w+' : 'r+', 0o600)
    if (isNew) writeSync(this.#fd, Buffer.alloc(2 * SLOT_BYTES, ' '), 0, 2 * SLOT_BYTES, 0)
    const slots = [0, 1].flatMap((slot) => this.#read(slot) ?? [])
    const newest = slots.sort((a, b) => b.generation - a.generation)[0]
    this.#generation = newest?.generation ?? 0
    this.kept = newest
  }

  write(state: QueueState, sync: boolean): void {
    const generation = ++this.#generation
    const text = Buffer.from(JSON.stringify({ ...state, done: state.done.slice(-MAX_RANGES), generation }))
    if (text.length > SLOT_BYTES - HEAD_BYTES) throw new Error('The state of the queue does not fit its slot.')
    const slot = Buffer.alloc(HEAD_BYTES + text.length)
    slot.writeUInt32LE(text.length, 0)
    slot.writeUInt32LE(crc32(text), 4)
    text.copy(slot, HEAD_BYTES)
    writeSync(this.#fd, slot, 0, slot.length, (generation % 2) * SLOT_BYTES)
    if (sync) fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #read(slot: number): z.infer<typeof State> | undefined {
    const bytes = Buffer.alloc(SLOT_BYTES)
    if (readSync(this.#fd, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES) < HEAD_BYTES) return undefined
    const length = bytes.readUInt32LE(0)
    const text = bytes.subarray(HEAD_BYTES, HEAD_BYTES + length)
    if (length > SLOT_BYTES - HEAD_BYTES || crc32(text) !== bytes.readUInt32LE(4)) return undefined
    try {
      return State.parse(JSON.parse(text.toString()))
    } catch {
      return undefined
    }
  }
}
