import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quality } from '#values/quality.ts'
import type { Condition } from '../condition.ts'
import {
  advance,
  type Change,
  keep,
  listenFor,
  type Memory,
  nothingKept,
  remember,
  settle,
  take,
  type Value,
  type Watch,
  type WatchedRule,
  watchOf,
} from './condition-rules.ts'

const high: Condition = { kind: 'limit', level: 'H', limit: 80, deadband: 5 }
const rule = (condition: Condition, change: Partial<WatchedRule> = {}): Watch =>
  watchOf({ pointName: 'temp', condition, onDelayS: 0, offDelayS: 0, badQuality: 'ignore', suppression: null, ...change })
const at = (s: number, value: number, code: number = quality.good): Value => ({
  atMs: s * 1_000,
  receivedMs: s * 1_000 + 50,
  value,
  quality: code,
})

/** `raise@3` and so on, in seconds. */
function story(watch: Watch, samples: (Value | [number, Value])[], memory = remember(watch, nothingKept)): string {
  const changes: Change[] = []
  judge(
    watch,
    memory,
    samples.map((one) => (Array.isArray(one) ? one : [0, one])),
    changes,
  )
  return told(changes)
}
/** What stands under the same stamps is one scan. */
function judge(watch: Watch, memory: Memory, values: readonly [number, Value][], changes: Change[]): void {
  values.forEach(([slot, value], i) => {
    take(watch, memory, slot, value, changes)
    const next = values[i + 1]?.[1]
    if (next?.atMs !== value.atMs || next.receivedMs !== value.receivedMs) settle(watch, memory, changes)
  })
}
const told = (changes: readonly Change[]) => changes.map(({ finding, atMs }) => `${finding}@${atMs / 1_000}`).join(' ')

test('a limit with dead-band: above it raises, only this far below returns', () => {
  assert.equal(story(rule(high), [at(1, 80), at(2, 81), at(3, 78), at(4, 76), at(5, 75), at(6, 79)]), 'raise@2 return@5')
  const low: Condition = { kind: 'limit', level: 'LL', limit: 3, deadband: 1 }
  assert.equal(story(rule(low), [at(1, 3), at(2, 2.9), at(3, 3.5), at(4, 4), at(5, 3.5)]), 'raise@2 return@4')
})

test('delays: what does not last is not told, what lasts is told from when the delay ended', () => {
  const watch = rule(high, { onDelayS: 10, offDelayS: 5 })
  assert.equal(story(watch, [at(0, 90), at(5, 70), at(6, 90), at(15, 90), at(40, 90)]), 'raise@16')
  assert.equal(story(watch, [at(0, 90), at(20, 70), at(22, 90), at(30, 70), at(60, 70)]), 'raise@10 return@35')
})

test('a delay ends by the clock when nothing more comes; a value that was on its way counts from there', () => {
  const watch = rule(high, { onDelayS: 10 })
  const memory = remember(watch, nothingKept)
  const changes: Change[] = []
  judge(watch, memory, [[0, at(0, 90)]], changes)
  advance(watch, memory, 9_999, changes)
  assert.equal(told(changes), '')
  advance(watch, memory, 12_000, changes)
  assert.equal(told(changes), 'raise@10')
  judge(watch, memory, [[0, at(8, 60)]], changes)
  assert.equal(told(changes), 'raise@10 return@10')
})

test('late values raise nothing and return nothing', () => {
  const watch = rule(high)
  assert.equal(story(watch, [at(10, 70), at(5, 99), at(10, 99), at(11, 99), at(3, 10)]), 'raise@11')
  assert.equal(take(watch, remember(watch, nothingKept, [at(10, 70)]), 0, at(10, 99), []), 'late')
})

test('bad quality is as if nothing came, unless the rule takes it for the cause', () => {
  const samples = [
    at(1, 99, quality.badTimeout),
    at(2, Number.NaN),
    at(3, 70),
    at(4, 70, quality.badSensorFailure),
    at(5, 99, quality.uncertain),
  ]
  assert.equal(story(rule(high), samples), 'raise@5')
  assert.equal(story(rule(high, { badQuality: 'raise' }), samples), 'raise@1 return@3 raise@4')
})

test('rate of change, deviation from a value and from a point, states', () => {
  const rise: Condition = { kind: 'rate', direction: 'rise', limit: 10, perS: 60, deadband: 0 }
  assert.equal(story(rule(rise), [at(0, 50), at(30, 54), at(60, 60), at(90, 50), at(120, 51)]), 'raise@60 return@90')
  assert.equal(story(rule({ ...rise, direction: 'either' }), [at(0, 50), at(60, 30), at(120, 31)]), 'raise@60 return@120')
  assert.equal(
    story(rule({ kind: 'deviation', from: 20, limit: 2, deadband: 1 }), [at(0, 22), at(1, 17.5), at(2, 18.5), at(3, 19)]),
    'raise@1 return@3',
  )
  const fromPoint = rule({ kind: 'deviation', from: 'setpoint', limit: 2, deadband: 0 })
  assert.deepEqual(fromPoint.names, ['temp', 'setpoint'])
  assert.equal(story(fromPoint, [at(0, 30), [1, at(1, 30)], [1, at(2, 33)], at(3, 32)]), 'raise@2 return@3')
  assert.equal(story(rule({ kind: 'state', values: [3, 4] }), [at(0, 1), at(1, 3), at(2, 4), at(3, 0)]), 'raise@1 return@3')
})

test('no data: by when values come, not by their stamps; a bad one is none', () => {
  const watch = rule({ kind: 'noData', afterS: 60 })
  const memory = remember(watch, nothingKept)
  const changes: Change[] = []
  judge(
    watch,
    memory,
    [
      [0, at(0, 1)],
      [0, at(50, 1, quality.badNoCommunication)],
    ],
    changes,
  )
  listenFor(watch, memory, 60_000, 0, changes)
  assert.equal(told(changes), '')
  listenFor(watch, memory, 61_000, 55_000, changes)
  assert.equal(told(changes), '', 'nobody could have seen a value before the 55th second')
  listenFor(watch, memory, 61_000, 0, changes)
  listenFor(watch, memory, 90_000, 0, changes)
  judge(watch, memory, [[0, at(95, 1)]], changes)
  assert.equal(told(changes), 'raise@61 return@95')
})

test('suppressed by design while the machine is off', () => {
  const watch = rule(high, { suppression: { pointName: 'running', values: [0] } })
  assert.equal(
    story(watch, [[1, at(0, 1)], at(1, 90), [1, at(2, 0)], at(3, 70), [1, at(4, 1)]]),
    'raise@1 suppress@2 return@3 unsuppress@4',
  )
})

const conditions: Condition[] = [
  high,
  { kind: 'limit', level: 'L', limit: 40, deadband: 10 },
  { kind: 'rate', direction: 'either', limit: 20, perS: 1, deadband: 5 },
  { kind: 'deviation', from: 'other', limit: 20, deadband: 5 },
  { kind: 'state', values: [1, 2, 3, 90] },
]
const someRule = fc
  .record({
    condition: fc.constantFrom(...conditions),
    onDelayS: fc.constantFrom(0, 3),
    offDelayS: fc.constantFrom(0, 2),
    badQuality: fc.constantFrom('ignore' as const, 'raise' as const),
    suppression: fc.constantFrom<WatchedRule['suppression'][]>(
      null,
      { pointName: 'running', values: [0] },
      { pointName: 'other', values: [90] },
    ),
  })
  .map(({ condition, ...change }) => rule(condition, change))
/** Scans of up to three points. Source times go up and down, receive times only up: what is late is late for everybody. */
const someScans = fc
  .array(
    fc.record({
      aheadS: fc.integer({ min: -4, max: 3 }),
      afterMs: fc.integer({ min: 1, max: 3_000 }),
      values: fc.array(
        fc.record({
          value: fc.constantFrom(0, 1, 30, 39, 45, 60, 76, 79, 81, 90),
          code: fc.constantFrom(quality.good, quality.good, quality.good, quality.uncertain, quality.badTimeout),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      first: fc.nat(2),
    }),
    { maxLength: 40 },
  )
  .map((scans) => {
    let receivedMs = 100_000
    return scans.map(({ aheadS, afterMs, values, first }) => {
      receivedMs += afterMs
      const stamps = { atMs: receivedMs + aheadS * 1_000, receivedMs }
      return values.map(({ value, code }, i): [number, Value] => [(first + i) % 3, { ...stamps, value, quality: code }])
    })
  })
type Scans = [number, Value][][]

/** Points that the rule does not look at are not taken. */
const run = (watch: Watch, memory: Memory, scans: Scans): Change[] => {
  const changes: Change[] = []
  for (const scan of scans)
    judge(
      watch,
      memory,
      scan.filter(([slot]) => slot < watch.names.length),
      changes,
    )
  return changes
}

test('raise and return come in turns, and never go back in time', () => {
  fc.assert(
    fc.property(someRule, someScans, (watch, values) => {
      const changes = run(watch, remember(watch, nothingKept), values)
      const causes = changes.filter(({ finding }) => finding === 'raise' || finding === 'return')
      assert.ok(
        causes.every(({ finding }, i) => finding === (i % 2 === 0 ? 'raise' : 'return')),
        told(changes),
      )
      assert.ok(
        changes.every(({ atMs }, i) => i === 0 || atMs >= changes[i - 1]!.atMs),
        told(changes),
      )
    }),
  )
})

/** The last value of each slot that counts, as it is read back at a restart. */
function lastValues(watch: Watch, scans: Scans): (Value | undefined)[] {
  const last: (Value | undefined)[] = []
  for (const [slot, value] of scans.flat()) {
    const counts = value.quality !== quality.badTimeout || (slot === 0 && watch.badQuality === 'raise')
    if (counts && value.atMs > (last[slot]?.atMs ?? -1)) last[slot] = value
  }
  return last
}

test('killed anywhere, what was written and the values since give what would have been without', () => {
  fc.assert(
    fc.property(someRule, someScans, fc.nat(40), fc.nat(40), fc.nat(5), (watch, scans, killedAt, writtenOf, more) => {
      const whole = run(watch, remember(watch, nothingKept), scans)
      // Evaluated up to here; the changes of the first scans were written, those of one scan together; the note of how far that is stands
      // no later than the value that began what is pending.
      const evaluated = Math.min(killedAt, scans.length)
      const written = Math.min(writtenOf, evaluated)
      const memory = remember(watch, nothingKept)
      const kept = run(watch, memory, scans.slice(0, written))
      const pendingMs = Number.isNaN(memory.pendingMs) ? Number.POSITIVE_INFINITY : memory.pendingReceivedMs
      const noteMs = Math.min(pendingMs, scans[written]?.[0]?.[1].receivedMs ?? Number.POSITIVE_INFINITY)
      const noted = scans.findIndex(([first]) => first![1].receivedMs >= noteMs)
      const from = Math.max(0, (noted < 0 ? scans.length : noted) - more)
      const again = remember(watch, kept.reduce(keep, nothingKept), lastValues(watch, scans.slice(0, from)))
      assert.equal(told([...kept, ...run(watch, again, scans.slice(from))]), told(whole))
    }),
    { numRuns: 3_000 },
  )
})

test('an expression is judged with each value of one of its points, once all have come; unknown ones decide nothing', () => {
  const watch = rule({ kind: 'expression', expression: 'active ? temp > 75 : temp > 80 && press < 6' })
  assert.deepEqual(watch.names, ['temp', 'press'])
  const memory = remember(watch, nothingKept)
  const said: string[] = []
  const came = (slot: number, sample: Value) => {
    const changes: Change[] = []
    take(watch, memory, slot, sample, changes)
    settle(watch, memory, changes)
    said.push(...changes.map(({ finding, atMs }) => `${finding} ${atMs / 1_000}`))
  }
  came(0, at(1, 90))
  assert.deepEqual(said, [])
  came(1, at(2, 5))
  came(1, at(3, 9, quality.bad))
  came(0, at(4, 76))
  assert.deepEqual(said, ['raise 2'])
  came(0, at(5, 75))
  came(0, at(6, 79))
  assert.deepEqual(said, ['raise 2', 'return 5'])
})

test('an expression that is not understood any more finds nothing', () => {
  const watch = rule({ kind: 'expression', expression: 'temp > ' })
  const memory = remember(watch, nothingKept)
  const changes: Change[] = []
  take(watch, memory, 0, at(1, 90), changes)
  settle(watch, memory, changes)
  assert.deepEqual([watch.names, changes], [['temp'], []])
})
