import type { Decoded, Decoder, Failure } from '../../blocks/extent.ts'
import { fromBcd, type NumberType, numberBytes } from '../../wire/numbers.ts'
import { decodeText, encodeText } from '../../wire/text.ts'
import type { WriteItem } from '../driver.ts'
import type { DataType, S7Place } from './config.ts'
import { dateAndTime, dateAndTimeBytes, dtl, dtlBytes, S5TIME_LONGEST_MS, s5time, s5timeBytes } from './times.ts'

/** `skip`: bytes of the value that are left as they stand, the length that a STRING was declared with. */
export type Encoded = { kind: 'bytes'; bytes: Buffer; skip: number } | { kind: 'refused'; reason: string }

const notANumber: Failure = { quality: 'badSensorFailure', reason: 's7.notANumber' }
const notBcd: Failure = { quality: 'badConfiguration', reason: 's7.notBcd' }
const notText: Failure = { quality: 'badConfiguration', reason: 's7.notText' }
const notTime: Failure = { quality: 'badConfiguration', reason: 's7.notTime' }

const finite = (value: number): Decoded => (Number.isFinite(value) ? value : notANumber)

const decoders: Record<Exclude<DataType, 'bool' | 'string'>, Decoder> = {
  int8: (data, at) => data.readInt8(at),
  uint8: (data, at) => data[at]!,
  int16: (data, at) => data.readInt16BE(at),
  uint16: (data, at) => data.readUInt16BE(at),
  int32: (data, at) => data.readInt32BE(at),
  uint32: (data, at) => data.readUInt32BE(at),
  int64: (data, at) => data.readBigInt64BE(at),
  uint64: (data, at) => data.readBigUInt64BE(at),
  float32: (data, at) => finite(data.readFloatBE(at)),
  float64: (data, at) => finite(data.readDoubleBE(at)),
  bcd16: (data, at) => fromBcd(data.readUInt16BE(at), 4) ?? notBcd,
  bcd32: (data, at) => fromBcd(data.readUInt32BE(at), 8) ?? notBcd,
  s5time: (data, at) => s5time(data.readUInt16BE(at)) ?? notTime,
  timer: (data, at) => s5time(data.readUInt16BE(at)) ?? notTime,
  counter: (data, at) => fromBcd(data.readUInt16BE(at) & 0x0fff, 3) ?? notBcd,
}

export function decoderOf(place: S7Place, bit = 0): Decoder {
  const { dataType } = place
  if (dataType === 'bool') return (data, at) => ((data[at]! >> bit) & 1) === 1
  return dataType === 'string' ? textDecoder(place) : decoders[dataType]
}

function textDecoder({ form, length = 0, encoding }: S7Place): Decoder {
  switch (form) {
    case 'chars':
      return (data, at) => decodeText(data.subarray(at, at + length), length, encoding) ?? notText
    case 'string':
      // The second byte counts the characters that are there; a fresh block's may say more than the first allows.
      return (data, at) =>
        data[at + 1]! > length ? notText : (decodeText(data.subarray(at + 2, at + 2 + data[at + 1]!), length, encoding) ?? notText)
    case 'wstring':
      return (data, at) => {
        const count = data.readUInt16BE(at + 2)
        if (count > length) return notText
        const text = Buffer.from(data.subarray(at + 4, at + 4 + count * 2))
          .swap16()
          .toString('utf16le')
        return text.isWellFormed() ? text : notText
      }
    case 'dateAndTime':
      return (data, at) => dateAndTime(data.subarray(at, at + 8)) ?? notTime
    case 'dtl':
      return (data, at) => dtl(data.subarray(at, at + 12)) ?? notTime
    default:
      return form satisfies never
  }
}

const refusals = {
  wrongType: 's7.wrongType',
  valueOutOfRange: 's7.valueOutOfRange',
  textTooLong: 's7.textTooLong',
  textNotInEncoding: 's7.textNotInEncoding',
} as const

const refused = (why: keyof typeof refusals): Encoded => ({ kind: 'refused', reason: refusals[why] })
const bytesOf = (bytes: Buffer, skip = 0): Encoded => ({ kind: 'bytes', bytes, skip })

/** The bytes of a value that is no boolean, timer or counter. */
export function encode(place: S7Place, value: WriteItem['value']): Encoded {
  const { dataType } = place
  if (dataType === 'string') return typeof value === 'string' ? encodeForm(place, value) : refused('wrongType')
  if (dataType === 's5time') {
    if (typeof value !== 'number') return refused('wrongType')
    const bytes = s5timeBytes(value)
    return bytes && value <= S5TIME_LONGEST_MS ? bytesOf(bytes) : refused('valueOutOfRange')
  }
  const number = numberBytes(dataType as NumberType, value)
  return number.kind === 'bytes' ? bytesOf(number.bytes) : refused(number.why)
}

function encodeForm({ form, length = 0, encoding }: S7Place, value: string): Encoded {
  if (form === 'dateAndTime' || form === 'dtl') {
    const bytes = form === 'dtl' ? dtlBytes(value) : dateAndTimeBytes(value)
    return bytes ? bytesOf(bytes) : refused('valueOutOfRange')
  }
  if (form === 'wstring') {
    if (value.length > length) return refused('textTooLong')
    if (!value.isWellFormed()) return refused('textNotInEncoding')
    const bytes = Buffer.alloc(2 + value.length * 2)
    bytes.writeUInt16BE(value.length)
    Buffer.from(value, 'utf16le').swap16().copy(bytes, 2)
    return bytesOf(bytes, 2)
  }
  const text = encodeText(value, length, encoding)
  if (text.kind === 'refused') return refused(text.why)
  if (form === 'string') return bytesOf(Buffer.concat([Buffer.of(text.bytes.length), text.bytes]), 1)
  const whole = Buffer.alloc(length, 0x20)
  text.bytes.copy(whole)
  return bytesOf(whole)
}
