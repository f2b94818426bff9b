import type { QualityName } from '#values/quality.ts'
import type { Sample, WriteItem } from '../driver.ts'
import type { DataType, ModbusPlace, Order } from './config.ts'
import { decodeText, encodeText } from './text.ts'

/** The registers were read, what stands in them is no value of the point's type. */
export interface BadValue {
  quality: QualityName
  reason: string
}
export type Decoded = NonNullable<Sample['value']> | BadValue

/** Takes the value whose first register begins at the byte `at`. */
export type Decoder = (data: Buffer, at: number) => Decoded

export type Encoded = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; reason: string }

/** A register is big-endian on the wire (V1.1b3 §4.2); the order of words, and devices that swap the bytes, the protocol leaves open. */
const wordsReversed = (order: Order): boolean => order === 'CDAB' || order === 'DCBA'
const bytesSwapped = (order: Order): boolean => order === 'BADC' || order === 'DCBA'

const notANumber: BadValue = { quality: 'badSensorFailure', reason: 'modbus.notANumber' }
const notBcd: BadValue = { quality: 'badConfiguration', reason: 'modbus.notBcd' }
const notText: BadValue = { quality: 'badConfiguration', reason: 'modbus.notText' }

export const isBadValue = (decoded: Decoded): decoded is BadValue => typeof decoded === 'object'

// One scratch for all: JavaScript runs one of these at a time.
const scratch = new DataView(new ArrayBuffer(8))

type Unsigned = (data: Buffer, at: number) => number

const unsigned16: Record<Order, Unsigned> = {
  ABCD: (data, at) => data.readUInt16BE(at),
  CDAB: (data, at) => data.readUInt16BE(at),
  BADC: (data, at) => data.readUInt16LE(at),
  DCBA: (data, at) => data.readUInt16LE(at),
}

const unsigned32: Record<Order, Unsigned> = {
  ABCD: (data, at) => data.readUInt32BE(at),
  CDAB: (data, at) => data.readUInt16BE(at + 2) * 0x1_0000 + data.readUInt16BE(at),
  BADC: (data, at) => data.readUInt16LE(at) * 0x1_0000 + data.readUInt16LE(at + 2),
  DCBA: (data, at) => data.readUInt32LE(at),
}

/** The 8 bytes at `at`, put in order into the scratch. */
function load64(order: Order): (data: Buffer, at: number) => void {
  const read = unsigned32[order]
  const [high, low] = wordsReversed(order) ? [4, 0] : [0, 4]
  return (data, at) => {
    scratch.setUint32(0, read(data, at + high))
    scratch.setUint32(4, read(data, at + low))
  }
}

const finite = (value: number): Decoded => (Number.isFinite(value) ? value : notANumber)

function fromBcd(value: number, digits: number): Decoded {
  let result = 0
  for (let digit = digits - 1; digit >= 0; digit--) {
    const nibble = Math.floor(value / 16 ** digit) % 16
    if (nibble > 9) return notBcd
    result = result * 10 + nibble
  }
  return result
}

const decoders: Record<Exclude<DataType, 'bool' | 'string'>, (order: Order) => Decoder> = {
  uint16: (order) => unsigned16[order],
  int16: (order) => (data, at) => (unsigned16[order](data, at) << 16) >> 16,
  bcd16: (order) => (data, at) => fromBcd(unsigned16[order](data, at), 4),
  uint32: (order) => unsigned32[order],
  int32: (order) => (data, at) => unsigned32[order](data, at) | 0,
  bcd32: (order) => (data, at) => fromBcd(unsigned32[order](data, at), 8),
  float32: (order) => (data, at) => {
    scratch.setUint32(0, unsigned32[order](data, at))
    return finite(scratch.getFloat32(0))
  },
  uint64: (order) => loaded(order, () => scratch.getBigUint64(0)),
  int64: (order) => loaded(order, () => scratch.getBigInt64(0)),
  float64: (order) => loaded(order, () => finite(scratch.getFloat64(0))),
}

function loaded(order: Order, take: () => Decoded): Decoder {
  const load = load64(order)
  return (data, at) => {
    load(data, at)
    return take()
  }
}

/** For a value in registers; `bit` for a boolean. */
export function decoderOf({ dataType, order, length = 0, encoding }: ModbusPlace, bit = 0): Decoder {
  switch (dataType) {
    case 'bool':
      return (data, at) => ((data.readUInt16BE(at) >> bit) & 1) === 1
    case 'string':
      return (data, at) => decodeText(inByteOrder(data.subarray(at, at + evenLength(length)), order), length, encoding) ?? notText
    default:
      return shared(dataType, order)
  }
}

const sharedDecoders = new Map<string, Decoder>()

/** One for all points of a kind: a gateway has a hundred thousand of them. */
function shared(dataType: keyof typeof decoders, order: Order): Decoder {
  const key = `${dataType} ${order}`
  let decoder = sharedDecoders.get(key)
  if (!decoder) {
    decoder = decoders[dataType](order)
    sharedDecoders.set(key, decoder)
  }
  return decoder
}

const evenLength = (length: number): number => length + (length % 2)

const inByteOrder = (bytes: Buffer, order: Order): Buffer => (bytesSwapped(order) ? Buffer.from(bytes).swap16() : bytes)

const integerRange: Partial<Record<DataType, [bigint, bigint]>> = {
  uint16: [0n, 0xffffn],
  int16: [-0x8000n, 0x7fffn],
  bcd16: [0n, 9_999n],
  uint32: [0n, 0xffff_ffffn],
  int32: [-0x8000_0000n, 0x7fff_ffffn],
  bcd32: [0n, 99_999_999n],
  uint64: [0n, 0xffff_ffff_ffff_ffffn],
  int64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
}

/** The registers of a value that is not a boolean; says why it cannot be written. */
export function encode({ dataType, order, length = 0, encoding }: ModbusPlace, value: WriteItem['value']): Encoded {
  if (dataType === 'string') {
    if (typeof value !== 'string') return refused('modbus.wrongType')
    const text = encodeText(value, length, encoding)
    return text.kind === 'bytes' ? { kind: 'bytes', bytes: inByteOrder(text.bytes, order) } : text
  }
  const range = integerRange[dataType]
  if (range) {
    const integer = toInteger(value)
    if (integer === undefined) return refused('modbus.wrongType')
    if (integer < range[0] || integer > range[1]) return refused('modbus.valueOutOfRange')
    return ordered(integerBytes(dataType, integer), order)
  }
  if (typeof value !== 'number') return refused('modbus.wrongType')
  const bytes = Buffer.alloc(dataType === 'float32' ? 4 : 8)
  const stored = dataType === 'float32' ? Math.fround(value) : value
  if (!Number.isFinite(stored)) return refused('modbus.valueOutOfRange')
  if (dataType === 'float32') bytes.writeFloatBE(value)
  else bytes.writeDoubleBE(value)
  return ordered(bytes, order)
}

/** 64 bits travel as a decimal string in JSON. */
function toInteger(value: WriteItem['value']): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

function integerBytes(dataType: DataType, integer: bigint): Buffer {
  const size = dataType.endsWith('64') ? 8 : dataType.endsWith('32') ? 4 : 2
  const bits = dataType.startsWith('bcd') ? BigInt(`0x${integer}`) : BigInt.asUintN(size * 8, integer)
  return Buffer.from(bits.toString(16).padStart(size * 2, '0'), 'hex')
}

/** From the natural order into the device's. */
function ordered(natural: Buffer, order: Order): Encoded {
  const bytes = bytesSwapped(order) ? natural.swap16() : natural
  if (!wordsReversed(order)) return { kind: 'bytes', bytes }
  const words = bytes.length / 2
  const reversed = Buffer.alloc(bytes.length)
  for (let word = 0; word < words; word++) bytes.copy(reversed, (words - 1 - word) * 2, word * 2, word * 2 + 2)
  return { kind: 'bytes', bytes: reversed }
}

const refused = (reason: string): Encoded => ({ kind: 'refused', reason })
