import type { Decoded, Decoder, Failure } from '../../blocks/extent.ts'
import { fromBcd, numberBytes } from '../../wire/numbers.ts'
import { decodeText, encodeText } from '../../wire/text.ts'
import type { WriteItem } from '../driver.ts'
import type { DataType, ModbusPlace, Order } from './config.ts'

export type Encoded = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; reason: string }

/** A register is big-endian on the wire (V1.1b3 §4.2); the order of words, and devices that swap the bytes, the protocol leaves open. */
const wordsReversed = (order: Order): boolean => order === 'CDAB' || order === 'DCBA'
const bytesSwapped = (order: Order): boolean => order === 'BADC' || order === 'DCBA'

const notANumber: Failure = { quality: 'badSensorFailure', reason: 'modbus.notANumber' }
const notBcd: Failure = { quality: 'badConfiguration', reason: 'modbus.notBcd' }
const notText: Failure = { quality: 'badConfiguration', reason: 'modbus.notText' }

const refusals = {
  wrongType: 'modbus.wrongType',
  valueOutOfRange: 'modbus.valueOutOfRange',
  textTooLong: 'modbus.textTooLong',
  textNotInEncoding: 'modbus.textNotInEncoding',
} as const

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

const decoders: Record<Exclude<DataType, 'bool' | 'string'>, (order: Order) => Decoder> = {
  uint16: (order) => unsigned16[order],
  int16: (order) => (data, at) => (unsigned16[order](data, at) << 16) >> 16,
  bcd16: (order) => (data, at) => fromBcd(unsigned16[order](data, at), 4) ?? notBcd,
  uint32: (order) => unsigned32[order],
  int32: (order) => (data, at) => unsigned32[order](data, at) | 0,
  bcd32: (order) => (data, at) => fromBcd(unsigned32[order](data, at), 8) ?? notBcd,
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

/** The registers of a value that is not a boolean; says why it cannot be written. */
export function encode({ dataType, order, length = 0, encoding }: ModbusPlace, value: WriteItem['value']): Encoded {
  if (dataType === 'string') {
    if (typeof value !== 'string') return refused('modbus.wrongType')
    const text = encodeText(value, length, encoding)
    if (text.kind === 'refused') return refused(refusals[text.why])
    // Filled with zero bytes to whole registers.
    const registers = Buffer.alloc(evenLength(length))
    text.bytes.copy(registers)
    return { kind: 'bytes', bytes: inByteOrder(registers, order) }
  }
  if (dataType === 'bool') return refused('modbus.wrongType')
  const natural = numberBytes(dataType, value)
  return natural.kind === 'bytes' ? ordered(natural.bytes, order) : refused(refusals[natural.why])
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
