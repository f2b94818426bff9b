import type { NumberName } from '#kernel/clickhouse-types.ts'
import type { ArrowColumn } from './chdb-session.ts'
import { type DecodedColumn, isStrings } from './native-decode.ts'
import { quoteName, quoteText } from './sql-quote.ts'

/** Typed columns as the engine reads them in place, and the expressions that turn them into the types they were sent as. */

/** Format strings of the Arrow C data interface. */
const numberFormats: Record<NumberName, string> = {
  UInt8: 'C',
  UInt16: 'S',
  UInt32: 'I',
  UInt64: 'L',
  Int8: 'c',
  Int16: 's',
  Int32: 'i',
  Int64: 'l',
  Float32: 'f',
  Float64: 'g',
}

/** Arrow knows seconds, milli-, micro- and nanoseconds; a scale between goes to the next finer one. */
const tickFormats = [
  { scale: 0, format: 'tss:UTC' },
  { scale: 3, format: 'tsm:UTC' },
  { scale: 6, format: 'tsu:UTC' },
  { scale: 9, format: 'tsn:UTC' },
]

export function arrowColumn(column: DecodedColumn, rows: number): ArrowColumn {
  const { name, nulls } = column
  const validity = nulls ? bitmap(rows, (row) => nulls[row] === 0) : null
  const nullCount = nulls ? nulls.reduce((sum, flag) => sum + flag, 0) : 0
  const { format, buffers } = arrowValues(column, rows)
  return { name, format, length: rows, nullCount, buffers: [validity, ...buffers] }
}

function arrowValues({ type: { scalar }, values }: DecodedColumn, rows: number): { format: string; buffers: Buffer[] } {
  if (isStrings(values)) return { format: 'z', buffers: [memory(values.offsets), memory(values.bytes)] }
  switch (scalar.kind) {
    case 'bool':
      return { format: 'b', buffers: [bitmap(rows, (row) => values[row] === 1)] }
    case 'fixedString':
      return { format: `w:${scalar.bytes}`, buffers: [memory(values)] }
    case 'dateTime64': {
      const tick = tickFormats.find(({ scale }) => scale >= scalar.scale)!
      const ticks = values as BigInt64Array
      const factor = 10n ** BigInt(tick.scale - scalar.scale)
      return { format: tick.format, buffers: [memory(factor === 1n ? ticks : ticks.map((value) => value * factor))] }
    }
    case 'number':
      return { format: numberFormats[scalar.name], buffers: [memory(values)] }
    case 'dateTime':
      return { format: 'I', buffers: [memory(values)] }
    case 'enum8':
      return { format: 'c', buffers: [memory(values)] }
    default:
      throw new Error(`${scalar.kind} without its string buffers`)
  }
}

/** The column in the SELECT of the insert. Enums by their names: the table may number them otherwise. */
export function columnExpression({ name, type: { scalar, nullable }, typeText }: DecodedColumn): string {
  if (scalar.kind !== 'enum8') return quoteName(name)
  return `CAST(CAST(${quoteName(name)}, ${quoteText(nullable ? typeText : `Nullable(${typeText})`)}), 'Nullable(String)')`
}

const memory = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)

function bitmap(rows: number, isSet: (row: number) => boolean): Buffer {
  const bits = Buffer.alloc(Math.ceil(rows / 8))
  for (let row = 0; row < rows; row++) if (isSet(row)) bits[row >> 3]! |= 1 << (row & 7)
  return bits
}
