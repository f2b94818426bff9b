import { connect as connectSocket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import { type IngestCount, telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, type FieldDevice, openField } from '../tests/field.ts'
import type { SentRow } from './checks.ts'
import { acknowledgedIn, addPlainDevice, checkAllSums, checkDevice, liveRows } from './field-checks.ts'
import { startLiveDevice } from './live-device.ts'
import type { Report, ScenarioOptions } from './report.ts'

const DAY_MS = 86_400_000
/** Counters reach PostgreSQL every three seconds. */
const COUNTED_WITHIN_MS = 8_000
const SLOW_CLIENTS = 200
const HEALTHY_P99_MS = 2_000

interface Piece {
  what: string
  payload: string | Buffer
  /** What the operator must find it under; null: stored. */
  as: IngestCount | null
  pieces?: number
}

/** What machines, scripts and attackers really send. */
const pieces = (nowMs: number): Piece[] => [
  { what: 'half a JSON', payload: '{"ts": 17', as: 'malformed' },
  { what: 'no JSON', payload: 'temperature=12', as: 'malformed' },
  { what: 'nothing', payload: '', as: 'malformed' },
  { what: 'bytes that are no UTF-8', payload: Buffer.from([0xff, 0xfe, 0x00, 0x80]), as: 'malformed' },
  { what: 'brackets a hundred thousand deep', payload: '['.repeat(100_000), as: 'malformed' },
  { what: 'NaN as some libraries write it', payload: `{"ts":${nowMs},"values":{"value":NaN}}`, as: 'malformed' },
  { what: 'a number beyond all numbers', payload: `{"ts":${nowMs},"values":{"value":1e999}}`, as: 'notFinite' },
  { what: 'a point nobody knows', payload: `{"ts":${nowMs},"values":{"presure":1}}`, as: 'unknownPoint' },
  { what: '__proto__ as a point', payload: `{"ts":${nowMs},"values":{"__proto__":1,"constructor":2}}`, as: 'unknownPoint', pieces: 2 },
  { what: 'a word for a number', payload: `{"ts":${nowMs},"values":{"value":"12,5"}}`, as: 'wrongType' },
  { what: 'an object for a number', payload: `{"ts":${nowMs},"values":{"value":{"$gt":0}}}`, as: 'wrongType' },
  { what: 'null of good quality', payload: `{"ts":${nowMs},"values":{"value":null}}`, as: 'wrongType' },
  { what: 'a quality nobody knows', payload: `{"ts":${nowMs},"values":{"value":1},"q":{"value":255}}`, as: 'badQuality' },
  { what: 'a clock that stands at 1970', payload: '{"ts":86400000,"values":{"value":1}}', as: 'ancient' },
  { what: 'seconds instead of milliseconds', payload: `{"ts":${Math.floor(nowMs / 1_000)},"values":{"value":1}}`, as: 'ancient' },
  { what: 'a clock in 2099', payload: '{"ts":4081363200000,"values":{"value":1}}', as: 'future' },
  { what: 'a clock ten minutes ahead', payload: `{"ts":${nowMs + 600_000},"values":{"value":1}}`, as: 'future' },
  { what: 'a stamp that is no whole number', payload: `{"ts":${nowMs}.5,"values":{"value":1}}`, as: 'malformed' },
]

/** Malformed, untrue, oversized, repeated and late messages: each counted and shown, harmless to a device that does its work beside them. */
export async function hostileScenario(report: Report, { folder, short }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const { mqttPort } = field.platform
    const healthy = await addPlainDevice(field, 'healthy')
    const hostile = await addPlainDevice(field, 'hostile')
    const late = await addPlainDevice(field, 'late')
    const live = startLiveDevice(healthy, mqttPort, folder)
    const slow = openSlowClients(mqttPort)
    await sendPieces(report, field, hostile)
    await knockAtOtherDoors(report, field, hostile)
    const rows = lateRows(short ? 3_600 : 20_000)
    await sendLate(field, late, rows)
    await checkLate(report, field)
    for (const socket of slow) socket.destroy()
    await live.stop()
    const waits = live.waitsMs.toSorted((a, b) => a - b)
    const p99 = waits[Math.floor(waits.length * 0.99)] ?? Number.POSITIVE_INFINITY
    report.check(`the healthy device is acknowledged within ${HEALTHY_P99_MS} ms (p99 ${Math.round(p99)})`, p99 <= HEALTHY_P99_MS, p99)
    await checkDevice(report, field, healthy, liveRows(live), acknowledgedIn(live.ledger))
    await checkDevice(report, field, late, rows, new Set(rows.map(({ seq }) => seq)))
    await checkAllSums(report, field, 0)
  } finally {
    await field.stop()
  }
}

const open = (field: Field, { user, secret }: Pick<FieldDevice, 'user' | 'secret'>): Promise<MqttClient> =>
  connectAsync({
    host: '127.0.0.1',
    port: field.platform.mqttPort,
    protocol: 'mqtt',
    protocolVersion: 4,
    username: user,
    password: secret,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
  })

async function countsOf(field: Field): Promise<Partial<Record<IngestCount, number>>> {
  const { totals } = await field.client.call(telemetryApi.ingestHealth)
  return Object.fromEntries(totals.map(({ count, n }) => [count, n]))
}

/** Until a count has risen by so many, or it is given up; returns by how many it rose. */
async function rise(field: Field, count: IngestCount, before: number, wanted: number): Promise<number> {
  const until = performance.now() + COUNTED_WITHIN_MS
  for (;;) {
    const risen = ((await countsOf(field))[count] ?? 0) - before
    if (risen >= wanted || performance.now() > until) return risen
    await sleep(250)
  }
}

async function sendPieces(report: Report, field: Field, device: FieldDevice): Promise<void> {
  const all = pieces(Date.now())
  const before = await countsOf(field)
  const client = await open(field, device)
  for (const { payload } of all) await client.publishAsync(device.topic, payload as Buffer, { qos: 1 })
  await client.endAsync()
  const reasons = new Set(all.map((piece) => piece.as))
  for (const reason of reasons) {
    if (reason === null) continue
    const of = all.filter((piece) => piece.as === reason)
    const wanted = of.reduce((sum, { pieces: n = 1 }) => sum + n, 0)
    const risen = await rise(field, reason, before[reason] ?? 0, wanted)
    report.check(`counted as ${reason}: ${of.map(({ what }) => what).join('; ')}`, risen === wanted, { wanted, risen })
  }
  const shown = await field.client.call(telemetryApi.quarantine, { query: { limit: 100 } })
  const devices = new Set(shown.items.map((piece) => piece.device))
  report.check('the operator sees the pieces themselves, with their device', devices.has(device.code), [...devices])
}

/** What ends the connection: a wrong password, a foreign topic, a packet beyond all bounds. */
async function knockAtOtherDoors(report: Report, field: Field, device: FieldDevice): Promise<void> {
  const before = await countsOf(field)
  const wrong = await open(field, { ...device, secret: 'guessed' }).then(
    () => 'let in',
    (error: Error) => error.message,
  )
  report.check('a wrong password is not let in', wrong !== 'let in', wrong)
  const client = await open(field, device)
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.on('error', () => undefined)
  client.publish('v1/someone/else/telemetry', '{}', { qos: 1 }, () => undefined)
  await ended
  const large = await open(field, device)
  large.on('error', () => undefined)
  const cut = new Promise<void>((resolve) => large.once('close', () => resolve()))
  large.publish(device.topic, Buffer.alloc(4_000_000, 0x20), { qos: 1 }, () => undefined)
  await cut
  for (const reason of ['wrongCredential', 'foreignTopic', 'tooLarge'] as const) {
    const risen = await rise(field, reason, before[reason] ?? 0, 1)
    report.check(`counted as ${reason}, and the connection is over`, risen === 1, risen)
  }
}

/** A week ago, at 1 Hz. */
function lateRows(n: number): SentRow[] {
  const startMs = Math.floor((Date.now() - 7 * DAY_MS) / 60_000) * 60_000
  return Array.from({ length: n }, (_, i) => ({ seq: i + 1, ts: startMs + i * 1_000, values: { value: ((i * 7_919) % 1_000) / 10 } }))
}

/** Three times, each time in other cuts and another order. */
async function sendLate(field: Field, device: FieldDevice, rows: readonly SentRow[]): Promise<void> {
  const client = await open(field, device)
  for (const [turn, cut] of [500, 333, 71].entries()) {
    const batches: SentRow[][] = []
    for (let i = 0; i < rows.length; i += cut) batches.push(rows.slice(i, i + cut))
    if (turn === 1) batches.reverse()
    if (turn === 2) batches.sort((a, b) => ((a[0]?.seq ?? 0) % 7) - ((b[0]?.seq ?? 0) % 7))
    await Promise.all(batches.map((batch) => client.publishAsync(device.topic, JSON.stringify(batch), { qos: 1 })))
  }
  await client.endAsync()
}

async function checkLate(report: Report, field: Field): Promise<void> {
  const lateCounted = await rise(field, 'late', 0, 1)
  report.check('late values are counted as late', lateCounted > 0, lateCounted)
  const twice = await rise(field, 'duplicate', 0, 1)
  report.check('what comes again is counted as a duplicate', twice > 0, twice)
}

/** They begin a packet and never end it. */
function openSlowClients(port: number) {
  return Array.from({ length: SLOW_CLIENTS }, (_, i) => {
    const socket = connectSocket(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(i % 2 === 0 ? Buffer.from([0x10]) : Buffer.from([0x10, 0xff, 0xff, 0x03, 0x00, 0x04]))
    return socket
  })
}
