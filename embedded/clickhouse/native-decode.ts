import { type ColumnType, type NumberName, numberArrays, parseColumnType } from '#kernel/clickhouse-types.ts'

/** Bytes of ClickHouse's `Native` format into typed columns. The bytes come from the network: nothing in them is believed. */

export interface Strings {
  /** rows + 1 byte positions. */
  offsets: Int32Array
  bytes: Uint8Array
}

export interface DecodedColumn {
  name: string
  typeText: string
  type: ColumnType
  /** 1 = null; absent when the type is not Nullable. */
  nulls: Uint8Array | undefined
  values: InstanceType<(typeof numberArrays)[NumberName]> | Strings | Uint8Array
}

export interface DecodedRows {
  columns: DecodedColumn[]
  rows: number
}

export interface DecodeLimits {
  rows: number
  columns: number
}

export class NativeFormatError extends Error {}

const maxNameBytes = 256
const maxTypeBytes = 4_096
const maxVarintBytes = 5

export function decodeNative(body: Uint8Array, limits: DecodeLimits): DecodedRows {
  const reader = new Reader(body)
  const blocks: DecodedRows[] = []
  let rows = 0
  while (!reader.atEnd) {
    const block = readBlock(reader, limits)
    rows += block.rows
    if (rows > limits.rows) throw new NativeFormatError(`more than ${limits.rows} rows in one insert`)
    if (block.rows > 0) blocks.push(block)
  }
  const [first, ...more] = blocks
  if (!first) return { columns: [], rows: 0 }
  return more.length === 0 ? first : mergeBlocks(first, more, rows)
}

function readBlock(reader: Reader, limits: DecodeLimits): DecodedRows {
  const columnCount = reader.varint('number of columns')
  const rows = reader.varint('number of rows')
  if (columnCount > limits.columns) throw new NativeFormatError(`more than ${limits.columns} columns`)
  if (rows > limits.rows) throw new NativeFormatError(`more than ${limits.rows} rows in one insert`)
  if (columnCount === 0 && rows > 0) throw new NativeFormatError('rows without columns')
  const columns: DecodedColumn[] = []
  const seen = new Set<string>()
  for (let i = 0; i < columnCount; i++) {
    const column = readColumn(reader, rows)
    if (seen.has(column.name)) throw new NativeFormatError(`column ${column.name} stands twice`)
    seen.add(column.name)
    columns.push(column)
  }
  return { columns, rows }
}

function readColumn(reader: Reader, rows: number): DecodedColumn {
  const name = reader.text(maxNameBytes, 'column name')
  if (name === '') throw new NativeFormatError('a column without a name')
  const typeText = reader.text(maxTypeBytes, `type of ${name}`)
  const type = parseColumnType(typeText)
  if (!type) throw new NativeFormatError(`column ${name}: type ${typeText} is not supported here`)
  const nulls = type.nullable ? readNulls(reader, rows, name) : undefined
  return { name, typeText, type, nulls, values: readValues(reader, type, rows, name) }
}

function readNulls(reader: Reader, rows: number, name: string): Uint8Array {
  const map = reader.take(rows, `null map of ${name}`).slice()
  if (map.some((flag) => flag > 1)) throw new NativeFormatError(`column ${name}: the null map holds more than 0 and 1`)
  return map
}

function readValues(reader: Reader, { scalar }: ColumnType, rows: number, name: string): DecodedColumn['values'] {
  switch (scalar.kind) {
    case 'number':
      return readNumbers(reader, scalar.name, rows, name)
    case 'bool': {
      const values = readNumbers(reader, 'UInt8', rows, name) as Uint8Array
      if (values.some((value) => value > 1)) throw new NativeFormatError(`column ${name}: a Bool that is neither 0 nor 1`)
      return values
    }
    case 'dateTime':
      return readNumbers(reader, 'UInt32', rows, name)
    case 'dateTime64':
      return readNumbers(reader, 'Int64', rows, name)
    case 'enum8': {
      const values = readNumbers(reader, 'Int8', rows, name) as Int8Array<ArrayBuffer>
      const codes = new Set(scalar.codes.values())
      if (values.some((value) => !codes.has(value))) throw new NativeFormatError(`column ${name}: a code outside its Enum8`)
      return values
    }
    case 'fixedString':
      return reader.take(rows * scalar.bytes, `values of ${name}`).slice()
    case 'string':
      return readStrings(reader, rows, name)
    default:
      return scalar satisfies never
  }
}

function readNumbers(reader: Reader, type: NumberName, rows: number, name: string) {
  const Target = numberArrays[type]
  // A copy: the body is not aligned, and the engine reads the memory after the request's buffer is gone.
  const bytes = reader.take(rows * Target.BYTES_PER_ELEMENT, `values of ${name}`)
  const aligned = new ArrayBuffer(bytes.length)
  new Uint8Array(aligned).set(bytes)
  return new Target(aligned)
}

function readStrings(reader: Reader, rows: number, name: string): Strings {
  // Each string has at least its length byte, so a row count without bytes fails before the offsets are allocated.
  reader.expect(rows, `values of ${name}`)
  const offsets = new Int32Array(rows + 1)
  const start = reader.position
  let total = 0
  for (let row = 0; row < rows; row++) {
    const length = reader.varint(`length in ${name}`)
    reader.take(length, `value of ${name}`)
    total += length
    offsets[row + 1] = total
  }
  const bytes = new Uint8Array(total)
  reader.position = start
  for (let row = 0; row < rows; row++) bytes.set(reader.take(reader.varint(name), name), offsets[row]!)
  return { offsets, bytes }
}

function mergeBlocks(first: DecodedRows, more: DecodedRows[], rows: number): DecodedRows {
  for (const block of more) {
    const same =
      block.columns.length === first.columns.length &&
      block.columns.every((column, i) => column.name === first.columns[i]!.name && column.typeText === first.columns[i]!.typeText)
    if (!same) throw new NativeFormatError('the blocks of one insert have different columns')
  }
  const columns = first.columns.map((column, i) => {
    const parts = [first, ...more].map((block) => block.columns[i]!)
    return {
      ...column,
      nulls: column.nulls && joinArrays(parts.map((part) => part.nulls!)),
      values: joinValues(parts.map((part) => part.values)),
    }
  })
  return { columns, rows }
}

function joinValues(parts: DecodedColumn['values'][]): DecodedColumn['values'] {
  if (!isStrings(parts[0]!)) return joinArrays(parts as Uint8Array[])
  const strings = parts as Strings[]
  const offsets = new Int32Array(strings.reduce((sum, part) => sum + part.offsets.length - 1, 1))
  let row = 0
  let base = 0
  for (const part of strings) {
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = base + part.offsets[i]!
    base += part.bytes.length
  }
  return { offsets, bytes: joinArrays(strings.map((part) => part.bytes)) }
}

/** All parts have one type; `Uint8Array` stands for whichever it is. */
function joinArrays(parts: Uint8Array[]): Uint8Array {
  const Target = parts[0]!.constructor as Uint8ArrayConstructor
  const out = new Target(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export const isStrings = (values: DecodedColumn['values']): values is Strings => 'offsets' in values

class Reader {
  position = 0
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.length
  }

  expect(length: number, what: string): void {
    if (length > this.#bytes.length - this.position) {
      throw new NativeFormatError(`the data end in the ${what}: ${length} bytes expected, ${this.#bytes.length - this.position} left`)
    }
  }

  take(length: number, what: string): Uint8Array {
    this.expect(length, what)
    const from = this.position
    this.position += length
    return this.#bytes.subarray(from, this.position)
  }

  varint(what: string): number {
    let value = 0
    for (let i = 0; i < maxVarintBytes; i++) {
      const byte = this.#bytes[this.position]
      if (byte === undefined) throw new NativeFormatError(`the data end in the ${what}`)
      this.position++
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new NativeFormatError(`the ${what} is too large`)
  }

  text(maxBytes: number, what: string): string {
    const length = this.varint(what)
    if (length > maxBytes) throw new NativeFormatError(`the ${what} is longer than ${maxBytes} bytes`)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.take(length, what))
    } catch (error) {
      if (error instanceof NativeFormatError) throw error
      throw new NativeFormatError(`the ${what} is not UTF-8`)
    }
  }
}
