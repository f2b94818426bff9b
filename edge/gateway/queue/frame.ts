import { promisify } from 'node:util'
import { crc32, deflateRaw, inflateRaw } from 'node:zlib'
import { fromColumns, toColumns } from './columns.ts'
import type { RecordHeader, StoredBatch } from './record.ts'
import { VarintReader, VarintWriter } from './varints.ts'

const [deflate, inflate] = [promisify(deflateRaw), promisify(inflateRaw)]

/**
 * Packed batches: 32 bytes of header, a table of the batches, then their items by columns, deflated. Little-endian: magic u32 · crc of what
 * follows in header and table u32 · table length u32 · payload length u32 · payload crc u32 · payload length undeflated u32 · batches u32 · kind u32.
 */
const HEADER_BYTES = 32
const MAGIC = 0x31504c4c
const COLUMNS = 0
/** Items that columns do not give back to the letter stand as they were. */
const TEXT = 1

export interface FrameHeader {
  headers: readonly RecordHeader[]
  /** Bytes of each batch's items. */
  lengths: readonly number[]
  payload: Buffer
  plainBytes: number
  kind: number
  whole: boolean
  end: number
}

/** Errors: none; whatever the items are, `unpackFrame` gives them back to the letter. */
export async function packFrame(batches: readonly StoredBatch[]): Promise<Buffer> {
  const columns = await byColumns(batches)
  const plain = columns ?? Buffer.concat(batches.map(({ items }) => items))
  const [payload, table] = [await deflate(plain), tableOf(batches)]
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt32LE(table.length, 8)
  header.writeUInt32LE(payload.length, 12)
  header.writeUInt32LE(crc32(payload), 16)
  header.writeUInt32LE(plain.length, 20)
  header.writeUInt32LE(batches.length, 24)
  header.writeUInt32LE(columns ? COLUMNS : TEXT, 28)
  header.writeUInt32LE(crc32(table, crc32(header.subarray(8))), 4)
  return Buffer.concat([header, table, payload])
}

async function byColumns(batches: readonly StoredBatch[]): Promise<Buffer | undefined> {
  try {
    const columns = await toColumns(batches.map(({ items }) => items.toString()))
    const back = await fromColumns(columns, batches.length)
    return batches.every(({ items }, i) => items.equals(Buffer.from(back[i] ?? ''))) ? columns : undefined
  } catch {
    // They are no items as the gateway writes them.
    return undefined
  }
}

export function readFrame(content: Buffer, at: number): FrameHeader | undefined {
  if (at + HEADER_BYTES > content.length || content.readUInt32LE(at) !== MAGIC) return undefined
  const [tableAt, payloadAt] = [at + HEADER_BYTES, at + HEADER_BYTES + content.readUInt32LE(at + 8)]
  const end = payloadAt + content.readUInt32LE(at + 12)
  if (end > content.length) return undefined
  const table = content.subarray(tableAt, payloadAt)
  if (crc32(table, crc32(content.subarray(at + 8, tableAt))) !== content.readUInt32LE(at + 4)) return undefined
  const payload = content.subarray(payloadAt, end)
  return {
    ...readTable(table, content.readUInt32LE(at + 24)),
    payload,
    plainBytes: content.readUInt32LE(at + 20),
    kind: content.readUInt32LE(at + 28),
    whole: crc32(payload) === content.readUInt32LE(at + 16),
    end,
  }
}

/** Errors: a payload that another program wrote under a sum that fits. */
export async function unpackFrame({ headers, lengths, payload, plainBytes, kind }: FrameHeader): Promise<StoredBatch[]> {
  const plain = await inflate(payload, { maxOutputLength: Math.max(1, plainBytes) })
  if (kind === COLUMNS) {
    const texts = await fromColumns(plain, headers.length)
    return headers.map((header, i) => ({ ...header, items: Buffer.from(texts[i] ?? '') }))
  }
  let at = 0
  return headers.map((header, i) => {
    const items = plain.subarray(at, at + (lengths[i] ?? 0))
    at += items.length
    return { ...header, items }
  })
}

function tableOf(batches: readonly StoredBatch[]): Buffer {
  const table = new VarintWriter()
  let [number, oldestMs] = [0, 0]
  for (const batch of batches) {
    table.unsigned(batch.number - number)
    table.unsigned(batch.samples * 2 + (batch.live ? 1 : 0))
    table.signed(Math.round(batch.oldestMs) - oldestMs)
    table.unsigned(batch.items.length)
    number = batch.number
    oldestMs = Math.round(batch.oldestMs)
  }
  return table.bytes()
}

function readTable(bytes: Buffer, count: number): Pick<FrameHeader, 'headers' | 'lengths'> {
  const [table, headers, lengths] = [new VarintReader(bytes), [] as RecordHeader[], [] as number[]]
  let [number, oldestMs] = [0, 0]
  for (let i = 0; i < count; i++) {
    number += table.unsigned()
    const samples = table.unsigned()
    oldestMs += table.signed()
    lengths.push(table.unsigned())
    headers.push({ number, samples: Math.floor(samples / 2), live: samples % 2 === 1, oldestMs })
  }
  return { headers, lengths }
}
