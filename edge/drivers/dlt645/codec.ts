import type { Decoded, Failure } from '../../blocks/extent.ts'
import type { Form } from './address.ts'

const notBcd: Failure = { quality: 'badConfiguration', reason: 'dlt645.notBcd' }
/** A meter fills with FF what it does not measure. */
const notMeasured: Failure = { quality: 'badOutOfService', reason: 'dlt645.notMeasured' }
const tooShort: Failure = { quality: 'badConfiguration', reason: 'dlt645.tooShort' }

/** A number of BCD bytes, the lowest first. */
export function decodeNumber(data: Buffer, at: number, { bytes, decimals, signed }: Form): Decoded {
  const value = data.subarray(at, at + bytes)
  if (value.length < bytes) return tooShort
  if (value.every((byte) => byte === 0xff)) return notMeasured
  const highest = value[bytes - 1]!
  const negative = signed && (highest & 0x80) !== 0
  const digits = digitsOf(value, negative ? highest & 0x7f : highest)
  if (!/^\d+$/.test(digits)) return notBcd
  const magnitude = Number(digits) / 10 ** decimals
  return negative ? -magnitude : magnitude
}

/** The digits as a person reads them, the highest first. */
export function decodeDigits(data: Buffer, at: number, bytes: number): Decoded {
  const value = data.subarray(at, at + bytes)
  return value.length < bytes ? tooShort : digitsOf(value, value[bytes - 1]!).toUpperCase()
}

function digitsOf(lowestFirst: Buffer, highest: number): string {
  const bytes = Buffer.from(lowestFirst).reverse()
  bytes[0] = highest
  return bytes.toString('hex')
}

/** For the simulator and tests: undefined where it does not fit. */
export function encodeNumber(value: number, { bytes, decimals, signed }: Form): Buffer | undefined {
  const digits = String(Math.round(Math.abs(value) * 10 ** decimals)).padStart(bytes * 2, '0')
  if (digits.length > bytes * 2 || (value < 0 && !signed)) return undefined
  const data = Buffer.from(digits, 'hex').reverse()
  if (value < 0) data[bytes - 1]! |= 0x80
  return data
}
