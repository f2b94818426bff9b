import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SeriesKind } from '../../contract.ts'
import { pastHour, publish, startTestPlatform, type TestDevice, type TestPlatform, testDevice } from '../test-platform.ts'
import { bucketFigures, emptyRollup, mergeRollups, type Rollup } from './rollup-rules.ts'
import { markDirty, oldestMarks, removeMarks } from './rollup-store.ts'

const MINUTE_MS = 60_000
const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const kinds: SeriesKind[] = ['instant', 'counter', 'interval', 'state']
const machine = () => {
  const device = testDevice(kinds.map((kind) => ({ name: kind, kind, valueType: kind === 'state' ? 'integer' : 'number' })))
  platform.add(device)
  return device
}

/** Some minutes of all kinds, with bad and uncertain samples, long and short decimals, a counter that starts again. */
function samples(start: number, minutes: number) {
  let counter = 100
  return Array.from({ length: minutes * 12 }, (_, i) => {
    counter = i % 37 === 36 ? 0.5 : counter + (i % 5) * 0.1
    const q = i % 17 === 3 ? { instant: 0x80, state: 0x80 } : i % 13 === 2 ? { instant: 0x40 } : {}
    return {
      ts: start + i * 5_000,
      values: { instant: i % 3 === 0 ? Math.sin(i) : Math.round(i * 7.3) / 10, counter, interval: (i % 9) / 4, state: i % 4 },
      q,
    }
  })
}
type Message = ReturnType<typeof samples>[number]

async function send(device: TestDevice, messages: readonly Message[], cut: number): Promise<void> {
  const client = await platform.connect(device)
  for (let i = 0; i < messages.length; i += cut) await publish(client, device, messages.slice(i, i + cut))
  client.end(true)
}

test('the same values again, in other cuts and another order, change no sum by a bit', async () => {
  const device = machine()
  const messages = samples(pastHour(), 90)
  await send(device, messages, 100)
  await platform.rollUpAll()
  const once = { minutes: await platform.sums('rollup_minute', device.orgNo), hours: await platform.sums('rollup_hour', device.orgNo) }
  // The interval's first value stands at the hour's first instant: it belongs to the minute before.
  assert.equal(once.minutes.length, 4 * 90 + 1)
  assert.equal(once.hours.length, 4 * 2 + 1)
  await send(device, messages.toReversed(), 77)
  await send(device, messages.slice(300, 500), 13)
  await platform.rollUpAll()
  assert.deepEqual(await platform.sums('rollup_minute', device.orgNo), once.minutes)
  assert.deepEqual(await platform.sums('rollup_hour', device.orgNo), once.hours)
})

test('late values correct the sums: whatever comes in whatever order ends as if it had come in order', async () => {
  const [inOrder, late] = [machine(), machine()]
  const messages = samples(pastHour(5), 61)
  await send(inOrder, messages, 100)
  await send(
    late,
    messages.filter((_, i) => i % 3 !== 0),
    50,
  )
  await platform.rollUpAll()
  const before = await platform.sums('rollup_hour', late.orgNo)
  await send(late, messages.filter((_, i) => i % 3 === 0).toReversed(), 9)
  await platform.rollUpAll()
  const bare = (rows: Record<string, unknown>[]) => rows.map(({ series: _, ...row }) => row)
  assert.notDeepEqual(await platform.sums('rollup_hour', late.orgNo), before)
  assert.deepEqual(bare(await platform.sums('rollup_minute', late.orgNo)), bare(await platform.sums('rollup_minute', inOrder.orgNo)))
  assert.deepEqual(bare(await platform.sums('rollup_hour', late.orgNo)), bare(await platform.sums('rollup_hour', inOrder.orgNo)))
  const marks = await platform.system.inSystem((tx) => tx.selectFrom('telemetry.dirty_hour').selectAll().execute())
  assert.deepEqual(marks, [])
})

test('the sums of ClickHouse are those of the rules', async () => {
  const device = machine()
  const start = pastHour()
  const messages = samples(start, 60)
  await send(device, messages, 100)
  await platform.rollUpAll()
  const hours = await platform.sums('rollup_hour', device.orgNo)
  for (const kind of kinds) {
    let expected: Rollup = emptyRollup
    for (const { ts, values, q } of messages) {
      if (kind === 'interval' && ts === start) continue
      const code = (q as Record<string, number>)[kind] ?? 0
      const value = code >= 0x80 ? null : values[kind]
      const stamps = value !== null || kind === 'state' ? { first: value, last: value, firstMs: ts, lastMs: ts } : {}
      const sums = { n: 1, nBad: value === null ? 1 : 0, nUncertain: code === 0x40 ? 1 : 0, sum: value ?? 0, min: value, max: value }
      expected = mergeRollups(kind, expected, { ...emptyRollup, ...sums, ...stamps })
    }
    const { series } = device.points.find((point) => point.kind === kind)?.bindings[0] ?? {}
    const got = hours.find((row) => row.series === series && row.start === start)
    const near = (a: unknown, b: number) => assert.ok(Math.abs(Number(a) - b) < 1e-9, `${kind}: ${a} is not ${b}`)
    assert.deepEqual(
      [got?.n, got?.n_bad, got?.n_uncertain, got?.min, got?.max, got?.first, got?.last, got?.first_ms, got?.last_ms, got?.durations],
      [
        ...[expected.n, expected.nBad, expected.nUncertain, expected.min, expected.max, expected.first, expected.last],
        ...[expected.firstMs, expected.lastMs, expected.durations],
      ],
    )
    near(got?.sum, expected.sum)
    near(got?.increase, expected.increase)
  }
})

test('an interval that stamps its end belongs to the time before: 24:00 is the old day’s', async () => {
  const device = machine()
  const day = pastHour(2)
  await send(device, [{ ts: day, values: { interval: 5 } } as unknown as Message], 1)
  await platform.rollUpAll()
  const [minute] = await platform.sums('rollup_minute', device.orgNo)
  assert.equal(minute?.start, day - MINUTE_MS)
  const [hour] = await platform.sums('rollup_hour', device.orgNo)
  assert.equal(hour?.start, day - 60 * MINUTE_MS)
})

test('a minute is summed up when its grace is over, and a value that comes after that marks it', async () => {
  const device = machine()
  await platform.rollUpAll()
  const minute = Math.floor(platform.clock.nowMs() / MINUTE_MS) * MINUTE_MS
  const value = (ms: number) => ({ ts: minute + ms, values: { instant: ms } }) as unknown as Message
  await send(device, [value(1)], 1)
  await platform.rollUpAll()
  assert.deepEqual(await platform.sums('rollup_minute', device.orgNo), [])
  platform.clock.aheadMs = minute + MINUTE_MS + 10_000 - Date.now()
  await platform.rollUpAll()
  assert.equal((await platform.sums('rollup_minute', device.orgNo))[0]?.n, 1)
  await send(device, [value(2)], 1)
  await platform.rollUpAll()
  assert.equal((await platform.sums('rollup_minute', device.orgNo))[0]?.n, 2)
  platform.clock.aheadMs = 0
})

test('an hour that is marked again while it is summed up stays marked', async () => {
  const { orgNo, points } = machine()
  const series = points[0]?.bindings[0]?.series ?? 0
  const mark = () => platform.system.inSystem((tx) => markDirty(tx, { orgNos: [orgNo, orgNo], series: [series, series], hours: [1, 2] }))
  await mark()
  const read = await platform.system.inSystem((tx) => oldestMarks(tx, 100))
  await platform.system.inSystem((tx) => markDirty(tx, { orgNos: [orgNo], series: [series], hours: [2] }))
  await platform.system.inSystem((tx) => removeMarks(tx, read))
  const left = await platform.system.inSystem((tx) => oldestMarks(tx, 100))
  assert.deepEqual(
    left.map(({ hour }) => hour),
    [2],
  )
  await platform.system.inSystem((tx) => removeMarks(tx, left))
})

test('a bucket’s figures need no sample: what was counted between minutes is not lost', async () => {
  const device = machine()
  const start = pastHour(4)
  const counter = [10, 20, 35, 5, 9]
  await send(device, counter.map((value, i) => ({ ts: start + i * MINUTE_MS, values: { counter: value } })) as unknown as Message[], 5)
  await platform.rollUpAll()
  const [hour] = await platform.sums('rollup_hour', device.orgNo)
  // 10 → 20 → 35, then it started again: 5, 9.
  assert.equal(hour?.increase, 10 + 15 + 5 + 4)
  const inside = { ...emptyRollup, n: 5, first: 10, last: 9, firstMs: start, lastMs: start + 1, increase: Number(hour?.increase) }
  const before = { ...emptyRollup, n: 1, first: 8, last: 8, firstMs: start - 5, lastMs: start - 5 }
  assert.equal(bucketFigures('counter', before, inside, { fromMs: start, untilMs: start + 3_600_000, nowMs: start }).increase, 36)
})
