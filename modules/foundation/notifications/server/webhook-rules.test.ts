import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ATTEMPTS, afterAttempt, retryAfterMs } from './webhook-rules.ts'

test('what comes after an attempt', () => {
  for (const status of [200, 202, 204]) assert.deepEqual(afterAttempt({ status }, 1, 0.5), { kind: 'delivered' })
  assert.deepEqual(afterAttempt({ status: 410 }, 1, 0.5), { kind: 'gone' })
  for (const status of [undefined, 301, 400, 401, 404, 429, 500, 503]) {
    assert.deepEqual(afterAttempt({ status }, 1, 0.5), { kind: 'retry', afterMs: 5_000 }, `${status}`)
    assert.deepEqual(afterAttempt({ status }, ATTEMPTS, 0.5), { kind: 'failed' }, `${status}`)
  }
  assert.deepEqual(afterAttempt({ status: 500 }, 1, 0), { kind: 'retry', afterMs: 4_000 })
  assert.deepEqual(afterAttempt({ status: 503, retryAfterMs: 60_000 }, 1, 0.5), { kind: 'retry', afterMs: 60_000 })
  assert.deepEqual(afterAttempt({ status: 503, retryAfterMs: 1e12 }, 1, 0.5), { kind: 'retry', afterMs: 86_400_000 })
})

test('the attempts go on for three days', () => {
  let total = 0
  for (let n = 1; n < ATTEMPTS; n++) {
    const next = afterAttempt({ status: 500 }, n, 0.5)
    assert.ok(next.kind === 'retry')
    total += next.afterMs
  }
  assert.ok(total > 3 * 86_400_000 && total < 4 * 86_400_000)
})

test('Retry-After in seconds or as a date', () => {
  const now = Date.parse('2026-11-26T10:00:00Z')
  assert.equal(retryAfterMs('120', now), 120_000)
  assert.equal(retryAfterMs('Thu, 26 Nov 2026 10:01:00 GMT', now), 60_000)
  assert.equal(retryAfterMs('Thu, 26 Nov 2026 09:01:00 GMT', now), 0)
  for (const header of [undefined, 'soon', '-1', '99999999999999999999']) assert.equal(retryAfterMs(header, now), undefined)
})
