import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choiceOf, maySendCode, mayTryCode, nextDigest, quietOf, quietRow, quietUntil } from './mail-rules.ts'

test('the next digest is the next 08:00 of China', () => {
  const cases = [
    ['2026-11-26T23:59:59Z', '2026-11-27T00:00:00.000Z'],
    ['2026-11-27T00:00:00Z', '2026-11-28T00:00:00.000Z'],
    ['2026-11-26T10:00:00Z', '2026-11-27T00:00:00.000Z'],
    ['2026-12-31T16:00:00Z', '2027-01-01T00:00:00.000Z'],
  ] as const
  for (const [now, due] of cases) assert.equal(nextDigest(new Date(now)).toISOString(), due)
})

test('quiet hours end where they end, over midnight too, and are nobody’s who set none', () => {
  const night = quietRow({ from: '22:00', until: '07:30' })
  const noon = quietRow({ from: '12:00', until: '13:00' })
  const cases = [
    [night, '2026-11-26T13:59:59Z', undefined],
    [night, '2026-11-26T14:00:00Z', '2026-11-26T23:30:00.000Z'],
    [night, '2026-11-26T23:29:59Z', '2026-11-26T23:30:00.000Z'],
    [night, '2026-11-26T23:30:00Z', undefined],
    [night, '2026-12-31T20:00:00Z', '2026-12-31T23:30:00.000Z'],
    [noon, '2026-11-26T04:00:00Z', '2026-11-26T05:00:00.000Z'],
    [noon, '2026-11-26T05:00:00Z', undefined],
    [quietRow(null), '2026-11-26T20:00:00Z', undefined],
  ] as const
  for (const [quiet, now, end] of cases) assert.equal(quietUntil(quiet, new Date(now))?.toISOString(), end, now)
  assert.deepEqual(quietOf(night), { from: '22:00', until: '07:30' })
  assert.equal(quietOf(quietRow(null)), null)
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
