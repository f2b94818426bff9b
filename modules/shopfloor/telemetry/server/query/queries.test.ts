import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '#kernel/context.ts'
import { JsonBytes } from '#kernel/http.ts'
import type { GrantFacts } from '#kernel/postgres.ts'
import { quality } from '#values/quality.ts'
import { testContext } from '../../../../../tests/context.ts'
import { telemetryApi } from '../../contract.ts'
import { pastHour, publish, startTestPlatform, type TestDevice, type TestPlatform, testDevice } from '../test-platform.ts'
import { exportValues } from './export-values.ts'
import { HOUR_MS, MINUTE_MS } from './plan-pieces.ts'
import { readIngestHealth, readQuarantine } from './read-ingest.ts'
import { readLastGood } from './read-last-good.ts'
import { readDeviceLatest, readLatest } from './read-latest.ts'
import { readProductionDays } from './read-production-days.ts'
import { answerRaw, readRaw } from './read-raw.ts'
import { readSeries, type SeriesParts } from './read-series.ts'

const cleanups: (() => Promise<void>)[] = []
let platform: TestPlatform
let parts: SeriesParts
before(async () => {
  platform = await startTestPlatform({ after: (work) => void cleanups.unshift(work) })
  parts = platform
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const iso = (ms: number) => new Date(ms).toISOString()
const asOwner = (device: TestDevice, change: Partial<Context> = {}) =>
  testContext({ orgId: device.orgId, orgNo: device.orgNo, now: platform.clock.now(), ...change })
const idOf = (device: TestDevice, name: string) => device.info[name]?.id ?? assert.fail(name)

async function send(device: TestDevice, messages: readonly { ts: number; values: object; q?: object }[]): Promise<void> {
  const client = await platform.connect(device)
  for (let i = 0; i < messages.length; i += 1000) await publish(client, device, messages.slice(i, i + 1000))
  client.end(true)
}

const latestRows = async ({ orgNo }: TestDevice) =>
  (await platform.clickhouse.system<{ rows: number }>(`select count() as rows from latest final where org_no = ${orgNo}`))[0]?.rows ?? 0

/** One value a second for ten minutes in the past, rolled up. */
async function tenMinutes() {
  const device = testDevice([{ name: 'temp' }, { name: 'total', kind: 'counter' }, { name: 'state', kind: 'state', valueType: 'integer' }])
  platform.add(device)
  const start = pastHour()
  await send(
    device,
    Array.from({ length: 600 }, (_, i) => ({ ts: start + i * 1000, values: { temp: i % 60, total: i, state: i < 330 ? 1 : 2 } })),
  )
  await platform.rollUpAll()
  // Latest values follow within a second.
  while ((await latestRows(device)) < 3) await sleep(50)
  return { device, start }
}

test('a curve has mean, extremes, count and gaps; the open end is read from the samples and is no different', async () => {
  const { device, start } = await tenMinutes()
  const ctx = asOwner(device)
  const ask = (from: number, until: number, maxBuckets = 500) =>
    readSeries(parts, ctx, {
      measuringPointIds: [idOf(device, 'temp'), idOf(device, 'total'), idOf(device, 'state')],
      from: iso(from),
      until: iso(until),
      maxBuckets,
    })
  const answer = await ask(start - MINUTE_MS, start + 12 * MINUTE_MS)
  assert.deepEqual([answer.fromMs, answer.bucketMs, answer.buckets], [start - MINUTE_MS, MINUTE_MS, 13])
  const [temp, total, state] = answer.curves
  assert.deepEqual(temp?.n, [0, ...Array.from({ length: 10 }, () => 60), 0, 0])
  assert.deepEqual(temp?.avg.slice(0, 3), [null, 29.5, 29.5])
  assert.deepEqual([temp?.min[1], temp?.max[1], temp?.last[1], temp?.sum[1]], [0, 59, 59, 1770])
  // The step from the last sample of a minute to the first of the next belongs to the later one: the whole counts 599.
  assert.deepEqual(total?.increase, [null, 59, ...Array.from({ length: 9 }, () => 60), null, null])
  assert.deepEqual(
    [state?.durations?.[1], state?.durations?.[6], state?.durations?.[11]],
    [{ 1: 60_000 }, { 1: 30_000, 2: 30_000 }, { 2: 60_000 }],
  )
  const raw = { ...parts, rolledUp: async () => ({ minutesUntilMs: 0, hoursUntilMs: 0 }) }
  const wide = { measuringPointIds: [idOf(device, 'temp'), idOf(device, 'total'), idOf(device, 'state')], maxBuckets: 500 }
  for (const [from, until] of [
    [start - HOUR_MS, start + 2 * HOUR_MS],
    [start + 30_000, start + 5 * MINUTE_MS],
    [start - 40 * 24 * HOUR_MS, start + HOUR_MS],
  ] as const) {
    const query = { ...wide, from: iso(from), until: iso(until) }
    assert.deepEqual((await readSeries(parts, ctx, query)).curves, (await readSeries(raw, ctx, query)).curves)
  }
})

test('the answers fit their contracts', async () => {
  const { device, start } = await tenMinutes()
  const ctx = asOwner(device)
  const series = { measuringPointIds: [idOf(device, 'temp')], from: iso(start), until: iso(start + HOUR_MS) }
  telemetryApi.series.response.parse(await readSeries(parts, ctx, { ...series, maxBuckets: 10 }))
  telemetryApi.raw.response.parse(await readRaw(parts, ctx, { ...series, measuringPointId: idOf(device, 'temp'), limit: 10 }))
  telemetryApi.deviceLatest.response.parse(await readDeviceLatest(parts, ctx, device.deviceId))
  telemetryApi.latest.response.parse(await readLatest(parts, ctx, { deviceIds: [device.deviceId] }))
  telemetryApi.productionDays.response.parse(
    await readProductionDays(parts, ctx, { measuringPointIds: [idOf(device, 'state')], from: '2026-01-01', until: '2026-01-02' }),
  )
  const health = telemetryApi.ingestHealth.response.parse(await readIngestHealth(platform, ctx, 24))
  assert.equal(health.rollUp.dirtyHours, 0)
  telemetryApi.quarantine.response.parse(await readQuarantine(platform.db, ctx, { limit: 10, sort: '-at' }))
})

test('beside a value that is not good stand the last good one, uncertain ones passed over, and what was refused since', async () => {
  const device = testDevice([{ name: 'temp' }, { name: 'recipe', valueType: 'string' }, { name: 'never' }])
  platform.add(device)
  const start = pastHour()
  await send(device, [
    { ts: start, values: { temp: 23.4, recipe: 'A-1' } },
    { ts: start + 1_000, values: { temp: 23.5 }, q: { temp: quality.uncertain } },
    { ts: start + 2_000, values: { temp: null, recipe: null }, q: { temp: quality.badTimeout, recipe: quality.bad } },
    { ts: start + 3_000, values: { temp: 'hot' } },
  ])
  const ask = (name: string, change: Partial<Context> = {}) => readLastGood(parts, asOwner(device, change), idOf(device, name), {})
  const { sample } = telemetryApi.lastGood.response.parse(await ask('temp'))
  assert.deepEqual([sample?.value, sample?.atMs, sample?.quality], [23.4, start, quality.good])
  while (!(await ask('temp')).refused) await sleep(50)
  assert.equal((await ask('temp')).refused?.reason, 'wrongType')
  assert.deepEqual([(await ask('recipe')).sample?.value, (await ask('recipe')).refused], ['A-1', null])
  assert.equal((await ask('never')).sample, null)
  await assert.rejects(ask('temp', { scopes: { permissions: new Set(), sites: ['another-site'] } }), { code: 'telemetry.notFound' })
})

/** As the route gives it: the store's own JSON where there is no more to do. */
async function served(ctx: Context, asked: Parameters<typeof readRaw>[2]) {
  const answer = await answerRaw(parts, ctx, asked)
  return telemetryApi.raw.response.parse(answer instanceof JsonBytes ? JSON.parse(answer.bytes.toString()) : answer)
}

test('raw values come in pages, in order, each once, with stamps of source and receipt', async () => {
  const { device, start } = await tenMinutes()
  const query = { measuringPointId: idOf(device, 'total'), from: iso(start + 500), until: iso(start + 300_000) }
  const values: unknown[] = []
  let cursor: number | null | undefined
  do {
    const asked = { ...query, limit: 70, ...(cursor ? { cursor } : {}) }
    const page = await readRaw(parts, asOwner(device), asked)
    assert.deepEqual(await served(asOwner(device), asked), page)
    const temp = { ...asked, measuringPointId: idOf(device, 'temp') }
    assert.deepEqual(await served(asOwner(device), temp), await readRaw(parts, asOwner(device), temp))
    values.push(...page.value)
    cursor = page.nextCursor
  } while (cursor !== null)
  assert.deepEqual(
    values,
    Array.from({ length: 299 }, (_, i) => i + 1),
  )
  await assert.rejects(readRaw(parts, asOwner(device), { ...query, until: iso(start + 25 * HOUR_MS), limit: 1 }), {
    code: 'telemetry.periodTooLong',
  })
})

test('texts, and integers beyond 2^53, are read as they came', async () => {
  const device = testDevice([
    { name: 'note', valueType: 'string' },
    { name: 'serial', valueType: 'integer' },
  ])
  platform.add(device)
  const ts = Date.now() - 10_000
  await send(device, [
    { ts, values: { note: '换刀', serial: 1 } },
    { ts: ts + 1, values: { serial: '12345678901234567890' } },
    { ts: ts + 2, values: { serial: 3 } },
  ])
  const period = { from: iso(ts), until: iso(ts + 1000), limit: 10 }
  assert.deepEqual((await readRaw(parts, asOwner(device), { ...period, measuringPointId: idOf(device, 'serial') })).value, [
    1,
    '12345678901234567890',
    3,
  ])
  assert.deepEqual((await readRaw(parts, asOwner(device), { ...period, measuringPointId: idOf(device, 'note') })).value, ['换刀'])
  await assert.rejects(readSeries(parts, asOwner(device), { ...period, measuringPointIds: [idOf(device, 'note')], maxBuckets: 5 }), {
    code: 'telemetry.textHasNoCurve',
  })
})

test('a measuring point’s history goes on over the exchange of its device', async () => {
  const [old, next] = [testDevice([{ name: 'temp' }]), testDevice([{ name: 'temp' }])]
  Object.assign(next, { orgId: old.orgId, orgNo: old.orgNo })
  platform.add(old, next)
  const start = pastHour()
  const exchangedMs = start + 5.5 * MINUTE_MS
  for (const device of [old, next])
    await send(
      device,
      Array.from({ length: 10 }, (_, i) => ({ ts: start + i * MINUTE_MS, values: { temp: device === old ? i : 100 + i } })),
    )
  await platform.rollUpAll()
  const point = old.info.temp ?? assert.fail()
  const [ofOld, ofNext] = [point.bindings[0] ?? assert.fail(), next.info.temp?.bindings[0] ?? assert.fail()]
  point.bindings = [
    { ...ofOld, untilMs: exchangedMs },
    { ...ofNext, fromMs: exchangedMs },
  ]
  const [curve] = (
    await readSeries(parts, asOwner(old), {
      measuringPointIds: [point.id],
      from: iso(start),
      until: iso(start + 10 * MINUTE_MS),
      maxBuckets: 10,
    })
  ).curves
  assert.deepEqual(curve?.last, [0, 1, 2, 3, 4, 5, 106, 107, 108, 109])
  const raw = await readRaw(parts, asOwner(old), { measuringPointId: point.id, from: iso(start), until: iso(start + HOUR_MS), limit: 100 })
  assert.deepEqual(raw.value, [0, 1, 2, 3, 4, 5, 106, 107, 108, 109])
})

test('a production day runs by the site’s zone and day start, and follows a changed calendar at once', async () => {
  const device = testDevice([{ name: 'energy', kind: 'interval' }])
  platform.add(device)
  const midnight = Date.parse('2026-03-02T00:00:00+08:00')
  // Quarter hours, each stamped at its end: 24:00 of the first day is 00:00 of the second.
  await send(
    device,
    Array.from({ length: 2 * 96 }, (_, i) => ({ ts: midnight + (i + 1) * 15 * MINUTE_MS, values: { energy: i < 96 ? 1.01 : 2.02 } })),
  )
  await platform.rollUpAll()
  const ask = async () => {
    const query = { measuringPointIds: [idOf(device, 'energy')], from: '2026-03-01', until: '2026-03-03' }
    return (await readProductionDays(parts, asOwner(device), query)).points[0]?.days.map((day) => [day.n, day.sum])
  }
  assert.deepEqual(await ask(), [
    [0, null],
    [96, 96.96],
    [96, 193.92],
  ])
  platform.calendar.dayStarts = [{ from: '2026-01-01', minuteOfDay: 450 }]
  assert.deepEqual(await ask(), [[30, 30.3], [96, 66 * 1.01 + 30 * 2.02].map((n) => Math.round(n * 100) / 100), [66, 133.32]])
  platform.calendar.dayStarts = []
})

const terms = (owner: TestDevice, change: Partial<GrantFacts> = {}): GrantFacts => ({
  orgId: owner.orgId,
  orgNo: owner.orgNo,
  granularity: 'raw',
  delayMinutes: 0,
  fields: 'all',
  items: [owner.deviceId],
  fromMs: 0,
  untilMs: Date.UTC(2099, 0, 1),
  ...change,
})

test('an agreement opens exactly its device, fields and period, and nothing after it ends', async () => {
  const { device, start } = await tenMinutes()
  const other = testDevice([{ name: 'temp' }])
  Object.assign(other, { orgId: device.orgId, orgNo: device.orgNo })
  platform.add(other)
  const ctx = testContext({ now: platform.clock.now() })
  const grant = (facts: GrantFacts | undefined) => {
    if (facts) platform.grants.set(`${ctx.orgId} ${device.orgId}`, facts)
    else platform.grants.delete(`${ctx.orgId} ${device.orgId}`)
  }
  const partner = { ownerId: device.orgId, deviceId: device.deviceId }
  const curve = async (name: string) =>
    (
      await readSeries(parts, ctx, {
        measuringPointIds: [idOf(device, name)],
        from: iso(start - MINUTE_MS),
        until: iso(start + 12 * MINUTE_MS),
        maxBuckets: 20,
        ...partner,
      })
    ).curves[0]
  const raw = async (name: string) => {
    const asked = { measuringPointId: idOf(device, name), from: iso(start), until: iso(start + HOUR_MS), limit: 1000, ...partner }
    const [page, answer] = await Promise.allSettled([readRaw(parts, ctx, asked), served(ctx, asked)])
    assert.deepEqual(answer, page)
    if (page.status === 'rejected') throw page.reason
    return page.value
  }

  await assert.rejects(curve('temp'), { code: 'sharing.notGranted' })
  grant(terms(device, { fields: ['temp'], fromMs: start + 90_000, untilMs: start + 150_500 }))
  assert.deepEqual((await curve('temp'))?.n, [0, 0, 30, 31, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  const values = await raw('temp')
  assert.deepEqual([values.atMs[0], values.atMs.at(-1), values.atMs.length], [start + 90_000, start + 150_000, 61])
  await assert.rejects(curve('total'), { code: 'telemetry.notFound' })
  await assert.rejects(raw('total'), { code: 'telemetry.notFound' })
  assert.deepEqual(
    (await readDeviceLatest(parts, ctx, device.deviceId, device.orgId)).points.map(({ point, sample }) => [point.name, sample?.atMs]),
    [['temp', start + 150_000]],
  )
  await assert.rejects(readDeviceLatest(parts, ctx, other.deviceId, device.orgId), { code: 'sharing.notGranted' })
  // A point of a device that is not shared cannot be had under the name of one that is.
  const smuggled = { measuringPointIds: [idOf(other, 'temp')], from: iso(start), until: iso(start + HOUR_MS), maxBuckets: 5, ...partner }
  await assert.rejects(readSeries(parts, ctx, smuggled), { code: 'telemetry.notFound' })
  await assert.rejects(readSeries(parts, ctx, { ...smuggled, deviceId: undefined }), { code: 'request.invalid' })

  grant(terms(device, { granularity: 'kpi' }))
  assert.equal((await curve('temp'))?.n[1], 60)
  await assert.rejects(raw('temp'), { code: 'telemetry.onlyKeyFigures' })
  await assert.rejects(readDeviceLatest(parts, ctx, device.deviceId, device.orgId), { code: 'telemetry.onlyKeyFigures' })
  const csv = { ...partner, measuringPointIds: [idOf(device, 'temp')], from: iso(start), until: iso(start + HOUR_MS) }
  await assert.rejects(exportValues(parts, ctx, { ...csv, resolution: 'raw' }, new AbortController().signal), {
    code: 'telemetry.onlyKeyFigures',
  })

  grant(terms(device, { delayMinutes: Math.ceil((ctx.now.getTime() - start) / MINUTE_MS) - 5 }))
  const seen = (await raw('temp')).atMs
  assert.ok(seen.length > 200 && seen.length < 400, `${seen.length} values`)
  assert.equal((await readDeviceLatest(parts, ctx, device.deviceId, device.orgId)).points[0]?.sample?.atMs, seen.at(-1))
  grant(undefined)
  await assert.rejects(curve('temp'), { code: 'sharing.notGranted' })
})

test('another organisation gets nothing by ids it has learnt, and a confined user nothing outside of his sites', async () => {
  const { device, start } = await tenMinutes()
  const stranger = testContext()
  const query = { measuringPointIds: [idOf(device, 'temp')], from: iso(start), until: iso(start + HOUR_MS), maxBuckets: 5 }
  await assert.rejects(readSeries(parts, stranger, query), { code: 'telemetry.notFound' })
  await assert.rejects(readDeviceLatest(parts, stranger, device.deviceId), { code: 'telemetry.notFound' })
  assert.deepEqual((await readLatest(parts, stranger, { measuringPointIds: query.measuringPointIds })).measuringPointIds, [])
  const confined = asOwner(device, { scopes: { permissions: new Set(), sites: ['another-site'] } })
  await assert.rejects(readSeries(parts, confined, query), { code: 'telemetry.notFound' })
  await assert.rejects(readDeviceLatest(parts, confined, device.deviceId), { code: 'telemetry.notFound' })
  assert.deepEqual((await readIngestHealth(platform, stranger, 24)).totals, [])
})

test('the export is the same values as text, a spreadsheet takes nothing in it for a formula', async () => {
  const { device, start } = await tenMinutes()
  const point = device.info.temp ?? assert.fail()
  point.label = '=温度'
  const query = { measuringPointIds: [point.id], from: iso(start), until: iso(start + 2 * MINUTE_MS) }
  const text = async (resolution: 'raw' | 'minute' | 'hour' | 'day') => {
    const { chunks } = await exportValues(parts, asOwner(device), { ...query, resolution }, new AbortController().signal)
    return (await Array.fromAsync(chunks)).join('').split('\r\n')
  }
  const raw = await text('raw')
  assert.equal(raw.length, 1 + 120 + 1)
  assert.equal(raw[0], '\ufeff测点,名称,单位,时间,数值,质量,接收时间,序号')
  assert.match(raw[1] ?? '', /\.temp,'=温度,,.*Z,0,good,/)
  const minutes = await text('minute')
  assert.equal(minutes[1]?.split(',').slice(5).join(','), '60,0,0,29.5,0,59,1770,59,,')
  assert.equal((await text('day')).length, 3)
})
