import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Column, encodeNative } from '#kernel/clickhouse-native.ts'
import { type DecodedColumn, decodeNative, isStrings, NativeFormatError } from './native-decode.ts'

const limits = { rows: 10_000, columns: 64 }
const decode = (body: Uint8Array) => decodeNative(body, limits)

/** The decoded column as plain values, for comparing. */
function plain({ type, values, nulls }: DecodedColumn, rows: number): unknown[] {
  return Array.from({ length: rows }, (_, row) => {
    if (nulls?.[row] === 1) return null
    if (isStrings(values)) return Buffer.from(values.bytes.subarray(values.offsets[row], values.offsets[row + 1])).toString('base64')
    if (type.scalar.kind === 'fixedString')
      return Buffer.from((values as Uint8Array).subarray(row * type.scalar.bytes, (row + 1) * type.scalar.bytes)).toString('base64')
    if (type.scalar.kind === 'bool') return values[row] === 1
    return values[row]
  })
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

interface Case {
  type: string
  value: fc.Arbitrary<unknown>
  expected?: (value: never) => unknown
}

const cases: Case[] = [
  { type: 'UInt8', value: fc.integer({ min: 0, max: 255 }) },
  { type: 'UInt16', value: fc.integer({ min: 0, max: 65_535 }) },
  { type: 'UInt32', value: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { type: 'UInt64', value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { type: 'Int8', value: fc.integer({ min: -128, max: 127 }) },
  { type: 'Int16', value: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: 'Int32', value: fc.integer() },
  { type: 'Int64', value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: 'Float32', value: fc.float() },
  { type: 'Float64', value: fc.double() },
  { type: 'Bool', value: fc.boolean() },
  { type: 'DateTime', value: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { type: "DateTime64(3, 'Asia/Shanghai')", value: fc.maxSafeInteger(), expected: (value) => BigInt(value) },
  { type: "Enum8('a' = 1, 'it\\'s' = -2)", value: fc.constantFrom('a', "it's"), expected: (value) => (value === 'a' ? 1 : -2) },
  { type: 'String', value: fc.string({ unit: 'binary' }), expected: (value) => base64(Buffer.from(value, 'utf8')) },
  { type: 'String', value: fc.uint8Array({ maxLength: 300 }), expected: base64 },
  { type: 'FixedString(3)', value: fc.uint8Array({ minLength: 3, maxLength: 3 }), expected: base64 },
]

const table = fc
  .array(fc.tuple(fc.constantFrom(...cases), fc.boolean()), { minLength: 1, maxLength: 8 })
  .chain((chosen) => fc.tuple(fc.constant(chosen), fc.nat({ max: 40 })))
  .chain(([chosen, rows]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.tuple(
        ...chosen.map(([{ type, value, expected }, nullable], i) =>
          fc.array(nullable ? fc.option(value) : value, { minLength: rows, maxLength: rows }).map((values) => ({
            column: { name: `c${i}`, type: nullable ? `Nullable(${type})` : type, values } as Column,
            expected: values.map((one) => (one === null ? null : expected ? expected(one as never) : one)),
          })),
        ),
      ),
    }),
  )

test('what is written is read back, for every type', () => {
  fc.assert(
    fc.property(table, ({ rows, columns }) => {
      const body = encodeNative(
        columns.map(({ column }) => column),
        rows,
      )
      const decoded = decode(body)
      assert.equal(decoded.rows, rows)
      if (rows === 0) return
      for (const [i, { column, expected }] of columns.entries()) {
        assert.equal(decoded.columns[i]!.name, column.name)
        assert.deepEqual(plain(decoded.columns[i]!, rows), expected)
      }
    }),
    { numRuns: 300 },
  )
})

test('several blocks are one table', () => {
  const block = (values: string[], numbers: number[]) =>
    encodeNative(
      [
        { name: 's', type: 'Nullable(String)', values },
        { name: 'n', type: 'Float32', values: numbers },
      ],
      values.length,
    )
  const decoded = decode(Buffer.concat([block(['a', 'bc'], [1, 2]), block([], []), block(['', 'd'], [3, 4])]))
  assert.equal(decoded.rows, 4)
  assert.deepEqual(
    plain(decoded.columns[0]!, 4),
    ['a', 'bc', '', 'd'].map((text) => base64(Buffer.from(text))),
  )
  assert.deepEqual(plain(decoded.columns[1]!, 4), [1, 2, 3, 4])
  const other = encodeNative([{ name: 's', type: 'String', values: ['x'] }], 1)
  assert.throws(() => decode(Buffer.concat([block(['a'], [1]), other])), NativeFormatError)
})

test('every cut and every flipped byte is either a table or a named refusal', () => {
  const body = encodeNative(
    [
      { name: 'a', type: 'Nullable(String)', values: ['x', null, 'long text '.repeat(20)] },
      { name: 'b', type: "DateTime64(3, 'UTC')", values: [1, 2, 3] },
      { name: 'c', type: 'Bool', values: [true, false, true] },
    ],
    3,
  )
  for (let length = 1; length < body.length; length++) assert.throws(() => decode(body.subarray(0, length)), NativeFormatError)
  fc.assert(
    fc.property(fc.nat({ max: body.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bent = body.slice()
      bent[at] = byte
      try {
        decode(bent)
      } catch (error) {
        assert.ok(error instanceof NativeFormatError)
      }
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      try {
        decode(noise)
      } catch (error) {
        assert.ok(error instanceof NativeFormatError)
      }
    }),
  )
})

test('sizes are refused before memory is taken', () => {
  const said = (bytes: number[], why: RegExp) => assert.throws(() => decode(Uint8Array.from(bytes)), why)
  said([1, 0xff, 0xff, 0xff, 0xff, 0x0f], /more than 10000 rows/)
  said([0xff, 0xff, 0x03, 1], /more than 64 columns/)
  said([1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], /too large/)
  said([0, 5], /rows without columns/)
  const name = [1, 0x61]
  const type = (text: string) => [text.length, ...Buffer.from(text)]
  said([1, 100, ...name, ...type('Float64'), 0], /800 bytes expected, 1 left/)
  said([1, 100, ...name, ...type('String'), 0], /data end/)
  said([1, 1, ...name, ...type('String'), 0xff, 0xff, 0xff, 0xff, 0x07], /data end/)
  said([1, 1, ...name, ...type('Array(String)'), 0], /not supported/)
  said([1, 1, ...name, ...type('FixedString(99999)'), 0], /not supported/)
  said([1, 1, ...name, ...type('Bool'), 2], /neither 0 nor 1/)
  said([1, 1, ...name, ...type("Enum8('a' = 1)"), 2], /outside its Enum8/)
  said([2, 1, ...name, ...type('UInt8'), 1, ...name, ...type('UInt8'), 1], /twice/)
})
