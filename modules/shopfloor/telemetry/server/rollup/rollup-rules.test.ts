import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SeriesKind } from '../../contract.ts'
import { bucketFigures, counted, emptyRollup, mergeRollups, type Rollup, STATE_HOLD_MS } from './rollup-rules.ts'

/** One sample as a stretch of its own: whatever is summed up is put together from these. */
const one = (kind: SeriesKind, ms: number, value: number | null): Rollup => ({
  ...emptyRollup,
  n: 1,
  nBad: value === null ? 1 : 0,
  sum: value ?? 0,
  min: value,
  max: value,
  ...(value !== null || kind === 'state' ? { first: value, last: value, firstMs: ms, lastMs: ms } : {}),
})

const kinds = fc.constantFrom<SeriesKind>('instant', 'counter', 'interval', 'state')
const samples = fc
  .uniqueArray(fc.record({ ms: fc.integer({ min: 0, max: 100 }), value: fc.option(fc.integer({ min: 0, max: 5 })) }), {
    selector: (s) => s.ms,
    maxLength: 20,
  })
  .map((list) => list.sort((a, b) => a.ms - b.ms))

const together = (kind: SeriesKind, parts: Rollup[]) => parts.reduce((a, b) => mergeRollups(kind, a, b), emptyRollup)

test('in whatever cuts a series is put together, the sum is the same', () => {
  fc.assert(
    fc.property(kinds, samples, fc.array(fc.nat(20), { maxLength: 4 }), (kind, list, cuts) => {
      const parts = list.map((s) => one(kind, s.ms, s.value))
      const edges = [0, ...cuts.map((c) => Math.min(c, parts.length)).sort((a, b) => a - b), parts.length]
      const pieces = edges.slice(1).map((edge, i) => together(kind, parts.slice(edges[i], edge)))
      assert.deepEqual(together(kind, pieces), together(kind, parts))
    }),
  )
})

test('what buckets count adds up to what the whole counts, whatever their bounds', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 40 }), (list, width) => {
      const rising = list.filter((s) => s.value !== null)
      let whole = 0
      for (let i = 1; i < rising.length; i++) whole += counted(rising[i - 1]?.value ?? 0, rising[i]?.value ?? 0)
      let before = emptyRollup
      let sum = 0
      for (let from = 0; from <= 100; from += width) {
        const inside = together(
          'counter',
          list.filter((s) => s.ms >= from && s.ms < from + width).map((s) => one('counter', s.ms, s.value)),
        )
        sum += bucketFigures('counter', before, inside, { fromMs: from, untilMs: from + width, nowMs: 1000 }).increase ?? 0
        before = mergeRollups('counter', before, inside)
      }
      assert.equal(sum, whole)
    }),
  )
})

test('a counter that starts again counts from zero', () => {
  assert.equal(together('counter', [one('counter', 0, 98), one('counter', 1, 100), one('counter', 2, 3)]).increase, 5)
})

test('a state fills the bucket from the sample before it, ends at a bad one, at now, and after a day of silence', () => {
  const bounds = { fromMs: 0, untilMs: 100, nowMs: 1000 }
  const before = one('state', -50, 1)
  assert.deepEqual(bucketFigures('state', before, emptyRollup, bounds).durations, { 1: 100 })
  assert.deepEqual(bucketFigures('state', before, one('state', 40, 2), bounds).durations, { 1: 40, 2: 60 })
  assert.deepEqual(bucketFigures('state', before, one('state', 40, null), bounds).durations, { 1: 40 })
  assert.deepEqual(bucketFigures('state', before, emptyRollup, { ...bounds, nowMs: 30 }).durations, { 1: 30 })
  assert.deepEqual(bucketFigures('state', one('state', 10 - STATE_HOLD_MS, 1), emptyRollup, bounds).durations, { 1: 10 })
})

test('bad samples are counted and nothing else', () => {
  const figures = bucketFigures('instant', emptyRollup, together('instant', [one('instant', 1, 4), one('instant', 2, null)]), {
    fromMs: 0,
    untilMs: 100,
    nowMs: 100,
  })
  assert.deepEqual({ n: figures.n, nBad: figures.nBad, avg: figures.avg, last: figures.last }, { n: 2, nBad: 1, avg: 4, last: 4 })
})
