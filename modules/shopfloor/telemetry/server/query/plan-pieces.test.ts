import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gridOf, HOUR_MS, MINUTE_MS, planPieces } from './plan-pieces.ts'

const at = Date.parse('2026-11-22T00:00:00Z')
const offset = fc.integer({ min: 0, max: 6 * HOUR_MS })

test('pieces tile the period exactly, and only whole, summed-up minutes and hours are read as such', () => {
  fc.assert(
    fc.property(offset, offset, offset, offset, fc.constantFrom('minute' as const, 'hour' as const), (a, length, m, h, coarsest) => {
      const fromMs = at + a
      const untilMs = fromMs + length
      const minutesUntilMs = at + Math.floor(m / MINUTE_MS) * MINUTE_MS
      const hoursUntilMs = Math.min(at + Math.floor(h / HOUR_MS) * HOUR_MS, minutesUntilMs)
      const pieces = planPieces(fromMs, untilMs, { minutesUntilMs, hoursUntilMs }, coarsest)
      let next = fromMs
      for (const piece of pieces) {
        assert.equal(piece.fromMs, next)
        assert.ok(piece.untilMs > piece.fromMs)
        if (piece.source === 'minute') {
          assert.ok(piece.fromMs % MINUTE_MS === 0 && piece.untilMs % MINUTE_MS === 0 && piece.untilMs <= minutesUntilMs)
        }
        if (piece.source === 'hour') {
          assert.ok(coarsest === 'hour' && piece.fromMs % HOUR_MS === 0 && piece.untilMs % HOUR_MS === 0 && piece.untilMs <= hoursUntilMs)
        }
        next = piece.untilMs
      }
      assert.equal(next, untilMs)
      assert.ok(pieces.length <= 5)
    }),
  )
})

test('a closed day on an hour grid is read from hours alone, today has minutes and samples at its end', () => {
  const closed = { minutesUntilMs: at + 90 * MINUTE_MS, hoursUntilMs: at + HOUR_MS }
  assert.deepEqual(planPieces(at - 24 * HOUR_MS, at, closed, 'hour'), [{ source: 'hour', fromMs: at - 24 * HOUR_MS, untilMs: at }])
  assert.deepEqual(
    planPieces(at - HOUR_MS, at + 2 * HOUR_MS, closed, 'hour').map((p) => [p.source, (p.untilMs - p.fromMs) / MINUTE_MS]),
    [
      ['hour', 120],
      ['minute', 30],
      ['raw', 30],
    ],
  )
})

test('a grid covers the period with no more buckets than asked for, each of whole minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 * 366 * 24 * HOUR_MS }), fc.integer({ min: 1, max: 1000 }), (length, max) => {
      const grid = gridOf(at, at + length, max)
      assert.ok(grid.fromMs <= at && grid.fromMs + grid.buckets * grid.bucketMs >= at + length)
      assert.ok(grid.buckets <= max || max === 1)
      assert.equal(grid.bucketMs % MINUTE_MS, 0)
    }),
  )
  assert.deepEqual(gridOf(at, at + 31 * 24 * HOUR_MS, 1000), { fromMs: at, bucketMs: HOUR_MS, buckets: 744 })
})
