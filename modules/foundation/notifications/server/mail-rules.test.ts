import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choiceOf, maySendCode, mayTryCode, nextDigest } from './mail-rules.ts'

test('the next digest is the next 08:00 of China', () => {
  const cases = [
    ['2026-11-26T23:59:59Z', '2026-11-27T00:00:00.000Z'],
    ['2026-11-27T00:00:00Z', '2026-11-28T00:00:00.000Z'],
    ['2026-11-26T10:00:00Z', '2026-11-27T00:00:00.000Z'],
    ['2026-12-31T16:00:00Z', '2027-01-01T00:00:00.000Z'],
  ] as const
  for (const [now, due] of cases) assert.equal(nextDigest(new Date(now)).toISOString(), due)
})

test('a kind’s own choice comes before the normal one', () => {
  assert.equal(choiceOf({ normal: 'daily', byKind: { 'a.b': 'none' } }, 'a.b'), 'none')
  assert.equal(choiceOf({ normal: 'daily', byKind: { 'a.b': 'none' } }, 'a.c'), 'daily')
})

test('a code holds half an hour and five tries; another is sent after a minute', () => {
  const sentAt = new Date('2026-11-26T10:00:00Z')
  const at = (minutes: number) => new Date(sentAt.getTime() + minutes * 60_000)
  assert.ok(mayTryCode({ sentAt, tries: 4 }, at(30)))
  assert.ok(!mayTryCode({ sentAt, tries: 5 }, at(1)))
  assert.ok(!mayTryCode({ sentAt, tries: 0 }, at(30.1)))
  assert.ok(!mayTryCode({ sentAt: null, tries: 0 }, at(0)))
  assert.ok(!maySendCode(sentAt, at(0.9)))
  assert.ok(maySendCode(sentAt, at(1)))
  assert.ok(maySendCode(null, at(0)))
})
