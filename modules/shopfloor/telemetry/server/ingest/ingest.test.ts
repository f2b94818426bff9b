import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { closed, pastHour, publish, startTestPlatform, type TestPlatform, testDevice, topicOf } from '../test-platform.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const rowsOf = (orgNo: number) =>
  platform.clickhouse.system<{ series: number; at: number; value: number | null; quality: number; seq: number }>(
    `select series, toUnixTimestamp64Milli(ts) as at, value, quality, seq from sample final where org_no = ${orgNo} order by series, ts`,
  )

const countsOf = async (device: Parameters<TestPlatform['counts']>[0], until: (counts: Record<string, number>) => boolean) => {
  for (let i = 0; i < 60; i++) {
    const counts = await platform.counts(device)
    if (until(counts)) return counts
    await sleep(100)
  }
  return platform.counts(device)
}

test('an acknowledged value is stored, with its quality, source time and sequence, and is the latest', async () => {
  const device = testDevice([{ name: 'temp' }, { name: 'on', valueType: 'boolean' }, { name: 'note', valueType: 'string' }])
  platform.add(device)
  const client = await platform.connect(device)
  const at = Date.now() - 1000
  await publish(client, device, { ts: at, values: { temp: 21.5, on: true, note: '正常' }, q: { temp: 0x40 }, seq: 7 })
  const [temp, on] = await rowsOf(device.orgNo)
  assert.deepEqual({ ...temp, series: 0 }, { series: 0, at, value: 21.5, quality: 0x40, seq: 7 })
  assert.equal(on?.value, 1)
  const texts = await platform.clickhouse.system(`select text from sample_text where org_no = ${device.orgNo}`)
  assert.deepEqual(texts, [{ text: '正常' }])
  await sleep(1500)
  const latest = await platform.clickhouse.system(`select value from latest final where org_no = ${device.orgNo} order by series`)
  assert.deepEqual(latest, [{ value: 21.5 }, { value: 1 }])
})

test('each refused piece is counted and kept with its reason; the good ones beside it are stored', async () => {
  const device = testDevice([
    { name: 'temp', min: 0, max: 100 },
    { name: 'count', valueType: 'integer' },
    { name: 'state', kind: 'state', valueType: 'integer' },
  ])
  platform.add(device)
  const client = await platform.connect(device)
  const ts = Date.now()
  const messages = [
    { ts, values: { temp: 20, nothing: 1 } },
    { ts: ts + 1, values: { temp: '20', count: 1.5, state: 2 ** 40 } },
    { ts: ts + 2, values: { temp: 1 }, q: { temp: 0xff } },
    { ts: ts + 301_000, values: { temp: 1, count: 1 } },
    { ts: Date.UTC(1999, 0, 1), values: { temp: 1 } },
    { ts: 'now', values: { temp: 1 } },
    { ts: ts + 3, values: { temp: 200, count: '12345678901234567890' } },
    { ts: ts + 4, values: { temp: null }, q: { temp: 0x81 } },
    { ts: ts + 5, values: { temp: null } },
    { ts: ts + 6, values: { count: 2 ** 60 } },
  ]
  await publish(client, device, messages)
  await publish(client, device, '{"ts":')
  await publish(client, device, `{"ts":${ts + 7},"values":{"temp":1e999,"count":3}}`)
  const rows = await rowsOf(device.orgNo)
  assert.deepEqual(
    rows.map(({ at, value, quality }) => [at - ts, value, quality]),
    [
      [0, 20, 0],
      [3, 200, 0x42],
      [4, null, 0x81],
      [7, 3, 0],
    ],
  )
  const counts = await countsOf(device, (c) => c.accepted === 5)
  assert.deepEqual(counts, {
    accepted: 5,
    bad: 1,
    outOfRange: 1,
    unknownPoint: 1,
    wrongType: 4,
    badQuality: 1,
    future: 2,
    ancient: 1,
    malformed: 2,
    imprecise: 1,
    notFinite: 1,
  })
  const kept = await platform.system.inSystem((tx) =>
    tx.selectFrom('telemetry.quarantine').select(['reason', 'point', 'piece']).where('org_id', '=', device.orgId).orderBy('id').execute(),
  )
  assert.ok(kept.some((piece) => piece.reason === 'unknownPoint' && piece.point === 'nothing' && piece.piece === '1'))
  assert.ok(kept.some((piece) => piece.reason === 'malformed' && piece.piece === '{"ts":'))
})

test('duplicates, changes and disorder are counted, across messages, batches and restarts', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const start = Date.now() - 5000
  const send = async (list: [number, number][]) => {
    const client = await platform.connect(device)
    for (const [ms, value] of list) await publish(client, device, { ts: start + ms, values: { temp: value } })
    client.end(true)
  }
  await send([
    [1, 1],
    [2, 2],
    [4, 4],
    [3, 3],
  ])
  await send([
    [1, 1],
    [2, 2],
    [4, 5],
  ])
  await platform.restartIngest()
  await send([
    [4, 5],
    [1, 1],
  ])
  assert.deepEqual(
    (await rowsOf(device.orgNo)).map((row) => [row.at - start, row.value]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 5],
    ],
  )
  const counts = await countsOf(device, (c) => c.accepted === 9 && c.duplicate === 4)
  assert.deepEqual(
    { duplicate: counts.duplicate, changed: counts.changed, outOfOrder: counts.outOfOrder },
    { duplicate: 4, changed: 1, outOfOrder: 1 },
  )
})

test('a foreign topic disconnects and stores nothing', async () => {
  const [device, other] = [testDevice([{ name: 'temp' }]), testDevice([{ name: 'temp' }])]
  platform.add(device, other)
  for (const topic of [topicOf(other), 'live/1/x', 'events/devices.changed', `v1/${device.orgCode}/${device.code}/batch`]) {
    const client = await platform.connect(device)
    const end = closed(client)
    client.publish(topic, JSON.stringify({ ts: Date.now(), values: { temp: 1 } }), { qos: 1 })
    await end
  }
  assert.deepEqual(await rowsOf(other.orgNo), [])
  assert.equal((await countsOf(device, (c) => c.foreignTopic === 4)).foreignTopic, 4)
})

test('no device subscribes anything', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const client = await platform.connect(device)
  for (const topic of ['#', 'live/#', topicOf(device)]) await assert.rejects(client.subscribeAsync(topic), topic)
})

test('a wrong secret, an unknown device and a retired one are turned away; who guesses is locked out for a while', async () => {
  const device = testDevice([{ name: 'temp' }])
  const retired = testDevice([{ name: 'temp' }], { active: false })
  platform.add(device, retired)
  await assert.rejects(platform.connect({ ...device, code: 'nobody' }))
  await assert.rejects(platform.connect(retired))
  for (let i = 0; i < 10; i++) await assert.rejects(platform.connect({ ...device, secret: 'guess' }))
  await assert.rejects(platform.connect(device), 'locked out')
  platform.clock.aheadMs += 61_000
  await platform.connect(device)
  platform.clock.aheadMs = 0
})

test('one device cannot throw another one out by taking its client id', async () => {
  const [device, other] = [testDevice([{ name: 'temp' }]), testDevice([{ name: 'temp' }])]
  platform.add(device, other)
  const client = await platform.connect(device, { clientId: 'same' })
  await platform.connect(other, { clientId: 'same' })
  await publish(client, device, { ts: Date.now(), values: { temp: 1 } })
  assert.equal((await rowsOf(device.orgNo)).length, 1)
})

test('a message beyond 256 kB ends the connection before it is gathered', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const client = await platform.connect(device)
  const end = closed(client)
  client.publish(topicOf(device), Buffer.alloc(8 * 1024 * 1024, 0x20), { qos: 1 })
  await end
})

test('a credential withdrawn while the device is connected ends it', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const client = await platform.connect(device)
  await publish(client, device, { ts: Date.now(), values: { temp: 1 } })
  device.credentials = []
  const bus = await platform.connect({ orgCode: 'x', code: 'y', secret: '' }, { username: 'bus', password: 'a-password-for-the-bus' })
  await bus.publishAsync('events/devices.changed', JSON.stringify({ payload: { orgCode: device.orgCode, deviceCode: device.code } }), {
    qos: 1,
  })
  const end = closed(client)
  client.publish(topicOf(device), JSON.stringify({ ts: Date.now(), values: { temp: 2 } }), { qos: 1 })
  await end
  assert.equal((await rowsOf(device.orgNo)).length, 1)
})

test('values that were never acknowledged in one insert may be of any age: twenty years of months at once', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const client = await platform.connect(device)
  const months = Array.from({ length: 240 }, (_, i) => ({ ts: Date.UTC(2004, i, 1), values: { temp: i } }))
  await publish(client, device, months)
  assert.equal((await rowsOf(device.orgNo)).length, 240)
})

test('what a crash left undone is done at the next start', async () => {
  const device = testDevice([{ name: 'temp' }])
  platform.add(device)
  const series = device.points[0]?.bindings[0]?.series ?? 0
  const at = pastHour()
  await platform.clickhouse.command(
    `insert into sample (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq, kind)
     select ${device.orgNo}, ${series}, fromUnixTimestamp64Milli(toInt64(${at}), 'UTC'), 5, 0, 0, ${Date.now() - at}, -1, 0`,
  )
  await platform.restartIngest()
  const latest = await platform.clickhouse.system(`select value from latest final where org_no = ${device.orgNo}`)
  assert.deepEqual(latest, [{ value: 5 }])
  const marks = await platform.system.inSystem((tx) =>
    tx.selectFrom('telemetry.dirty_hour').selectAll().where('series', '=', series).execute(),
  )
  assert.equal(marks.length, 1)
})
