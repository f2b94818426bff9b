import type { StoredMessage, StoredValues } from '../../public.ts'
import { readInt64 } from '../decimal.ts'
import type { SampleBatch } from './sample-batch.ts'

export const STORED_TOPIC = 'live/stored'
/** Below the broker's limit of a packet: 37 bytes a row. */
const ROWS_A_MESSAGE = 5_000
const NAME_BYTES = 40
const HEAD_BYTES = NAME_BYTES + 24

/** The rows of a durable batch from `start` on as one message. */
function encode(process: string, number: number, coveredMs: number, batch: SampleBatch, start: number, rows: number): Buffer {
  const buffer = Buffer.alloc(HEAD_BYTES + rows * 33)
  buffer.write(process, 0, NAME_BYTES, 'latin1')
  const head = new Float64Array(buffer.buffer, buffer.byteOffset + NAME_BYTES, 3)
  head[0] = number
  head[1] = coveredMs
  head[2] = rows
  const { orgNo, series, atMs, receivedMs, value, quality } = columnsIn(buffer.buffer, buffer.byteOffset + HEAD_BYTES, rows)
  atMs.set(batch.tsMs.subarray(start, start + rows))
  orgNo.set(batch.orgNo.subarray(start, start + rows))
  series.set(batch.series.subarray(start, start + rows))
  quality.set(batch.quality.subarray(start, start + rows))
  for (let i = 0; i < rows; i++) {
    receivedMs[i] = atMs[i]! + readInt64(batch.lag, start + i)
    value[i] = batch.valueAt(start + i)
  }
  return buffer
}

function columnsIn(memory: ArrayBufferLike, offset: number, rows: number): StoredValues {
  let at = offset
  const next = (bytes: number) => {
    const begin = at
    at += bytes * rows
    return begin
  }
  return {
    rows,
    atMs: new Float64Array(memory, next(8), rows),
    receivedMs: new Float64Array(memory, next(8), rows),
    value: new Float64Array(memory, next(8), rows),
    orgNo: new Uint32Array(memory, next(4), rows),
    series: new Uint32Array(memory, next(4), rows),
    quality: new Uint8Array(memory, next(1), rows),
  }
}

/** Views of a copy: a message lies anywhere in its packet. */
export function decodeStored(payload: Buffer): StoredMessage {
  const memory = new Uint8Array(payload).buffer
  const process = payload.toString('latin1', 0, NAME_BYTES).replace(/\0+$/, '')
  const [number = 0, coveredMs = 0, rows = 0] = new Float64Array(memory, NAME_BYTES, 3)
  return { process, number, coveredMs, values: columnsIn(memory, HEAD_BYTES, rows) }
}

/** Tells what became durable; one for each life of an ingest process. */
export class StoredStream {
  readonly #process: string
  readonly #publish: (topic: string, payload: Buffer) => void
  #number = 0

  constructor(process: string, publish: (topic: string, payload: Buffer) => void) {
    this.#process = process
    this.#publish = publish
  }

  /** `coveredMs` holds with the last of its messages. */
  tell(batch: SampleBatch, coveredMs: number): void {
    let start = 0
    do {
      const rows = Math.min(ROWS_A_MESSAGE, batch.rows - start)
      const last = start + rows === batch.rows
      this.#publish(STORED_TOPIC, encode(this.#process, this.#number++, last ? coveredMs : 0, batch, start, rows))
      start += rows
    } while (start < batch.rows)
  }
}
