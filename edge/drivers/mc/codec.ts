import type { Decoded, Decoder, Failure } from '../../blocks/extent.ts'
import { fromBcd, numberBytes } from '../../wire/numbers.ts'
import { decodeText, encodeText } from '../../wire/text.ts'
import type { WriteItem } from '../driver.ts'
import type { DataType, McPlace } from './config.ts'

// Words have the low byte first, double words the low word first: a value is its bytes from the lowest on.

export type Encoded = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; reason: string }

const notANumber: Failure = { quality: 'badSensorFailure', reason: 'mc.notANumber' }
const notBcd: Failure = { quality: 'badConfiguration', reason: 'mc.notBcd' }
const notText: Failure = { quality: 'badConfiguration', reason: 'mc.notText' }

const finite = (value: number): Decoded => (Number.isFinite(value) ? value : notANumber)

const decoders: Record<Exclude<DataType, 'bool' | 'string'>, Decoder> = {
  int16: (data, at) => data.readInt16LE(at),
  uint16: (data, at) => data.readUInt16LE(at),
  int32: (data, at) => data.readInt32LE(at),
  uint32: (data, at) => data.readUInt32LE(at),
  int64: (data, at) => data.readBigInt64LE(at),
  uint64: (data, at) => data.readBigUInt64LE(at),
  float32: (data, at) => finite(data.readFloatLE(at)),
  float64: (data, at) => finite(data.readDoubleLE(at)),
  bcd16: (data, at) => fromBcd(data.readUInt16LE(at), 4) ?? notBcd,
  bcd32: (data, at) => fromBcd(data.readUInt32LE(at), 8) ?? notBcd,
}

export function decoderOf({ dataType, length = 0, encoding }: McPlace, bit = 0): Decoder {
  if (dataType === 'bool') return (data, at) => ((data.readUInt16LE(at) >> bit) & 1) === 1
  if (dataType === 'string') return (data, at) => decodeText(data.subarray(at, at + length), length, encoding) ?? notText
  return decoders[dataType]
}

const refusals = {
  wrongType: 'mc.wrongType',
  valueOutOfRange: 'mc.valueOutOfRange',
  textTooLong: 'mc.textTooLong',
  textNotInEncoding: 'mc.textNotInEncoding',
} as const

/** The words of a value that is no bit. */
export function encode({ dataType, length = 0, encoding }: McPlace, value: WriteItem['value']): Encoded {
  if (dataType === 'bool') return { kind: 'refused', reason: refusals.wrongType }
  if (dataType !== 'string') {
    const number = numberBytes(dataType, value)
    return number.kind === 'bytes' ? { kind: 'bytes', bytes: number.bytes.reverse() } : { kind: 'refused', reason: refusals[number.why] }
  }
  if (typeof value !== 'string') return { kind: 'refused', reason: refusals.wrongType }
  const text = encodeText(value, length, encoding)
  if (text.kind === 'refused') return { kind: 'refused', reason: refusals[text.why] }
  // Filled with zero bytes to whole words.
  const bytes = Buffer.alloc(length + (length % 2))
  text.bytes.copy(bytes)
  return { kind: 'bytes', bytes }
}
