import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeScaling, scaled, unscaled } from './scaling.ts'
import { differs, givenBack, holds, rawOf } from './write-rules.ts'

test('what is scaled and written back is the same register', () => {
  const scales = fc.constantFrom(1, 0.1, 0.01, 0.001, 10, 0.5, 2.5, 0.0001)
  const offsets = fc.constantFrom(0, -40, 273.15, 100)
  fc.assert(
    fc.property(fc.integer({ min: -2_147_483_648, max: 4_294_967_295 }), scales, offsets, (raw, scale, offset) => {
      const by = makeScaling(scale, offset)
      assert.equal(unscaled(scaled(raw, by) as number, by), raw)
    }),
  )
  assert.equal(unscaled(21.3, makeScaling(0.1, 0)), 213)
  assert.equal(Number.isInteger(unscaled(21.34, makeScaling(0.1, 0))), false)
})

test('an interlock holds of comparable values alone', () => {
  const table: [Parameters<typeof holds>, boolean][] = [
    [[0, 'eq', 0], true],
    [[0.1, 'eq', 0], false],
    [['18446744073709551615', 'gt', 5], true],
    [['auto', 'gt', 5], false],
    [[5, 'le', 5], true],
    [[true, 'eq', true], true],
    [[1, 'eq', true], false],
    [[true, 'gt', false], false],
    [['auto', 'ne', 'manual'], true],
    [['auto', 'lt', 'manual'], false],
    [[Number.NaN, 'ne', 1], false],
  ]
  for (const [asked, expected] of table) assert.equal(holds(...asked), expected, JSON.stringify(asked))
})

test('a value becomes what stands in the machine: a bit or a register, whole where it comes out even', () => {
  const plain = makeScaling(1, 0)
  assert.deepEqual(rawOf(true, plain, false), { kind: 'raw', value: true })
  assert.deepEqual(rawOf(true, plain, 0), { kind: 'raw', value: 1 })
  assert.deepEqual(rawOf(0.8, makeScaling(0.01, 0), 75), { kind: 'raw', value: 80 })
  assert.deepEqual(rawOf('auto', plain, 'manual'), { kind: 'raw', value: 'auto' })
  for (const [value, now] of [
    ['auto', 1],
    [5, 'text'],
    [5, true],
    [true, 'on'],
  ] as const)
    assert.equal(rawOf(value, plain, now).kind, 'refused', `${value} where ${now} stands`)
})

test('what was read back differs beyond single precision, not within', () => {
  assert.equal(differs(21.3, 21.299999237060547), false)
  assert.equal(differs(0.8, 0.75), true)
  assert.equal(differs(true, false), true)
  assert.equal(differs('a', null), false)
})

test('what a method gave back: nothing, one result as it is, several as text in order', () => {
  assert.equal(givenBack([]), null)
  assert.equal(givenBack([27.5]), 27.5)
  assert.equal(givenBack([2n ** 60n]), '1152921504606846976')
  assert.equal(givenBack([true, null, 'ok']), 'true · — · ok')
})
