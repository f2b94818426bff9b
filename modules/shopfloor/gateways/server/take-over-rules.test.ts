import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GAP_MS, type Heard, leaseEndMs, notReady, spansOf, takesOver, writesFromMs } from './take-over-rules.ts'

const SILENT_MS = 30_000
const NOW = 1_800_000_000_000
const heard = (agoMs: number, unbrokenForMs = 3_600_000, clockSkewMs: number | null = 0): Heard => ({
  lastMs: NOW - agoMs,
  unbrokenMs: NOW - unbrokenForMs,
  clockSkewMs,
})

test('the other one takes over when the active one was silent for too long and it was heard itself all the time', () => {
  const cases: [string, Heard | undefined, Heard | undefined, boolean][] = [
    ['silent, the other one there', heard(30_001), heard(4_000), true],
    ['silent, not long enough', heard(29_999), heard(4_000), false],
    ['never heard, the other one there', undefined, heard(4_000), true],
    ['both away', heard(60_000), heard(60_000), false],
    ['both were away, the other one is back first', heard(60_000), heard(0, 0), false],
    ['both were away, the active one is still not back', heard(90_000), heard(4_000, 30_001), true],
    ['the other one never reported', heard(60_000), undefined, false],
    ['the clock of the other one is wrong', heard(60_000), heard(4_000, 3_600_000, -6_000), false],
  ]
  for (const [what, active, other, due] of cases) assert.equal(takesOver(active, other, SILENT_MS, NOW), due, what)
  assert.deepEqual(
    [notReady(undefined, NOW), notReady(heard(GAP_MS + 1), NOW), notReady(heard(0, 0, 5_001), NOW), notReady(heard(0, 0, null), NOW)],
    ['never', 'away', 'clock', undefined],
  )
})

/** What may happen to a pair while time passes; the platform looks at it as it does. */
const step = fc.record({
  passMs: fc.integer({ min: 1, max: 20_000 }),
  what: fc.constantFrom('reportA' as const, 'reportB' as const, 'look' as const, 'hand' as const, 'byHand' as const),
})

test('whatever is heard and whenever it is looked at, no two gateways may begin a write at the same time', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 15_000, max: 120_000 }), (steps, silentMs) => {
      let nowMs = NOW
      let [active, writesFrom] = [0, NOW]
      const said: (Heard | undefined)[] = [undefined, undefined]
      const handed: { to: number; fromMs: number; untilMs: number }[] = []
      const report = (who: number) => {
        const last = said[who]
        const unbrokenMs = last && nowMs - last.lastMs <= GAP_MS ? last.unbrokenMs : nowMs
        said[who] = { lastMs: nowMs, unbrokenMs, clockSkewMs: 0 }
      }
      const switchOver = () => {
        writesFrom = writesFromMs(nowMs, said[active]?.lastMs, silentMs)
        active = 1 - active
      }
      for (const { passMs, what } of steps) {
        nowMs += passMs
        const now = said[active]
        if (what === 'reportA') report(0)
        else if (what === 'reportB') report(1)
        else if (what === 'byHand') switchOver()
        else if (what === 'look' && takesOver(now, said[1 - active], silentMs, nowMs)) switchOver()
        else if (what === 'hand' && now && nowMs >= writesFrom && leaseEndMs(now.lastMs, silentMs) > nowMs)
          handed.push({ to: active, fromMs: nowMs, untilMs: leaseEndMs(now.lastMs, silentMs) })
      }
      for (const one of handed)
        for (const other of handed) if (one.to !== other.to) assert.ok(one.untilMs <= other.fromMs || other.untilMs <= one.fromMs)
    }),
    { numRuns: 2_000 },
  )
})

test('each moment is the turn of exactly one of the two', () => {
  const turns = fc
    .array(fc.record({ passMs: fc.integer({ min: 0, max: 1_000 }), activeId: fc.constantFrom('A', 'B') }), { maxLength: 20 })
    .map((all) => all.map(({ activeId }, i) => ({ activeId, beganMs: all.slice(0, i + 1).reduce((sum, { passMs }) => sum + passMs, 0) })))
  fc.assert(
    fc.property(turns, fc.integer({ min: -10, max: 20_000 }), (all, atMs) => {
      const owners = ['A', 'B'].filter((id) => spansOf(all, id, 'A').some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs))
      assert.deepEqual(owners, [all.findLast(({ beganMs }) => beganMs <= atMs)?.activeId ?? 'A'])
    }),
  )
})
