import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MqttClient } from 'mqtt'
import { quality } from '#values/quality.ts'
import {
  closed,
  publish,
  startTestPlatform,
  type TestDevice,
  type TestPlatform,
  type TestPoint,
  testDevice,
  uploaded,
} from '../test-platform.ts'
import { pushBatch, pushValues } from './push-values.ts'
import { type Ingest, openIngest } from './start-ingest.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
let ingest: Ingest
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  ingest = openIngest(platform.ingestParts, 'https', { isWatched: () => false, publish: () => undefined })
})
after(async () => {
  await ingest.close()
  for (const cleanup of cleanups) await cleanup()
})

/** A gateway and devices of its organisation that it speaks for. */
function plant(...devices: { code: string; points: TestPoint[]; active?: boolean }[]): { gateway: TestDevice; devices: TestDevice[] } {
  const gateway = testDevice([{ name: 'queue_batches', valueType: 'integer' }])
  const made = devices.map(({ code, points, active = true }) =>
    testDevice(points, { orgId: gateway.orgId, orgNo: gateway.orgNo, orgCode: gateway.orgCode, code, active }),
  )
  gateway.speaksFor = made.map((device) => device.code)
  platform.add(gateway, ...made)
  return { gateway, devices: made }
}

const send = (client: MqttClient, gateway: TestDevice, batch: unknown) =>
  client.publishAsync(`v1/${gateway.orgCode}/${gateway.code}/batch`, typeof batch === 'string' ? batch : JSON.stringify(batch), { qos: 1 })

const rowsOf = (orgNo: number) =>
  platform.clickhouse.system<{ series: number; at: number; value: number | null; quality: number }>(
    `select series, toUnixTimestamp64Milli(ts) as at, value, quality from sample final where org_no = ${orgNo} order by series, ts`,
  )

const countsOf = async (device: TestDevice, until: (counts: Record<string, number>) => boolean) => {
  for (let i = 0; i < 60; i++) {
    const counts = await platform.counts(device)
    if (until(counts)) return counts
    await sleep(100)
  }
  return platform.counts(device)
}

const seriesOf = (device: TestDevice | undefined) => device?.points[0]?.bindings[0]?.series

const changed = async (gateway: TestDevice) => {
  const bus = await platform.connect({ orgCode: 'x', code: 'y', secret: '' }, { username: 'bus', password: 'a-password-for-the-bus' })
  const payload = JSON.stringify({ payload: { orgCode: gateway.orgCode, gatewayCode: gateway.code } })
  await bus.publishAsync('events/gateways.changed', payload, { qos: 1 })
  bus.end(true)
}

test('a batch stores the items of several devices and of the gateway itself, acknowledged when they are durable', async () => {
  const { gateway, devices } = plant({ code: 'M-1', points: [{ name: 'temp' }] }, { code: 'M-2', points: [{ name: 'temp' }] })
  const client = await platform.connect(gateway)
  const ts = Date.now() - 1_000
  await send(client, gateway, {
    batch: 1,
    items: [
      { device: 'M-1', ts, values: { temp: 1 } },
      { device: 'M-2', ts, values: { temp: 2 }, q: { temp: quality.uncertain } },
      { device: 'M-1', ts: ts + 1, values: { temp: 3 } },
      { device: gateway.code, ts, values: { queue_batches: 0 } },
    ],
  })
  assert.deepEqual(
    (await rowsOf(gateway.orgNo)).map((row) => [row.series, row.at - ts, row.value, row.quality]),
    [
      [seriesOf(gateway), 0, 0, 0],
      [seriesOf(devices[0]), 0, 1, 0],
      [seriesOf(devices[0]), 1, 3, 0],
      [seriesOf(devices[1]), 0, 2, quality.uncertain],
    ],
  )
  const counted = await platform.system.inSystem(async (tx) => {
    await sleep(3_500)
    return tx.selectFrom('telemetry.ingest_counter').select(['device', 'n']).where('org_id', '=', gateway.orgId).orderBy('device').execute()
  })
  assert.deepEqual(counted, [
    { device: 'M-1', n: 2 },
    { device: 'M-2', n: 1 },
    { device: gateway.code, n: 1 },
  ])
})

test('a repeated batch is counted and changes nothing', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  const client = await platform.connect(gateway)
  const batch = { batch: 17, items: [{ device: 'M-1', ts: Date.now(), values: { temp: 1 } }] }
  await send(client, gateway, batch)
  const before = await rowsOf(gateway.orgNo)
  await send(client, gateway, batch)
  await send(client, gateway, { ...batch, batch: 3 })
  assert.deepEqual(await rowsOf(gateway.orgNo), before)
  const counts = await countsOf(gateway, (c) => c.duplicate === 2 && c.accepted === 3)
  assert.deepEqual(counts, { accepted: 3, duplicate: 2, repeatedBatch: 1 })
})

test('good values of a backfill are stored as such, others keep what they are', async () => {
  const { gateway } = plant({
    code: 'M-1',
    points: [
      { name: 'temp', max: 10 },
      { name: 'note', valueType: 'string' },
    ],
  })
  const client = await platform.connect(gateway)
  const ts = Date.now() - 60_000
  await send(client, gateway, {
    batch: 1,
    backfill: true,
    items: [
      { device: 'M-1', ts, values: { temp: 1, note: 'a' } },
      { device: 'M-1', ts: ts + 1, values: { temp: 20 } },
      { device: 'M-1', ts: ts + 2, values: { temp: null }, q: { temp: quality.badTimeout } },
    ],
  })
  assert.deepEqual(
    (await rowsOf(gateway.orgNo)).map((row) => row.quality),
    [quality.goodBackfill, quality.uncertainOutOfRange, quality.badTimeout],
  )
  const texts = await platform.clickhouse.system(`select quality from sample_text where org_no = ${gateway.orgNo}`)
  assert.deepEqual(texts, [{ quality: quality.goodBackfill }])
})

test('items of devices the gateway does not speak for are refused, another organisation’s too; the rest is stored', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  const other = plant({ code: 'THEIRS', points: [{ name: 'temp' }] })
  platform.add(testDevice([{ name: 'temp' }], { orgId: gateway.orgId, orgNo: gateway.orgNo, orgCode: gateway.orgCode, code: 'M-9' }))
  const client = await platform.connect(gateway)
  const ts = Date.now()
  const devices = ['M-9', 'THEIRS', `${other.gateway.orgCode}/THEIRS`, '../x', '__proto__', 'M-1']
  await send(client, gateway, { batch: 1, items: devices.map((device) => ({ device, ts, values: { temp: 1 } })) })
  assert.equal((await rowsOf(gateway.orgNo)).length, 1)
  assert.deepEqual(await rowsOf(other.gateway.orgNo), [])
  assert.deepEqual(await countsOf(gateway, (c) => c.foreignDevice === 5), { accepted: 1, foreignDevice: 5 })
})

test('items of a planned or retired device are refused, and of one that is nowhere registered', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] }, { code: 'OLD', points: [{ name: 'temp' }], active: false })
  gateway.speaksFor?.push('GONE')
  const client = await platform.connect(gateway)
  const ts = Date.now()
  await send(client, gateway, { batch: 1, items: ['OLD', 'GONE', 'M-1'].map((device) => ({ device, ts, values: { temp: 1 } })) })
  assert.deepEqual(await countsOf(gateway, (c) => c.accepted === 1), { accepted: 1, deviceInactive: 1, unknownDevice: 1 })
})

test('malformed items stand beside good ones; a malformed batch is acknowledged and kept', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  const client = await platform.connect(gateway)
  const ts = Date.now()
  const good = { device: 'M-1', ts, values: { temp: 1 } }
  await send(client, gateway, {
    batch: 1,
    items: [null, 5, [], {}, { ...good, device: 7 }, { ...good, ts: 'now' }, { ...good, values: 1 }, good],
  })
  for (const wrong of [
    '{"batch":',
    '[]',
    { items: [] },
    { batch: -1, items: [] },
    { batch: 1.5, items: [] },
    { batch: 2 },
    { batch: 3, items: {} },
  ])
    await send(client, gateway, wrong)
  await send(client, gateway, { batch: 4, items: [] })
  assert.equal((await rowsOf(gateway.orgNo)).length, 1)
  assert.deepEqual(await countsOf(gateway, (c) => c.accepted === 1), { accepted: 1, malformed: 14 })
})

test('a device that is no gateway is cut off when it sends a batch; its own values still go', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const client = await platform.connect(device)
  const end = closed(client)
  client.publish(`v1/${device.orgCode}/${device.code}/batch`, JSON.stringify({ batch: 1, items: [] }), { qos: 1 })
  await end
  const again = await platform.connect(device)
  await publish(again, device, { ts: Date.now(), values: { temp: 1 } })
  assert.deepEqual(await countsOf(device, (c) => c.accepted === 1), { accepted: 1, foreignTopic: 1 })
})

test('a device that is connected to the gateway later is known as soon as the bus says so, and forgotten the same way', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  platform.add(testDevice([{ name: 'temp' }], { orgId: gateway.orgId, orgNo: gateway.orgNo, orgCode: gateway.orgCode, code: 'M-2' }))
  const client = await platform.connect(gateway)
  let batch = 0
  const item = () => send(client, gateway, { batch: ++batch, items: [{ device: 'M-2', ts: Date.now() + batch, values: { temp: batch } }] })
  await item()
  gateway.speaksFor?.push('M-2')
  await changed(gateway)
  await item()
  gateway.speaksFor?.pop()
  await changed(gateway)
  await item()
  assert.deepEqual(
    (await rowsOf(gateway.orgNo)).map((row) => row.value),
    [2],
  )
  assert.equal((await countsOf(gateway, (c) => c.foreignDevice === 2)).foreignDevice, 2)
})

test('a take-over changes what a gateway may tell as soon as the bus says so', async () => {
  const { gateway, devices } = plant({ code: 'M-1', points: [{ name: 'temp' }] }, { code: 'M-2', points: [{ name: 'temp' }] })
  gateway.stampedBySource = ['M-2']
  const ts = Date.now() - 10_000
  gateway.turns = [{ fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }]
  const client = await platform.connect(gateway)
  const both = (atMs: number, temp: number) => ['M-1', 'M-2'].map((device) => ({ device, ts: atMs, values: { temp } }))
  await send(client, gateway, { batch: 1, items: both(ts, 1) })
  gateway.turns = [{ fromMs: Number.NEGATIVE_INFINITY, untilMs: ts + 1_000 }]
  await changed(gateway)
  await send(client, gateway, { batch: 2, backfill: true, items: [...both(ts + 500, 2), ...both(ts + 1_000, 3), ...both(ts, 1)] })
  assert.equal((await countsOf(gateway, (c) => c.otherTurn === 2)).otherTurn, 2)
  gateway.turns = [{ fromMs: ts + 2_000, untilMs: Number.POSITIVE_INFINITY }]
  await changed(gateway)
  // M-2 stamps its values itself, by a clock that is behind.
  await send(client, gateway, { batch: 3, items: both(ts + 1_500, 4) })
  assert.equal((await countsOf(gateway, (c) => c.otherTurn === 3)).otherTurn, 3)
  const stored = await rowsOf(gateway.orgNo)
  assert.deepEqual(
    devices.map((device) => stored.filter((row) => row.series === seriesOf(device)).map((row) => row.value)),
    [
      [1, 2],
      [1, 2, 4],
    ],
  )
})

const basic = (device: TestDevice, secret = device.secret) =>
  `Basic ${Buffer.from(`${device.orgCode}/${device.code}:${secret}`).toString('base64')}`

test('a batch by HTTPS is answered when it is durable, with what was refused and where', async () => {
  const { gateway } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  const ts = Date.now()
  const body = JSON.stringify({
    batch: 1,
    items: [
      { device: 'M-1', ts, values: { temp: 1, nothing: 2 } },
      { device: 'M-7', ts, values: { temp: 1 } },
    ],
  })
  const answer = await pushBatch(ingest, { authorization: basic(gateway), address: '10.0.0.9', upload: uploaded(body) }, platform.log)
  assert.deepEqual(
    { ...answer, refusals: answer.refusals.map(({ reason, message }) => [reason, message]) },
    {
      stored: 1,
      refused: 2,
      refusals: [
        ['unknownPoint', 0],
        ['foreignDevice', 1],
      ],
    },
  )
  assert.equal((await rowsOf(gateway.orgNo)).length, 1)
})

test('by HTTPS a wrong secret and a device that is no gateway are turned away', async () => {
  const { gateway, devices } = plant({ code: 'M-1', points: [{ name: 'temp' }] })
  const push = (authorization: string, body: unknown) =>
    pushBatch(ingest, { authorization, address: '10.0.0.8', upload: uploaded(JSON.stringify(body)) }, platform.log)
  await assert.rejects(push(basic(gateway, 'guess'), { batch: 1, items: [] }), { code: 'telemetry.wrongCredential' })
  await assert.rejects(push(basic(devices[0] as TestDevice), { batch: 1, items: [] }), { code: 'telemetry.notAGateway' })
  for (let i = 0; i < 9; i++) await assert.rejects(push(basic(gateway, 'guess'), null))
  const upload = uploaded(JSON.stringify({ ts: Date.now(), values: { queue_batches: 1 } }))
  const single = { authorization: basic(gateway), address: '10.0.0.8', upload }
  await assert.rejects(pushValues(ingest, single, platform.log), { code: 'telemetry.lockedOut' }, 'locked out at every way in')
})
