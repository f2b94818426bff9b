import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backOffMs } from './back-off.ts'
import { afterRead, answered, type Breaker, permit, probing, unitBackOff } from './breaker-rules.ts'
import { nextJob, type Waiting } from './queue-rules.ts'
import { type Sent, worthSending } from './report-rules.ts'
import { dueScan, gridIndex, phaseOf, untilNextScan } from './scan-rules.ts'

test('a scan is stamped with its grid point; an overrun skips grid points and counts them; a set clock counts none', () => {
  const cases: [name: string, last: number | undefined, nowMs: number, elapsedMs: number, expected: unknown][] = [
    ['first', undefined, 10_250, 0, { index: 10, tsMs: 10_000, skipped: 0 }],
    ['within the interval', 10, 10_999, 749, undefined],
    ['in time', 10, 11_000, 1_000, { index: 11, tsMs: 11_000, skipped: 0 }],
    ['two late', 10, 13_400, 3_150, { index: 13, tsMs: 13_000, skipped: 2 }],
    ['clock set forward by a day', 10, 86_411_000, 1_000, { index: 86_411, tsMs: 86_411_000, skipped: 0 }],
    ['clock set back by ten seconds', 10, 1_000, 1_000, { index: 1, tsMs: 1_000, skipped: 0 }],
  ]
  for (const [name, last, nowMs, elapsedMs, expected] of cases) assert.deepEqual(dueScan(last, nowMs, elapsedMs, 1_000), expected, name)
})

test('no grid point is scanned twice and none is missed by whoever wakes when told', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 90_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(2 ** 40),
      (periodMs, turn, startMs) => {
        const phaseMs = phaseOf(turn, periodMs)
        let nowMs = startMs
        let last = gridIndex(nowMs, periodMs, phaseMs)
        for (let i = 0; i < 20; i++) {
          const waitMs = untilNextScan(nowMs, periodMs, phaseMs)
          assert.ok(waitMs > 0 && waitMs <= periodMs)
          nowMs += waitMs
          const scan = dueScan(last, nowMs, waitMs, periodMs, phaseMs)
          assert.equal(scan?.index, last + 1)
          assert.equal(scan?.skipped, 0)
          assert.ok(nowMs - scan.tsMs <= periodMs / 2, 'a value is at most half a period older than its reading')
          last += 1
        }
      },
    ),
  )
})

test('a link serves writes first, then fast, slow, browsing; what waited past its deadline is served as a fast scan', () => {
  const write: Waiting = { kind: 'write', queuedMs: 900 }
  const fast: Waiting = { kind: 'scan', periodMs: 1_000, queuedMs: 900 }
  const slow: Waiting = { kind: 'scan', periodMs: 60_000, queuedMs: 0 }
  const browse: Waiting = { kind: 'browse', queuedMs: 0 }
  const test: Waiting = { kind: 'testRead', queuedMs: 500 }
  const order = (jobs: Waiting[], nowMs: number) => {
    const left = [...jobs]
    const served: Waiting[] = []
    while (left.length > 0) served.push(...left.splice(nextJob(left, nowMs), 1))
    return served
  }
  assert.deepEqual(order([browse, slow, fast, write], 1_000), [write, fast, slow, browse])
  assert.deepEqual(order([browse, slow, fast, test, write], 1_600), [write, test, fast, slow, browse])
  assert.deepEqual(order([fast, slow], 61_000), [fast, slow])
  assert.deepEqual(
    order([{ ...fast, queuedMs: 60_500 }, slow], 61_000),
    [slow, { ...fast, queuedMs: 60_500 }],
    'a busy link starves no slow scan',
  )
  assert.equal(nextJob([], 0), -1)
})

test('a back-off doubles to its limit, half of it by chance', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, chance) => {
      const ms = backOffMs(unitBackOff, failures, () => chance)
      const full = Math.min(unitBackOff.longestMs, unitBackOff.firstMs * 2 ** Math.min(failures - 1, 30))
      assert.ok(ms >= full / 2 && ms < full)
    }),
  )
})

test('a breaker: every state, with and without an answer', () => {
  const half = () => 0.5
  const states: Breaker[] = [
    { state: 'ok' },
    { state: 'failing', failures: 1 },
    { state: 'failing', failures: 2 },
    { state: 'open', trips: 1, retryAtMs: 5_000 },
    { state: 'halfOpen', trips: 1 },
    { state: 'halfOpen', trips: 20 },
  ]
  assert.deepEqual(
    states.map((state) => afterRead(state, true, 1_000, half)),
    states.map(() => ({ state: 'ok' })),
  )
  assert.deepEqual(
    states.map((state) => afterRead(state, false, 1_000, half)),
    [
      { state: 'failing', failures: 1 },
      { state: 'failing', failures: 2 },
      { state: 'open', trips: 1, retryAtMs: 1_750 },
      { state: 'open', trips: 1, retryAtMs: 5_000 },
      { state: 'open', trips: 2, retryAtMs: 2_500 },
      { state: 'open', trips: 21, retryAtMs: 46_000 },
    ],
  )
  const permits = states.map((state) => [permit(state, 4_999), permit(state, 5_000)].join(' '))
  assert.deepEqual(permits, ['read read', 'read read', 'read read', 'rest probe', 'rest rest', 'rest rest'])
  assert.deepEqual(probing({ state: 'open', trips: 3, retryAtMs: 0 }), { state: 'halfOpen', trips: 3 })
})

test('a unit that refuses an address is alive; only silence counts against it', () => {
  assert.ok(answered(['badTimeout', 'badIllegalAddress']))
  assert.ok(answered(['badDeviceFailure']))
  assert.ok(!answered(['badTimeout', 'badNoCommunication']))
  assert.ok(!answered([]))
})

test('after it opened, a dead unit is asked once per back-off, whatever the scans', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 50, maxLength: 200 }), (steps) => {
      let breaker: Breaker = { state: 'open', trips: 1, retryAtMs: 1_000 }
      let [nowMs, asked, allowed] = [0, 0, 0]
      for (const step of steps) {
        nowMs += step
        if (permit(breaker, nowMs) === 'rest') continue
        asked++
        breaker = afterRead(probing(breaker), false, nowMs, () => 0)
        assert.equal(breaker.state, 'open')
        allowed += breaker.state === 'open' ? breaker.retryAtMs - nowMs : 0
      }
      assert.ok(asked <= 1 + nowMs / 500)
      assert.ok(asked < 2 || allowed >= (asked - 1) * 500)
    }),
  )
})

test('what is sent: everything without a dead-band, else what changed, and by heartbeat; bad news once and by heartbeat', () => {
  const at = (value: Sent['value'], tsMs: number, code = 0): Sent => ({ value, tsMs, code })
  const bad = (tsMs: number) => at(null, tsMs, 0x82)
  const cases: [string, Sent | undefined, Sent, number, boolean][] = [
    ['the first', undefined, at(1, 0), 5, true],
    ['no dead-band', at(1, 0), at(1, 1_000), 0, true],
    ['within', at(1, 0), at(1.4, 1_000), 0.5, false],
    ['at the dead-band', at(1, 0), at(1.5, 1_000), 0.5, true],
    ['unchanged, heartbeat', at(1, 0), at(1, 60_000), 0.5, true],
    ['quality changed', at(1, 0), at(1, 1_000, 0x42), 0.5, true],
    ['went bad', at(1, 0), bad(1_000), 0.5, true],
    ['still bad', bad(0), bad(59_999), 0, false],
    ['still bad, heartbeat', bad(0), bad(60_000), 0, true],
    ['good again', bad(0), at(1, 1_000), 9, true],
    ['another text', at('on', 0), at('off', 1_000), 1, true],
    ['the same text', at('on', 0), at('on', 1_000), 1, false],
    ['a clock set back', at(1, 10_000), at(1, 1_000), 1, true],
  ]
  for (const [name, sent, next, deadband, expected] of cases) assert.equal(worthSending(sent, next, deadband, 60_000), expected, name)
})
