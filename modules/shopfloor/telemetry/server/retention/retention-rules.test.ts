import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutoffOf, defaultsOf, inOrder } from './retention-rules.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

test('whole months are kept behind the running one, over the turn of a year too', () => {
  assert.equal(iso(cutoffOf(Date.parse('2026-11-26T07:00:00Z'), 1)), '2026-10-01T00:00:00.000Z')
  assert.equal(iso(cutoffOf(Date.parse('2026-01-01T00:00:00Z'), 1)), '2025-12-01T00:00:00.000Z')
  assert.equal(iso(cutoffOf(Date.parse('2026-03-31T23:59:59Z'), 13)), '2025-02-01T00:00:00.000Z')
  assert.equal(cutoffOf(0, null), null)
})

test('sums outlive what they are made of', () => {
  assert.ok(inOrder({ raw: 3, minute: 3, hour: null }))
  assert.ok(inOrder({ raw: null, minute: null, hour: null }))
  assert.ok(!inOrder({ raw: null, minute: 12, hour: null }))
  assert.ok(!inOrder({ raw: 3, minute: 24, hour: 12 }))
})

test('an operator’s setting that makes no sense ends the start with its reason', () => {
  assert.deepEqual(defaultsOf({}), { raw: null, minute: null, hour: null })
  assert.throws(() => defaultsOf({ raw: 12, minute: 6 }), /at least as long/)
  assert.throws(() => defaultsOf({ hour: 6 }), /at least 12 months/)
})
