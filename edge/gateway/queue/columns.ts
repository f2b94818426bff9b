import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'
import { VarintReader, VarintWriter, zigzag } from './varints.ts'

/** An item of a batch as `BatchBuilder` writes it. */
interface Item {
  device: string
  ts: number
  values: Record<string, unknown>
  q?: Record<string, unknown>
  seq?: number
}

/** `f`: 32-bit floats, by their order; a number: so many decimals. What does not fit either stands among the others, as text. */
type Mode = 'f' | number

interface Column {
  device: string
  name: string
  values: unknown[]
}

/** Which columns an item has, and what stands beside them. */
interface Shape {
  device: string
  values: number[]
  q: number[] | null
  seq: boolean
}

const Head = z.object({
  columns: z.array(z.tuple([z.string(), z.string(), z.union([z.literal('f'), z.number()]), z.int()])),
  shapes: z.array(z.tuple([z.string(), z.array(z.int()), z.array(z.int()).nullable(), z.boolean()])),
})

const MOST_DECIMALS = 15
/** So that a difference of two, doubled, is still exact. */
const LARGEST = 2 ** 50
/** Columns until others get their turn: about a millisecond. */
const AT_ONCE = 64

/**
 * The texts of batches by columns: each point's values one after the other, as differences, so that a kilobyte of text becomes some hundred
 * bytes that compress well. Whoever calls compares what `fromColumns` makes of it with what it gave: text of another spelling does not come back.
 * Errors: those of JSON.parse.
 */
export async function toColumns(texts: readonly string[]): Promise<Buffer> {
  const [columns, shapes, index] = [
    new Map<string, Column & { at: number }>(),
    new Map<string, Shape & { at: number }>(),
    new VarintWriter(),
  ]
  const last = new Map<string, { ts: number; step: number; seq: number }>()
  const columnOf = (device: string, name: string) => {
    const key = `${device}\n${name}`
    const column = columns.get(key) ?? { device, name, values: [], at: columns.size }
    columns.set(key, column)
    return column
  }
  for (const text of texts) {
    const items = JSON.parse(`[${text}]`) as Item[]
    index.unsigned(items.length)
    for (const { device, ts, values, q, seq } of items) {
      const put = (prefix: string, of: Record<string, unknown>) =>
        Object.entries(of).map(([name, value]) => {
          const column = columnOf(device, prefix + name)
          column.values.push(value)
          return column.at
        })
      const shape = { device, values: put('', values), q: q === undefined ? null : put('?', q), seq: seq !== undefined }
      const key = JSON.stringify(shape)
      const known = shapes.get(key) ?? { ...shape, at: shapes.size }
      shapes.set(key, known)
      const before = last.get(device) ?? { ts: 0, step: 0, seq: 0 }
      index.unsigned(known.at)
      index.signed(ts - before.ts - before.step)
      if (seq !== undefined) index.signed(seq - before.seq)
      last.set(device, { ts, step: ts - before.ts, seq: seq ?? before.seq })
    }
    await breathe()
  }
  const [numbers, others, modes] = [new VarintWriter(), [] as string[], [] as Mode[]]
  for (const { values, at } of columns.values()) {
    modes.push(writeColumn(values, numbers, others))
    if (at % AT_ONCE === 0) await breathe()
  }
  const head = {
    columns: [...columns.values()].map(({ device, name, values, at }) => [device, name, modes[at], values.length]),
    shapes: [...shapes.values()].map(({ device, values, q, seq }) => [device, values, q, seq]),
  }
  return joined([Buffer.from(JSON.stringify(head)), index.bytes(), numbers.bytes(), Buffer.from(JSON.stringify(others))])
}

/** So many texts as were given to `toColumns`. Errors: whatever bytes that it did not make lead to. */
export async function fromColumns(bytes: Buffer, count: number): Promise<string[]> {
  const [head, indexBytes, numberBytes, otherBytes] = parted(bytes)
  const { columns, shapes } = Head.parse(JSON.parse(head.toString()))
  const [index, numbers, others] = [
    new VarintReader(indexBytes),
    new VarintReader(numberBytes),
    JSON.parse(otherBytes.toString()) as string[],
  ]
  const take = others[Symbol.iterator]()
  const texts: string[][] = []
  for (const [, name, mode, length] of columns) {
    const key = `${JSON.stringify(name.startsWith('?') ? name.slice(1) : name)}:`
    texts.push(readColumn(mode, length, numbers, take).map((value) => key + value))
    if (texts.length % AT_ONCE === 0) await breathe()
  }
  const unread = texts.map((column) => column.values())
  const next = (column: number): string => unread[column]?.next().value ?? ''
  const last = new Map<string, { ts: number; step: number; seq: number }>()
  const batches: string[] = []
  for (let batch = 0; batch < count; batch++) {
    const items: string[] = []
    for (let left = index.unsigned(); left > 0; left--) {
      const shape = shapes[index.unsigned()]
      if (!shape) throw new RangeError('No such shape of items.')
      const [device, values, q, hasSeq] = shape
      const before = last.get(device) ?? { ts: 0, step: 0, seq: 0 }
      const ts = before.ts + before.step + index.signed()
      const seq = hasSeq ? before.seq + index.signed() : before.seq
      last.set(device, { ts, step: ts - before.ts, seq })
      const quality = q === null ? '' : `,"q":{${q.map(next).join(',')}}`
      items.push(
        `{"device":${JSON.stringify(device)},"ts":${ts},"values":{${values.map(next).join(',')}}${quality}${hasSeq ? `,"seq":${seq}` : ''}}`,
      )
    }
    batches.push(items.join(','))
    await breathe()
  }
  return batches
}

/** Zero says that the value is among the others; what is not zero is the difference from the last one, and one. */
function writeColumn(values: readonly unknown[], numbers: VarintWriter, others: string[]): Mode {
  const mode = modeOf(values)
  let last = 0
  for (const value of values) {
    const whole = typeof value === 'number' ? wholeOf(value, mode) : undefined
    if (whole === undefined) {
      numbers.unsigned(0)
      others.push(JSON.stringify(value))
      continue
    }
    numbers.unsigned(zigzag(whole - last) + 1)
    last = whole
  }
  return mode
}

function readColumn(mode: Mode, length: number, numbers: VarintReader, others: Iterator<string>): string[] {
  const values: string[] = []
  let last = 0
  for (let i = 0; i < length; i++) {
    const code = numbers.unsigned()
    if (code === 0) {
      values.push(others.next().value as string)
      continue
    }
    const step = code - 1
    last += step % 2 === 1 ? -(step + 1) / 2 : step / 2
    values.push(String(mode === 'f' ? floatOf(last) : last / 10 ** mode))
  }
  return values
}

/** The fewest decimals that all have; floats where that would be many and each value is one. */
function modeOf(values: readonly unknown[]): Mode {
  let [decimals, floats] = [0, true]
  for (const value of values) {
    if (typeof value !== 'number') continue
    floats &&= Math.fround(value) === value
    while (decimals < MOST_DECIMALS && Math.round(value * 10 ** decimals) / 10 ** decimals !== value) decimals++
  }
  return floats && decimals > 4 ? 'f' : decimals
}

function wholeOf(value: number, mode: Mode): number | undefined {
  if (Object.is(value, -0)) return undefined
  if (mode === 'f') return Math.fround(value) === value ? orderOf(value) : undefined
  const whole = Math.round(value * 10 ** mode)
  return Math.abs(whole) <= LARGEST && whole / 10 ** mode === value ? whole : undefined
}

const scratch = new DataView(new ArrayBuffer(4))

/** A float's place among all floats: neighbours differ by one, below and above zero. */
function orderOf(value: number): number {
  scratch.setFloat32(0, Math.abs(value))
  const bits = scratch.getUint32(0)
  return value < 0 ? -bits : bits
}

function floatOf(order: number): number {
  scratch.setUint32(0, Math.abs(order))
  const value = scratch.getFloat32(0)
  return order < 0 ? -value : value
}

type Parts = [Buffer, Buffer, Buffer, Buffer]

function joined(parts: Parts): Buffer {
  const lengths = Buffer.alloc(16)
  for (const [i, part] of parts.entries()) lengths.writeUInt32LE(part.length, i * 4)
  return Buffer.concat([lengths, ...parts])
}

function parted(bytes: Buffer): Parts {
  let at = 16
  const parts = [0, 4, 8, 12].map((place) => {
    const end = at + bytes.readUInt32LE(place)
    if (end > bytes.length) throw new RangeError('The columns are cut.')
    const part = bytes.subarray(at, end)
    at = end
    return part
  })
  return parts as Parts
}
