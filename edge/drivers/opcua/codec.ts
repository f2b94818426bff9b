import type { Sample } from '../driver.ts'

/** Built-in types by their numbers (OPC 10000-6 §5.1.2). */
export const builtIn = {
  boolean: 1,
  sByte: 2,
  byte: 3,
  int16: 4,
  uint16: 5,
  int32: 6,
  uint32: 7,
  int64: 8,
  uint64: 9,
  float: 10,
  double: 11,
  string: 12,
  dateTime: 13,
  guid: 14,
  byteString: 15,
  statusCode: 19,
  qualifiedName: 20,
  localizedText: 21,
  extensionObject: 22,
} as const

/** A Variant as the library decodes it; 64-bit integers are two halves of 32 bits, the high one first. */
export interface WireVariant {
  dataType: number
  /** 0 scalar, 1 array, 2 matrix. */
  arrayType: number
  value: unknown
}

export type Decoded = { kind: 'value'; value: NonNullable<Sample['value']> } | { kind: 'none'; reason: string }

/** The wire to the platform takes texts of so many characters. */
const MAX_TEXT = 1_000

/** One value, or why it is none: what is not scalar is never guessed at. `element` is set where one element of an array was asked for. */
export function decode(variant: WireVariant, element: boolean): Decoded {
  if (variant.value === null || variant.value === undefined) return none('opcua.noValue')
  if (variant.arrayType === 0) return scalar(variant.dataType, variant.value)
  const values = variant.value as ArrayLike<unknown>
  if (!element) return none('opcua.arrayNotRead')
  return values.length === 1 ? scalar(variant.dataType, values[0]) : none('opcua.arrayNotRead')
}

function scalar(dataType: number, value: unknown): Decoded {
  switch (dataType) {
    case builtIn.boolean:
      return { kind: 'value', value: Boolean(value) }
    case builtIn.float:
    case builtIn.double:
      return Number.isFinite(value) ? { kind: 'value', value: shortest(dataType, value as number) } : none('opcua.notANumber')
    case builtIn.int64:
    case builtIn.uint64:
      return { kind: 'value', value: wide(value as [number, number], dataType === builtIn.int64) }
    case builtIn.dateTime:
      return { kind: 'value', value: (value as Date).getTime() }
    case builtIn.string:
    case builtIn.guid:
      return text(String(value))
    case builtIn.localizedText:
      return text((value as { text?: string | null }).text ?? '')
    case builtIn.qualifiedName:
      return text((value as { name?: string | null }).name ?? '')
    case builtIn.statusCode:
      return { kind: 'value', value: (value as { value: number }).value }
    case builtIn.extensionObject:
      return none('opcua.structureNotRead')
    default:
      return typeof value === 'number' ? { kind: 'value', value } : none('opcua.typeNotRead')
  }
}

/** A Float of 20.1 is 20.1, not 20.100000381469727: the shortest decimal that is the same Float. */
function shortest(dataType: number, value: number): number {
  if (dataType === builtIn.double || Number.isInteger(value)) return value
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

const wide = ([high, low]: [number, number], signed: boolean): bigint => {
  const joined = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  return signed ? BigInt.asIntN(64, joined) : joined
}

const text = (value: string): Decoded => (value.length > MAX_TEXT ? none('opcua.textTooLong') : { kind: 'value', value })

const none = (reason: string): Decoded => ({ kind: 'none', reason })

const ranges: Record<number, [bigint, bigint]> = {
  [builtIn.sByte]: [-128n, 127n],
  [builtIn.byte]: [0n, 255n],
  [builtIn.int16]: [-32_768n, 32_767n],
  [builtIn.uint16]: [0n, 65_535n],
  [builtIn.int32]: [-(2n ** 31n), 2n ** 31n - 1n],
  [builtIn.uint32]: [0n, 2n ** 32n - 1n],
  [builtIn.int64]: [-(2n ** 63n), 2n ** 63n - 1n],
  [builtIn.uint64]: [0n, 2n ** 64n - 1n],
}

export type Encoded = { kind: 'value'; value: unknown } | { kind: 'refused'; reason: string }

/** A value as a Variant of the node's own type; what does not fit is refused here and never bent. */
export function encode(dataType: number, value: NonNullable<Sample['value']>): Encoded {
  if (dataType === builtIn.boolean) return typeof value === 'boolean' ? { kind: 'value', value } : refused('opcua.wrongType')
  if (dataType === builtIn.string) return typeof value === 'string' ? { kind: 'value', value } : refused('opcua.wrongType')
  if (typeof value !== 'number' && typeof value !== 'bigint') return refused('opcua.wrongType')
  if (dataType === builtIn.double) return { kind: 'value', value: Number(value) }
  if (dataType === builtIn.float)
    return Number.isFinite(Math.fround(Number(value)))
      ? { kind: 'value', value: Math.fround(Number(value)) }
      : refused('opcua.valueOutOfRange')
  const range = ranges[dataType]
  if (!range) return refused('opcua.typeNotWritten')
  if (typeof value === 'number' && !Number.isInteger(value)) return refused('opcua.wrongType')
  const whole = BigInt(value)
  if (whole < range[0] || whole > range[1]) return refused('opcua.valueOutOfRange')
  if (dataType !== builtIn.int64 && dataType !== builtIn.uint64) return { kind: 'value', value: Number(whole) }
  const bits = BigInt.asUintN(64, whole)
  return { kind: 'value', value: [Number(bits >> 32n), Number(bits & 0xffff_ffffn)] }
}

const refused = (reason: string): Encoded => ({ kind: 'refused', reason })
