import type { WriteItem } from '../drivers/driver.ts'

/** What a PLC’s numbers are, whatever the protocol; `bcd16` has four decimal digits. */
const integerRange = {
  int8: [-0x80n, 0x7fn],
  uint8: [0n, 0xffn],
  int16: [-0x8000n, 0x7fffn],
  uint16: [0n, 0xffffn],
  bcd16: [0n, 9_999n],
  int32: [-0x8000_0000n, 0x7fff_ffffn],
  uint32: [0n, 0xffff_ffffn],
  bcd32: [0n, 99_999_999n],
  int64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  uint64: [0n, 0xffff_ffff_ffff_ffffn],
} as const satisfies Record<string, readonly [bigint, bigint]>

export type IntegerType = keyof typeof integerRange
export type NumberType = IntegerType | 'float32' | 'float64'

export type NumberBytes = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; why: 'wrongType' | 'valueOutOfRange' }

const refused = (why: 'wrongType' | 'valueOutOfRange'): NumberBytes => ({ kind: 'refused', why })
const isInteger = (type: NumberType): type is IntegerType => type in integerRange

/** The highest byte first; says why a value cannot be written as this type. */
export function numberBytes(type: NumberType, value: WriteItem['value']): NumberBytes {
  if (isInteger(type)) {
    const integer = toInteger(value)
    if (integer === undefined) return refused('wrongType')
    const [least, most] = integerRange[type]
    return integer < least || integer > most ? refused('valueOutOfRange') : { kind: 'bytes', bytes: integerBytes(type, integer) }
  }
  if (typeof value !== 'number') return refused('wrongType')
  const bytes = Buffer.alloc(type === 'float32' ? 4 : 8)
  if (!Number.isFinite(type === 'float32' ? Math.fround(value) : value)) return refused('valueOutOfRange')
  if (type === 'float32') bytes.writeFloatBE(value)
  else bytes.writeDoubleBE(value)
  return { kind: 'bytes', bytes }
}

/** 64 bits travel as a decimal string in JSON. */
function toInteger(value: WriteItem['value']): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

function integerBytes(type: IntegerType, integer: bigint): Buffer {
  const size = Number(/\d+$/.exec(type)?.[0]) / 8
  const bits = type.startsWith('bcd') ? BigInt(`0x${integer}`) : BigInt.asUintN(size * 8, integer)
  return Buffer.from(bits.toString(16).padStart(size * 2, '0'), 'hex')
}

/** Undefined where a digit is none. */
export function fromBcd(value: number, digits: number): number | undefined {
  let result = 0
  for (let digit = digits - 1; digit >= 0; digit--) {
    const nibble = Math.floor(value / 16 ** digit) % 16
    if (nibble > 9) return undefined
    result = result * 10 + nibble
  }
  return result
}
