import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { publish } from '#modules/shopfloor/telemetry/server/test-platform.ts'
import { actOnAlarms } from '../act-on-alarms.ts'
import { listAlarms } from '../read-alarms.ts'
import { changeRule, createRule, retireRule } from '../rules.ts'
import { ruleInput, startAlarmsPlatform, until } from '../test-platform.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: Awaited<ReturnType<typeof startAlarmsPlatform>>
before(async () => {
  platform = await startAlarmsPlatform({ after: (work) => void cleanups.unshift(work) })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

test('from the device to the alarm well within a second, acknowledged, returned', async (t) => {
  const device = platform.add(['temp'])
  const ctx = platform.contextOf(device)
  await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId }))
  const evaluation = platform.evaluate(t)
  const client = await platform.telemetry.connect(device)
  await publish(client, device, { ts: Date.now(), values: { temp: 70 } })
  await sleep(1_500)
  const began = performance.now()
  await publish(client, device, { ts: Date.now(), values: { temp: 90 } })
  const raised = await until(
    () => platform.story(device),
    (story) => story.length > 0,
  )
  assert.deepEqual(raised, ['raised unacknowledged 90'])
  assert.ok(performance.now() - began < 1_000, `${performance.now() - began} ms`)
  const { items } = await listAlarms(platform.rooms, ctx, { view: 'standing', sort: 'priority', limit: 10 })
  const outcome = await actOnAlarms(platform.rooms, ctx, {
    action: 'acknowledge',
    alarms: items.map(({ id, version }) => ({ id, version })),
    comment: 'on my way',
  })
  assert.deepEqual(outcome, { done: 1, skipped: [] })
  await publish(client, device, { ts: Date.now(), values: { temp: 60 } })
  assert.deepEqual(
    await until(
      () => platform.story(device),
      (story) => story.length > 2,
    ),
    ['raised unacknowledged 90', 'acknowledged acknowledged —', 'returned normal 60'],
  )
  await evaluation.stop()
})

test('stopped and started between values: those that came meanwhile are evaluated in order, marked late, and none twice', async (t) => {
  const device = platform.add(['temp'])
  const ctx = platform.contextOf(device)
  await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId, onDelayS: 5 }))
  const first = platform.evaluate(t)
  const client = await platform.telemetry.connect(device)
  const begin = Date.now() - 1_000
  const send = (s: number, temp: number) => publish(client, device, { ts: begin + s * 1_000, values: { temp } })
  await send(0, 90)
  await send(1, 91)
  await sleep(2_000)
  // The cause has held for a second of its five: nothing is written of it.
  await first.stop()
  assert.deepEqual(await platform.story(device), [])
  await send(4, 92)
  await send(6, 93)
  await send(8, 60)
  await send(9, 95)
  await sleep(12_000)
  const second = platform.evaluate(t)
  const wanted = ['raised unacknowledged 90 late', 'returned returnedUnacknowledged 60 late', 'raised unacknowledged 95']
  const told = (story: string[]) => story.map((one) => one.replace(/ 9[0-3] /, ' 90 '))
  assert.deepEqual(
    told(
      await until(
        () => platform.story(device),
        (story) => story.length > 2,
        10_000,
      ),
    ),
    wanted,
  )
  await second.stop()
  // What is read again at another start is known.
  await sleep(200)
  const third = platform.evaluate(t)
  await sleep(2_000)
  assert.deepEqual(told(await platform.story(device)), wanted)
  await send(40, 50)
  assert.equal(
    (
      await until(
        () => platform.story(device),
        (story) => story.length > 3,
      )
    ).length,
    4,
  )
  await third.stop()
})

test('a process that died holds nobody up for longer than its lease', async (t) => {
  const device = platform.add(['temp'])
  const ctx = platform.contextOf(device)
  await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId }))
  await platform.rooms.system.inSystem((tx) =>
    sql`update alarms.progress set holder = 'the dead', renewed_at = clock_timestamp() - interval '7 seconds'`.execute(tx),
  )
  const evaluation = platform.evaluate(t)
  const client = await platform.telemetry.connect(device)
  await publish(client, device, { ts: Date.now(), values: { temp: 99 } })
  await sleep(1_000)
  assert.deepEqual(await platform.story(device), [])
  const story = await until(
    () => platform.story(device),
    (one) => one.length > 0,
    6_000,
  )
  assert.equal(story[0]?.replace(' late', ''), 'raised unacknowledged 99')
  await evaluation.stop()
})

test('the ingest killed after it stored and before it told: the next one’s first word makes the evaluation read the store', async (t) => {
  const device = platform.add(['temp'])
  const ctx = platform.contextOf(device)
  await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId }))
  const evaluation = platform.evaluate(t)
  await sleep(2_500)
  // A row that was stored and told by nobody.
  const at = Date.now()
  const { orgNo, points } = device
  await platform.telemetry.clickhouse.command(
    `insert into sample (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq, kind)
     select ${orgNo}, ${points[0]?.bindings[0]?.series}, fromUnixTimestamp64Milli(toInt64(${at})), 97, 0, 0, 20, -1, 0`,
  )
  await sleep(1_500)
  assert.deepEqual(await platform.story(device), [])
  await platform.telemetry.restartIngest()
  const story = await until(
    () => platform.story(device),
    (one) => one.length > 0,
    20_000,
  )
  assert.deepEqual(story, ['raised unacknowledged 97'])
  await evaluation.stop()
})

test('a rule that is made, changed or ended judges what stands at once', async (t) => {
  const device = platform.add(['temp', 'setpoint'])
  const ctx = platform.contextOf(device)
  const client = await platform.telemetry.connect(device)
  await publish(client, device, { ts: Date.now(), values: { temp: 75, setpoint: 70 } })
  await sleep(1_200)
  const evaluation = platform.evaluate(t)
  const rule = await createRule(platform.rooms, ctx, ruleInput({ deviceId: device.deviceId, latched: true }))
  await sleep(1_000)
  assert.deepEqual(await platform.story(device), [])
  const {
    deviceId: _,
    modelCode: __,
    ...input
  } = ruleInput({ latched: true, condition: { kind: 'deviation', from: 'setpoint', limit: 3, deadband: 0 } })
  const changed = await changeRule(platform.rooms, ctx, rule.id, { ...input, version: rule.version })
  platform.rooms.bus.publish('events/alarms.rulesChanged', JSON.stringify({ orgId: device.orgId, payload: {} }))
  assert.deepEqual(
    await until(
      () => platform.story(device),
      (story) => story.length > 0,
    ),
    ['raised unacknowledged 75'],
  )
  await publish(client, device, { ts: Date.now(), values: { setpoint: 74 } })
  assert.equal(
    (
      await until(
        () => platform.story(device),
        (story) => story.length > 1,
      )
    )[1],
    'returned latchedUnacknowledged 75',
  )
  assert.deepEqual(await retireRule(platform.rooms, platform.contextOf(device), rule.id, changed.version), { withdrawn: 1 })
  assert.equal((await platform.story(device)).at(-1), 'withdrawn normal —')
  await evaluation.stop()
})
