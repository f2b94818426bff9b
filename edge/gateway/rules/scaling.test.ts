import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeScaling, scaled } from './scaling.ts'

test('raw × scale + offset in decimal arithmetic', () => {
  const cases: [raw: number | bigint | boolean | string, scale: number, offset: number, expected: unknown][] = [
    [3, 0.1, 0, 0.3],
    [1, 0.7, 0.1, 0.8],
    [4_000, 0.025, -100, 0],
    [12_345, 1e-7, 0, 0.0012345],
    [-7, 0.01, 0.03, -0.04],
    [5, 10, 0, 50],
    [23.4, 1, 0, 23.4],
    [0.1, 3, 0, 0.3],
    [2n ** 60n, 1, 0, '1152921504606846976'],
    [7n, 1, 0, 7],
    [12_345_678_901_234_567n, 0.001, 0, 12_345_678_901_234.566],
    [true, 0.1, 5, true],
    ['text', 0.1, 5, 'text'],
  ]
  for (const [raw, scale, offset, expected] of cases) assert.equal(scaled(raw, makeScaling(scale, offset)), expected, `${raw} × ${scale}`)
})

test('a whole raw value is rounded once: the double nearest to the decimal', () => {
  const registers = fc.integer({ min: -(2 ** 31), max: 2 ** 32 })
  fc.assert(
    fc.property(
      registers,
      fc.integer({ min: 1, max: 9_999 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: -9_999, max: 9_999 }),
      (raw, m, d, o) => {
        const by = makeScaling(Number(`${m}e-${d}`), Number(`${o}e-${d}`))
        assert.equal(scaled(raw, by), Number(`${BigInt(raw) * BigInt(m) + BigInt(o)}e-${d}`))
      },
    ),
  )
})
