import { crc32 } from 'node:zlib'

/**
 * One batch in a segment file: 40 bytes of header, then the text of its items. Little-endian:
 * magic u32 · header crc u32 · payload length u32 · payload crc u32 · number u64 · oldest source ms f64 · samples u32 · flags u32.
 */
export const HEADER_BYTES = 40
const MAGIC = 0x31514c4c
const LIVE = 1

export interface RecordHeader {
  number: number
  /** Samples in it. */
  samples: number
  /** Source time of the oldest. */
  oldestMs: number
  /** Committed while the uplink stood: it leaves as a live batch, unflagged. */
  live: boolean
}

export interface StoredBatch extends RecordHeader {
  /** The items, without brackets, as they stand in the message. */
  items: Buffer
}

export function encodeHeader({ number, samples, oldestMs, live, items }: StoredBatch): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt32LE(items.length, 8)
  header.writeUInt32LE(crc32(items), 12)
  header.writeBigUInt64LE(BigInt(number), 16)
  header.writeDoubleLE(oldestMs, 24)
  header.writeUInt32LE(samples, 32)
  header.writeUInt32LE(live ? LIVE : 0, 36)
  header.writeUInt32LE(crc32(header.subarray(8)), 4)
  return header
}

export type ReadRecord =
  | { kind: 'batch'; batch: StoredBatch; end: number }
  /** Its header is whole and its content is not: what follows can be read. */
  | { kind: 'damaged'; header: RecordHeader; end: number }
  /** Nothing that can be read begins here: the end, half a record, or a damaged header. */
  | { kind: 'none' }

export function readRecord(segment: Buffer, at: number): ReadRecord {
  if (at + HEADER_BYTES > segment.length || segment.readUInt32LE(at) !== MAGIC) return { kind: 'none' }
  const head = segment.subarray(at, at + HEADER_BYTES)
  if (head.readUInt32LE(4) !== crc32(head.subarray(8))) return { kind: 'none' }
  const end = at + HEADER_BYTES + head.readUInt32LE(8)
  if (end > segment.length) return { kind: 'none' }
  const header = {
    number: Number(head.readBigUInt64LE(16)),
    oldestMs: head.readDoubleLE(24),
    samples: head.readUInt32LE(32),
    live: (head.readUInt32LE(36) & LIVE) !== 0,
  }
  const items = segment.subarray(at + HEADER_BYTES, end)
  if (crc32(items) !== head.readUInt32LE(12)) return { kind: 'damaged', header, end }
  return { kind: 'batch', batch: { ...header, items }, end }
}
