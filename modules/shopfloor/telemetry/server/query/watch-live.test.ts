import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Bus, connectBus } from '#kernel/bus.ts'
import { AppError } from '#values/errors.ts'
import { testContext } from '../../../../../tests/context.ts'
import type { LiveEvent } from '../../contract.ts'
import { busPassword, publish, startTestPlatform, type TestPlatform, testDevice } from '../test-platform.ts'
import { watchLive } from './watch-live.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
let bus: Bus
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  bus = connectBus({ port: platform.port, user: 'bus', password: busPassword, log: platform.log })
})
after(async () => {
  await bus.close()
  for (const cleanup of cleanups) await cleanup()
})

const machine = () => {
  const device = testDevice([{ name: 'temp' }, { name: 'power' }])
  platform.add(device)
  return device
}
const next = async (events: AsyncIterator<LiveEvent>): Promise<LiveEvent> => {
  const { value, done } = await events.next()
  assert.ok(!done, 'the stream ended')
  return value as LiveEvent
}

test('a change at the device is in the page well within a second, with quality, both stamps and sequence', async () => {
  const device = machine()
  const client = await platform.connect(device)
  await publish(client, device, { ts: Date.now() - 5000, values: { temp: 1 } })
  const ctx = testContext({ orgId: device.orgId, orgNo: device.orgNo })
  const end = new AbortController()
  const stream = (await watchLive({ ...platform, bus }, ctx, { deviceIds: [device.deviceId] }, end.signal))[Symbol.asyncIterator]()
  const first = await next(stream)
  assert.equal(first.type, 'latest')
  const delays: number[] = []
  for (let i = 0; i < 10; i++) {
    const ts = Date.now()
    client.publish(
      `v1/${device.orgCode}/${device.code}/telemetry`,
      JSON.stringify({ ts, values: { temp: i }, q: { temp: 0x40 }, seq: i }),
      { qos: 1 },
    )
    const event = await next(stream)
    delays.push(Date.now() - ts)
    assert.ok(event.type === 'values')
    const [{ pointId, sample } = assert.fail()] = event.values
    assert.equal(pointId, device.info.temp?.id)
    assert.deepEqual({ ...sample, receivedMs: 0 }, { value: i, quality: 0x40, atMs: ts, receivedMs: 0, seq: i })
    assert.ok(sample.receivedMs >= ts && sample.receivedMs <= ts + 500)
  }
  assert.ok(Math.max(...delays) < 1000, `${delays}`)
  end.abort()
  assert.ok((await stream.next()).done)
})

test('a partner sees the fields of the agreement live, and is told why when it is revoked', async () => {
  const device = machine()
  const client = await platform.connect(device)
  const ctx = testContext()
  const key = `${ctx.orgId} ${device.orgId}`
  const facts = {
    orgId: device.orgId,
    orgNo: device.orgNo,
    granularity: 'raw' as const,
    delayMinutes: 0,
    fields: ['temp'],
    items: 'all' as const,
    fromMs: 0,
    untilMs: Date.UTC(2099, 0, 1),
  }
  const query = { deviceIds: [device.deviceId], ownerId: device.orgId }
  const signal = new AbortController().signal
  const refused = (change: object, code: string) => {
    platform.grants.set(key, { ...facts, ...change })
    return assert.rejects(watchLive({ ...platform, bus }, ctx, query, signal), { code })
  }
  await refused({ granularity: 'kpi' }, 'telemetry.onlyKeyFigures')
  await refused({ delayMinutes: 5 }, 'telemetry.delayed')
  await refused({ untilMs: 1 }, 'telemetry.notInPeriod')
  platform.grants.set(key, facts)
  const stream = (await watchLive({ ...platform, bus }, ctx, query, signal))[Symbol.asyncIterator]()
  const first = await next(stream)
  assert.ok(first.type === 'latest' && first.points.length === 1 && first.points[0]?.point.name === 'temp')
  client.publish(`v1/${device.orgCode}/${device.code}/telemetry`, JSON.stringify({ ts: Date.now(), values: { power: 5, temp: 3 } }), {
    qos: 1,
  })
  const event = await next(stream)
  assert.ok(event.type === 'values' && event.values.length === 1 && event.values[0]?.sample.value === 3)
  platform.grants.delete(key)
  assert.deepEqual(await next(stream), { type: 'ended', reason: 'sharing.notGranted' })
  assert.ok((await stream.next()).done)
})

test('one user opens a limited number of streams, and each that ends makes room', async () => {
  const device = machine()
  const ctx = testContext({ orgId: device.orgId, orgNo: device.orgNo })
  const end = new AbortController()
  const query = { deviceIds: [device.deviceId] }
  const streams: AsyncIterator<LiveEvent>[] = []
  const open = async () => {
    const stream = (await watchLive({ ...platform, bus }, ctx, query, end.signal))[Symbol.asyncIterator]()
    await next(stream)
    streams.push(stream)
  }
  for (let i = 0; i < 20; i++) await open()
  await assert.rejects(open(), (error) => error instanceof AppError && error.code === 'telemetry.tooManyStreams')
  await streams[0]?.return?.()
  await open()
  for (const stream of streams) await stream.return?.()
})
