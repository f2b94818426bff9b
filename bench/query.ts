import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { connectAsync } from 'mqtt'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, type FieldDevice, inParallel, openField, rowsOf, untilRolledUp } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { median, quantile, rounded, spread, timed } from './statistics.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DAYS = 31
/** Windows start at different minutes, so that no answer is just the one before. */
const SPARE_MS = 2 * 3_600_000
const ITEMS_A_MESSAGE = 4_000
const LATEST_POINTS = 10_000
const POINTS_A_DEVICE = 500
const ROLLED_UP_WITHIN_MS = 240_000

export const queryBench: Bench = {
  name: 'query',
  summary: `one point, ${DAYS} days at 1 Hz, as ≤ 1,000 buckets by the API; one raw day; last values of ${LATEST_POINTS} points`,
  goal: 'p95 ≤ 50 ms, ≤ 100 ms, ≤ 50 ms; against the same question asked straight of ClickHouse on raw rows; the API adds ≤ 5 ms',
  run,
}

interface Loaded {
  field: Field
  clickhouse: ClickHouseClient
  pointId: string
  key: string
  fromMs: number
  days: number
}

async function run(options: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const clickhouse = field.clickhouse()
    const latestIds = await loadLatest(field, options)
    const figures: (Figure & { scale: number })[] = []
    for (const scale of options.scales) {
      const loaded = await loadHistory(field, clickhouse, `history-${figures.length + 1}`, Math.max(1, Math.round(DAYS * scale)), options)
      figures.push({ scale, ...(await measure(loaded, latestIds, options)) })
    }
    const [first] = figures as [Figure & { scale: number }]
    const { scale: _, ...figure } = first
    const scales = figures.map(({ scale, value, ratio }) => ({ scale, value, ratio }))
    return { ...figure, detail: { ...figure.detail, ...(scales.length > 1 ? { scales } : {}) } }
  } finally {
    await field.stop()
  }
}

/** Puts one point's history in through the public door, as a device that was long offline would, and waits for its sums. */
async function loadHistory(field: Field, clickhouse: ClickHouseClient, code: string, days: number, { say }: BenchOptions): Promise<Loaded> {
  const properties = [{ name: 'value', label: 'value', kind: 'instant' as const, valueType: 'number' as const }]
  const device = await field.addDevice(code, await field.addModel(code, { properties }))
  const seconds = (days * DAY_MS + SPARE_MS) / 1_000
  const fromMs = Math.floor((Date.now() - seconds * 1_000) / MINUTE_MS) * MINUTE_MS
  const startedMs = performance.now()
  await publishHistory(field, device, fromMs, seconds)
  const storedMs = performance.now()
  await untilRolledUp(field.client, { timeoutMs: ROLLED_UP_WITHIN_MS })
  const perSecond = Math.round(seconds / ((storedMs - startedMs) / 1_000))
  say(
    `${seconds.toLocaleString('en')} samples of ${days} days in at ${perSecond.toLocaleString('en')}/s, summed up ${waited(storedMs)} s later`,
  )
  const { points } = await field.client.call(devicesApi.points, { params: { id: device.id } })
  const postgres = await field.postgres()
  const { rows } = await postgres.query<{ org_no: number; series: number }>(
    `select o.org_no, p.series from devices.point p join organisations.organisation o on o.org_id = p.org_id where p.device_id = $1`,
    [device.id],
  )
  const key = `org_no = ${rows[0]?.org_no} and series = ${rows[0]?.series}`
  const [counted] = await rowsOf<{ n: number }>(clickhouse, `select count() as n from sample final where ${key}`)
  if (counted?.n !== seconds) throw new Error(`${counted?.n} of ${seconds} samples are stored.`)
  return { field, clickhouse, pointId: points[0]?.measuringPoint?.id ?? '', key, fromMs, days }
}

const waited = (sinceMs: number) => Math.round((performance.now() - sinceMs) / 1_000)

async function publishHistory(field: Field, device: FieldDevice, fromMs: number, seconds: number): Promise<void> {
  const connection = await connectAsync({
    host: '127.0.0.1',
    port: field.platform.mqttPort,
    protocol: 'mqtt',
    protocolVersion: 4,
    username: device.user,
    password: device.secret,
  })
  const messages = Array.from({ length: Math.ceil(seconds / ITEMS_A_MESSAGE) }, (_, i) => i)
  await inParallel(messages, 8, async (message) => {
    const items: string[] = []
    for (let i = message * ITEMS_A_MESSAGE; i < Math.min(seconds, (message + 1) * ITEMS_A_MESSAGE); i++)
      items.push(`{"ts":${fromMs + i * 1_000},"values":{"value":${valueAt(i)}}}`)
    await connection.publishAsync(device.topic, `[${items.join(',')}]`, { qos: 1 })
  })
  await connection.endAsync()
}

/** A temperature: a daily swing, an hourly one, noise of a tenth. */
const valueAt = (second: number) =>
  (
    60 +
    20 * Math.sin((second / 86_400) * 2 * Math.PI) +
    5 * Math.sin((second / 3_600) * 2 * Math.PI) +
    ((second * 7_919) % 13) / 10
  ).toFixed(1)

/** Twenty machines with five hundred points each, one message of each. */
async function loadLatest(field: Field, { say }: BenchOptions): Promise<string[]> {
  const properties = Array.from({ length: POINTS_A_DEVICE }, (_, i) => ({
    name: `p${i + 1}`,
    label: `p${i + 1}`,
    kind: 'instant' as const,
    valueType: 'number' as const,
  }))
  const model = await field.addModel('many-points', { properties })
  const codes = Array.from({ length: LATEST_POINTS / POINTS_A_DEVICE }, (_, i) => `many-${i + 1}`)
  const devices = await inParallel(codes, 2, (code) => field.addDevice(code, model))
  const ids = await inParallel(devices, 2, async (device) => {
    const connection = await connectAsync({
      host: '127.0.0.1',
      port: field.platform.mqttPort,
      protocol: 'mqtt',
      protocolVersion: 4,
      username: device.user,
      password: device.secret,
    })
    const values = Object.fromEntries(properties.map(({ name }, i) => [name, i / 10]))
    await connection.publishAsync(device.topic, JSON.stringify({ ts: Date.now(), values }), { qos: 1 })
    await connection.endAsync()
    const { points } = await field.client.call(devicesApi.points, { params: { id: device.id } })
    return points.map((point) => point.measuringPoint?.id ?? '')
  })
  // Latest values are carried to their table once a second.
  await sleep(2_500)
  say(`${ids.flat().length} points with a last value`)
  return ids.flat()
}

async function measure(loaded: Loaded, latestIds: string[], { quick, say }: BenchOptions): Promise<Omit<Figure, 'scale'>> {
  const times = quick ? 40 : 200
  const bucketMs = await chartByApi(loaded)(0)
  const chart = await inTurns(times, chartByApi(loaded), chartOnRaw(loaded, bucketMs), chartOnSums(loaded, bucketMs))
  const day = await inTurns(Math.ceil(times / 4), rawDayByApi(loaded), rawDayDirectly(loaded))
  const latest = await inTurns(Math.ceil(times / 4), latestByApi(loaded.field, latestIds), latestDirectly(loaded, latestIds.length))
  const adds = (turns: number[][], direct: number) => rounded(median(turns[0] ?? []) - median(turns[direct] ?? []))
  say(`chart p95 ${spread(chart[0] ?? []).p95} ms, raw day ${spread(day[0] ?? []).p95} ms, latest ${spread(latest[0] ?? []).p95} ms`)
  return {
    value: rounded(quantile(chart[0] ?? [], 0.95)),
    unit: 'ms',
    ratio: rounded(median(chart[0] ?? []) / median(chart[1] ?? [])),
    against: 'ClickHouse on raw rows',
    detail: {
      bucketMs,
      chartMs: { api: spread(chart[0] ?? []), directRaw: spread(chart[1] ?? []), directSums: spread(chart[2] ?? []) },
      rawDayMs: { api: spread(day[0] ?? []), direct: spread(day[1] ?? []) },
      latest10000Ms: { api: spread(latest[0] ?? []), direct: spread(latest[1] ?? []) },
      apiAddsMs: { chart: adds(chart, 2), rawDay: adds(day, 1), latest: adds(latest, 1) },
    },
  }
}

/** Each way once unmeasured, then all ways one after the other, so that a disturbance meets them all. */
async function inTurns(times: number, ...ways: ((i: number) => Promise<unknown>)[]): Promise<number[][]> {
  for (const way of ways) await way(0)
  const ms: number[][] = ways.map(() => [])
  for (let i = 1; i <= times; i++) for (const [n, way] of ways.entries()) ms[n]?.push(...(await timed(1, () => way(i))))
  return ms
}

const windowOf = ({ fromMs, days }: Loaded, i: number) => {
  const from = fromMs + (i % 100) * MINUTE_MS
  return { from, until: from + days * DAY_MS }
}

const chartByApi = (loaded: Loaded) => async (i: number) => {
  const { from, until } = windowOf(loaded, i)
  const { curves, buckets, bucketMs } = await loaded.field.client.call(telemetryApi.series, {
    query: { measuringPointIds: loaded.pointId, from: stamp(from), until: stamp(until), maxBuckets: 1_000 },
  })
  const total = curves[0]?.n.reduce((sum, n) => sum + n, 0) ?? 0
  // The grid's first bucket may begin before the window; every second of the window must be there.
  if (buckets > 1_000 || total < loaded.days * 86_400 * 0.99) throw new Error(`${total} samples in ${buckets} buckets`)
  return bucketMs
}

const chartOnRaw = (loaded: Loaded, bucketMs: number) => async (i: number) => {
  const { from, until } = windowOf(loaded, i)
  await rowsOf(
    loaded.clickhouse,
    `select intDiv(toUnixTimestamp64Milli(ts), ${bucketMs}) as bucket, count() as n, countIf(quality >= 128) as bad,
       avg(value) as avg, min(value) as min, max(value) as max, sum(value) as sum, argMax(value, ts) as last
     from sample final where ${loaded.key} and ts >= '${clock(from)}' and ts < '${clock(until)}' group by bucket order by bucket`,
  )
}

/** What no API could be quicker than: the stored sums alone, added up. */
const chartOnSums = (loaded: Loaded, bucketMs: number) => async (i: number) => {
  const { from, until } = windowOf(loaded, i)
  await rowsOf(
    loaded.clickhouse,
    `select intDiv(toUnixTimestamp(start), ${bucketMs / 1_000}) as bucket, sum(n) as samples, sum(sum) as total, min(min) as least,
       max(max) as most, argMax(last, last_ms) as newest
     from ${bucketMs % 3_600_000 === 0 ? 'rollup_hour' : 'rollup_minute'} final where ${loaded.key} and start >= '${clock(from).slice(0, 19)}' and start < '${clock(until).slice(0, 19)}'
     group by bucket order by bucket`,
  )
}

const dayOf = ({ fromMs, days }: Loaded, i: number) => fromMs + (i % Math.max(1, days - 1)) * DAY_MS

const rawDayByApi = (loaded: Loaded) => async (i: number) => {
  const from = dayOf(loaded, i)
  const { atMs } = await loaded.field.client.call(telemetryApi.raw, {
    query: { measuringPointId: loaded.pointId, from: stamp(from), until: stamp(from + DAY_MS), limit: 100_000 },
  })
  if (atMs.length !== 86_400) throw new Error(`A day of ${atMs.length} samples.`)
}

/** The same columns in the same form, read to the end by a client that does nothing with them. */
const rawDayDirectly = (loaded: Loaded) => async (i: number) => {
  const from = dayOf(loaded, i)
  const answer = await loaded.clickhouse.query({
    query: `select groupArray(toUnixTimestamp64Milli(ts)) as at, groupArray(value) as value, groupArray(quality) as quality,
        groupArray(lag_ms) as lag, groupArray(seq) as seq
      from (select ts, value, quality, lag_ms, seq from sample final
        where ${loaded.key} and ts >= '${clock(from)}' and ts < '${clock(from + DAY_MS)}' order by ts)`,
    format: 'JSONEachRow',
  })
  JSON.parse(await answer.text())
}

const latestByApi = (field: Field, measuringPointIds: string[]) => async () => {
  const { atMs } = await field.client.call(telemetryApi.latest, { body: { measuringPointIds } })
  const known = atMs.filter((at) => at !== null).length
  if (known !== measuringPointIds.length) throw new Error(`${known} of ${measuringPointIds.length} points have a last value.`)
}

const latestDirectly = (loaded: Loaded, points: number) => async () => {
  const rows = await rowsOf(
    loaded.clickhouse,
    `select series, toUnixTimestamp64Milli(ts) as at, value, quality, lag_ms from latest final where org_no = ${/\d+/.exec(loaded.key)?.[0]} order by series limit ${points}`,
  )
  if (rows.length !== points) throw new Error(`${rows.length} last values.`)
}

const stamp = (ms: number) => new Date(ms).toISOString()
const clock = (ms: number) => stamp(ms).slice(0, 23).replace('T', ' ')
