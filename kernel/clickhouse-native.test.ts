import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Column, encodeNative } from './clickhouse-native.ts'

const refusal = (error: unknown) => error instanceof RangeError || error instanceof TypeError

const hex = (columns: Column[], rows: number) => Buffer.from(encodeNative(columns, rows)).toString('hex')

test('a block is counts, then name, type and values of each column', () => {
  assert.equal(hex([{ name: 'a', type: 'UInt16', values: [1, 258] }], 2), '0102' + '0161' + '0655496e743136' + '01000201')
  assert.equal(hex([{ name: 's', type: 'String', values: ['é', ''] }], 2), '0102' + '0173' + '06537472696e67' + '02c3a900')
  assert.equal(hex([], 0), '0000')
})

test('a Nullable column leads with its null map', () => {
  const type = Buffer.from('Nullable(Int8)').toString('hex')
  assert.equal(hex([{ name: 'n', type: 'Nullable(Int8)', values: [null, -1] }], 2), `0102016e0e${type}010000ff`)
  const typed = { name: 'n', type: 'Nullable(Int8)', values: Int8Array.of(0, -1), nulls: Uint8Array.of(1, 0) }
  assert.equal(hex([typed], 2), `0102016e0e${type}010000ff`)
})

test('64-bit integers from numbers and from bigints are the same', () => {
  const values = [0, -1, 1_700_000_000_123, -1_700_000_000_123, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
  assert.equal(
    hex([{ name: 'a', type: 'Int64', values }], values.length),
    hex([{ name: 'a', type: 'Int64', values: BigInt64Array.from(values, BigInt) }], values.length),
  )
})

test('a Date becomes ticks of the scale', () => {
  const values = [new Date('2026-11-23T00:00:00.123Z'), new Date(-1)]
  const ticks = (scale: number) => values.map((value) => BigInt(value.getTime()) * 10n ** BigInt(scale - 3))
  for (const scale of [3, 6, 9]) {
    const type = `DateTime64(${scale}, 'UTC')`
    assert.equal(hex([{ name: 'a', type, values }], 2), hex([{ name: 'a', type, values: ticks(scale) }], 2))
  }
  assert.equal(
    hex([{ name: 'a', type: 'DateTime', values: [values[0]!] }], 1),
    hex([{ name: 'a', type: 'DateTime', values: Uint32Array.of(Date.parse('2026-11-23T00:00:00Z') / 1000) }], 1),
  )
})

test('what does not fit is refused, never wrapped round', () => {
  const refused: Column[] = [
    { name: 'a', type: 'UInt8', values: [256] },
    { name: 'a', type: 'Int8', values: [1.5] },
    { name: 'a', type: 'UInt64', values: [-1] },
    { name: 'a', type: 'Int64', values: [2n ** 63n] },
    { name: 'a', type: 'Int64', values: [2 ** 53] },
    { name: 'a', type: 'UInt32', values: [null] },
    { name: 'a', type: 'FixedString(2)', values: ['abc'] },
    { name: 'a', type: "Enum8('x' = 1)", values: ['y'] },
    { name: 'a', type: 'Map(String, String)', values: [''] },
    { name: 'a', type: 'UInt8', values: [1, 2] },
  ]
  for (const column of refused) assert.throws(() => encodeNative([column], 1), refusal, column.type)
})
