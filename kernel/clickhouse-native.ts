import { type ColumnType, type NumberName, numberArrays, parseColumnType, type ScalarType } from './clickhouse-types.ts'

/**
 * ClickHouse's `Native` format, one block: varint columns, varint rows, then for each column name, type, values column by column.
 * Three times cheaper than text for both sides, and with a real server just as well as with the embedded one.
 */
export interface Column {
  name: string
  /** As in CREATE TABLE: `UInt32`, `DateTime64(3, 'UTC')`, `Nullable(String)`, `Enum8('a' = 1)` … */
  type: string
  values: ColumnValues
  /** 1 = null, for a Nullable column whose values are a typed array. */
  nulls?: Uint8Array
}

/** DateTime takes seconds, DateTime64(n) takes ticks of 10^-n s (milliseconds for 3), or a Date. Integers as number or bigint. */
export type ColumnValues =
  | ArrayLike<number>
  | ArrayLike<bigint>
  | ReadonlyArray<string | number | bigint | boolean | Date | Uint8Array | null | undefined>

type Value = string | number | bigint | boolean | Date | Uint8Array | null | undefined

export function encodeNative(columns: readonly Column[], rows: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [varint(columns.length), varint(rows)]
  for (const column of columns) {
    const type = parseColumnType(column.type)
    if (!type) throw new TypeError(`Column ${column.name}: type ${column.type} cannot be written.`)
    if (column.values.length !== rows) throw new RangeError(`Column ${column.name} has ${column.values.length} values, expected ${rows}.`)
    parts.push(text(column.name), text(column.type))
    if (rows > 0) encodeColumn(column, type, rows, parts)
  }
  return joined(parts)
}

function encodeColumn(column: Column, type: ColumnType, rows: number, parts: Uint8Array[]): void {
  const values = column.values as ArrayLike<Value>
  const isNull = nullTest(column, values)
  if (type.nullable) {
    const map = new Uint8Array(rows)
    for (let row = 0; row < rows; row++) if (isNull(row)) map[row] = 1
    parts.push(map)
  }
  const at = (row: number): Value => {
    if (!isNull(row)) return values[row]
    if (!type.nullable) throw new TypeError(`Column ${column.name}, row ${row}: null in ${column.type}.`)
    return undefined
  }
  try {
    parts.push(encodeValues(type.scalar, column.values, at, rows))
  } catch (error) {
    if (error instanceof ValueError) throw new RangeError(`Column ${column.name}, ${column.type}: ${error.message}`)
    throw error
  }
}

function nullTest({ nulls }: Column, values: ArrayLike<Value>): (row: number) => boolean {
  if (nulls && nulls.length !== values.length) throw new RangeError(`The null map has ${nulls.length} entries, expected ${values.length}.`)
  return nulls ? (row) => nulls[row] === 1 : (row) => values[row] === null || values[row] === undefined
}

class ValueError extends Error {}

function encodeValues(scalar: ScalarType, raw: ColumnValues, at: (row: number) => Value, rows: number): Uint8Array {
  switch (scalar.kind) {
    case 'number':
      return encodeNumbers(scalar.name, raw, at, rows)
    case 'bool':
      return encodeNumbers('UInt8', raw, (row) => Number(at(row) ?? 0), rows)
    case 'dateTime':
      return encodeNumbers('UInt32', raw, (row) => fromDate(at(row), 0), rows)
    case 'dateTime64':
      return encodeNumbers('Int64', raw, (row) => fromDate(at(row), scalar.scale), rows)
    case 'enum8':
      return encodeNumbers('Int8', raw, (row) => enumCode(scalar.codes, at(row)), rows)
    case 'string':
      return encodeStrings(at, rows)
    case 'fixedString':
      return encodeFixedStrings(scalar.bytes, at, rows)
    default:
      return scalar satisfies never
  }
}

const integerLimits: Partial<Record<NumberName, readonly [number, number]>> = {
  UInt8: [0, 0xff],
  UInt16: [0, 0xffff],
  UInt32: [0, 0xffff_ffff],
  Int8: [-0x80, 0x7f],
  Int16: [-0x8000, 0x7fff],
  Int32: [-0x8000_0000, 0x7fff_ffff],
}

function encodeNumbers(name: NumberName, raw: ColumnValues, at: (row: number) => Value, rows: number): Uint8Array {
  const Target = numberArrays[name]
  if (raw instanceof Target) return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength)
  if (name === 'Int64' || name === 'UInt64') return encode64(name, at, rows)
  const out = new Target(rows) as Exclude<InstanceType<(typeof numberArrays)[NumberName]>, BigInt64Array | BigUint64Array>
  const limits = integerLimits[name]
  for (let row = 0; row < rows; row++) {
    const value = Number(at(row) ?? 0)
    if (limits && (!Number.isInteger(value) || value < limits[0] || value > limits[1]))
      throw new ValueError(`${value} does not fit (row ${row}).`)
    out[row] = value
  }
  return new Uint8Array(out.buffer)
}

/** By two 32-bit halves: a BigInt for each value would cost ten times as much. */
function encode64(name: 'Int64' | 'UInt64', at: (row: number) => Value, rows: number): Uint8Array {
  const halves = new Uint32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    const value = at(row) ?? 0
    if (typeof value === 'bigint') {
      if ((name === 'Int64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) !== value)
        throw new ValueError(`${value} does not fit (row ${row}).`)
      halves[row * 2] = Number(BigInt.asUintN(32, value))
      halves[row * 2 + 1] = Number(BigInt.asUintN(32, value >> 32n))
    } else {
      const number = Number(value)
      if (!Number.isSafeInteger(number) || (name === 'UInt64' && number < 0)) throw new ValueError(`${number} does not fit (row ${row}).`)
      halves[row * 2] = number >>> 0
      halves[row * 2 + 1] = Math.floor(number / 0x1_0000_0000) >>> 0
    }
  }
  return new Uint8Array(halves.buffer)
}

function fromDate(value: Value, scale: number): Value {
  if (!(value instanceof Date)) return value
  const ms = value.getTime()
  return scale <= 3 ? Math.floor(ms / 10 ** (3 - scale)) : BigInt(ms) * 10n ** BigInt(scale - 3)
}

function enumCode(codes: ReadonlyMap<string, number>, value: Value): Value {
  if (typeof value !== 'string') return value ?? [...codes.values()][0]
  const code = codes.get(value)
  if (code === undefined) throw new ValueError(`“${value}” is no member.`)
  return code
}

const encoder = new TextEncoder()
const bytesOf = (value: Value): Uint8Array => (value instanceof Uint8Array ? value : encoder.encode(String(value ?? '')))

function encodeStrings(at: (row: number) => Value, rows: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let row = 0; row < rows; row++) {
    const bytes = bytesOf(at(row))
    parts.push(varint(bytes.length), bytes)
  }
  return joined(parts)
}

function encodeFixedStrings(length: number, at: (row: number) => Value, rows: number): Uint8Array {
  const out = new Uint8Array(rows * length)
  for (let row = 0; row < rows; row++) {
    const bytes = bytesOf(at(row))
    if (bytes.length > length) throw new ValueError(`a value of ${bytes.length} bytes does not fit (row ${row}).`)
    out.set(bytes, row * length)
  }
  return out
}

/** LEB128 as ClickHouse reads it; lengths here stay far below 2^31. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value)
  return joined([varint(bytes.length), bytes])
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
