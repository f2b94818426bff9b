import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RAW_BITS, readDecimal, readInt64, writeDecimal, writeInt64 } from './decimal.ts'

const roundTrip = (value: number, hint: number) => {
  const column = new Int32Array(4)
  const exponent = writeDecimal(value, hint, column, 1)
  return { exponent, back: readDecimal(column, exponent, 1), mantissa: exponent === RAW_BITS ? undefined : readInt64(column, 1) }
}

test('every double comes back bit for bit, whatever exponent the series had before', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: -128, max: 17 }), (value, hint) => {
      assert.ok(Object.is(roundTrip(value, hint).back, value), `${value} with hint ${hint}`)
    }),
    { numRuns: 20_000 },
  )
})

test('short decimals take the fewest digits, or the exponent of their series', () => {
  const cases: [number, number, number, number][] = [
    [3.17, 0, 317, 2],
    [3.1, 2, 310, 2],
    [-0.05, 0, -5, 2],
    [0, 0, 0, 0],
    [959_640.31, 0, 95_964_031, 2],
    [2 ** 53 - 1, 0, 2 ** 53 - 1, 0],
    [1e15, 3, 1e15, 0],
  ]
  for (const [value, hint, mantissa, exponent] of cases) assert.deepEqual(roundTrip(value, hint), { back: value, mantissa, exponent })
  for (const value of [0.1 + 0.2, Number.NaN, -0, 1e300, 5e-324]) assert.equal(roundTrip(value, 0).exponent, RAW_BITS, String(value))
})

test('decimals as devices send them never need their bits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (n, digits) => {
      assert.notEqual(roundTrip(n / 10 ** digits, 0).exponent, n === 0 ? -1 : RAW_BITS)
    }),
  )
})

test('whole numbers up to 2^53 pass an Int64 column', () => {
  const column = new BigInt64Array(1)
  const halves = new Int32Array(column.buffer)
  fc.assert(
    fc.property(fc.maxSafeInteger(), (n) => {
      writeInt64(n, halves, 0)
      assert.equal(column[0], BigInt(n))
      assert.equal(readInt64(halves, 0), n)
    }),
  )
})
