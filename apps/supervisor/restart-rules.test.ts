import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterDeath } from './restart-rules.ts'

test('five deaths in a minute are forgiven with growing pauses, the sixth is not', () => {
  const decisions = [1, 2, 3, 4, 5, 6].map((n) =>
    afterDeath(
      Array.from({ length: n }, (_, i) => i * 1000),
      n * 1000,
    ),
  )
  assert.deepEqual(decisions, [
    { kind: 'again', waitMs: 200 },
    { kind: 'again', waitMs: 400 },
    { kind: 'again', waitMs: 800 },
    { kind: 'again', waitMs: 1600 },
    { kind: 'again', waitMs: 3200 },
    { kind: 'giveUp' },
  ])
})

test('deaths older than a minute are forgotten', () => {
  assert.deepEqual(afterDeath([0, 1, 2, 3, 4, 70_000], 70_000), { kind: 'again', waitMs: 200 })
})
