/** The ClickHouse column types that telemetry writes, as text and as structure. */

export type NumberName = 'UInt8' | 'UInt16' | 'UInt32' | 'UInt64' | 'Int8' | 'Int16' | 'Int32' | 'Int64' | 'Float32' | 'Float64'

export type ScalarType =
  | { kind: 'number'; name: NumberName }
  | { kind: 'bool' }
  | { kind: 'string' }
  | { kind: 'fixedString'; bytes: number }
  | { kind: 'dateTime'; zone: string | undefined }
  | { kind: 'dateTime64'; scale: number; zone: string | undefined }
  | { kind: 'enum8'; codes: ReadonlyMap<string, number> }

export interface ColumnType {
  scalar: ScalarType
  nullable: boolean
}

/** How a number type lies in memory: little endian, as JavaScript's typed arrays on every machine Node runs on. */
export const numberArrays = {
  UInt8: Uint8Array,
  UInt16: Uint16Array,
  UInt32: Uint32Array,
  UInt64: BigUint64Array,
  Int8: Int8Array,
  Int16: Int16Array,
  Int32: Int32Array,
  Int64: BigInt64Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const satisfies Record<NumberName, unknown>

const maxFixedStringBytes = 65_535

/** Undefined for a type outside the list. */
export function parseColumnType(text: string): ColumnType | undefined {
  const nullable = /^Nullable\((.*)\)$/s.exec(text)
  const scalar = parseScalar(nullable?.[1] ?? text)
  return scalar && { scalar, nullable: nullable !== null }
}

function parseScalar(text: string): ScalarType | undefined {
  if (Object.hasOwn(numberArrays, text)) return { kind: 'number', name: text as NumberName }
  if (text === 'Bool') return { kind: 'bool' }
  if (text === 'String') return { kind: 'string' }
  const fixed = /^FixedString\((\d{1,5})\)$/.exec(text)
  if (fixed) {
    const bytes = Number(fixed[1])
    return bytes > 0 && bytes <= maxFixedStringBytes ? { kind: 'fixedString', bytes } : undefined
  }
  const dateTime = /^DateTime(?:\('([A-Za-z0-9_+/-]{1,64})'\))?$/.exec(text)
  if (dateTime) return { kind: 'dateTime', zone: dateTime[1] }
  const dateTime64 = /^DateTime64\(([0-9])(?:, ?'([A-Za-z0-9_+/-]{1,64})')?\)$/.exec(text)
  if (dateTime64) return { kind: 'dateTime64', scale: Number(dateTime64[1]), zone: dateTime64[2] }
  const enum8 = /^Enum8\((.*)\)$/s.exec(text)
  return enum8 ? parseEnum8(enum8[1]!) : undefined
}

function parseEnum8(body: string): ScalarType | undefined {
  const codes = new Map<string, number>()
  const item = /\s*'((?:[^'\\]|\\.)*)'\s*=\s*(-?\d{1,3})\s*(,|$)/sy
  while (item.lastIndex < body.length) {
    const match = item.exec(body)
    if (!match) return undefined
    const code = Number(match[2])
    if (code < -128 || code > 127) return undefined
    codes.set(match[1]!.replace(/\\(.)/gs, '$1'), code)
  }
  return codes.size > 0 ? { kind: 'enum8', codes } : undefined
}
