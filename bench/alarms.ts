import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { alarmsApi, type RuleInput } from '#modules/shopfloor/alarms/contract.ts'
import { type Field, type FieldDevice, inParallel, openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { scanBodies, scanDefinition, scanPoints, startGenerator } from './generator.ts'
import { quantile, rounded } from './statistics.ts'

const ALARMS = 10_000
const DEVICES = { whole: 2_500, quick: 500 }
const POINTS_PER_SECOND = 100_000
const WINDOW = 4
/** A raise and a return in turns: two changes a second. */
const TOGGLE_MS = 500
const LIMIT = 50

export const alarmsBench: Bench = {
  name: 'alarms',
  summary: `${ALARMS} alarms over ${DEVICES.whole * scanPoints.length} points (--quick: ${DEVICES.quick * scanPoints.length}) that send ${POINTS_PER_SECOND} values/s; change at the device → news in the console's stream`,
  goal: 'p99 ≤ 1 s at ≥ 100,000 values/s, every raise found',
  run,
}

async function run({ quick, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const count = quick ? DEVICES.quick : DEVICES.whole
    say(`started; adding ${count} devices …`)
    const model = await field.addModel('scan', scanDefinition)
    const codes = Array.from({ length: count }, (_, i) => `bench-${i + 1}`)
    const devices = await inParallel(codes, 6, (code) => field.addDevice(code, model))
    const watched = await field.addDevice('watched', await field.addModel('watched', scanDefinition))
    const rules = ALARMS / count
    for (let i = 0; i < rules; i++) await addRule(field, { modelCode: 'scan', pointName: `reading${i + 1}` }, 1e9)
    await addRule(field, { deviceId: watched.id, pointName: 'reading1' }, LIMIT)
    const generator = await startGenerator(field.platform.mqttPort, devices, scanBodies())
    try {
      const seconds = quick ? 15 : 60
      const perSecond = POINTS_PER_SECOND / scanPoints.length
      const load = generator.run({ seconds: seconds + 7, window: WINDOW, perSecond, drain: true })
      // When watching fails, that is the failure to be told.
      load.catch(() => undefined)
      // The rules are known and the evaluation has caught up.
      await sleep(6_000)
      const lag = watchLag(field)
      const { ms, changes } = await toggle(field, watched, seconds * 1_000)
      const report = await load
      const lagMs = await lag.stop()
      const { total } = await field.client.call(alarmsApi.events, { query: { deviceId: watched.id, limit: 1 } })
      if (total !== changes) throw new Error(`Of ${changes} raises and returns ${total} were found.`)
      const points = (report.messages * scanPoints.length) / report.seconds
      return {
        value: rounded(quantile(ms, 0.99)),
        unit: 'ms',
        ratio: null,
        against: null,
        detail: {
          p50Ms: rounded(quantile(ms, 0.5)),
          changes,
          pointsPerSecond: rounded(points),
          evaluationsPerSecond: rounded((points * rules) / scanPoints.length),
          points: count * scanPoints.length,
          alarms: ALARMS,
          ackP99Ms: rounded(report.ackP99Ms),
          evaluatedBehindMs: { p50: rounded(quantile(lagMs, 0.5)), max: rounded(Math.max(...lagMs)) },
        },
      }
    } finally {
      await generator.stop()
    }
  } finally {
    await field.stop()
  }
}

async function addRule(field: Field, of: Pick<RuleInput, 'pointName'> & Partial<RuleInput>, limit: number): Promise<void> {
  await field.client.call(alarmsApi.createRule, {
    body: {
      name: of.pointName,
      nameEn: null,
      deviceId: null,
      modelCode: null,
      condition: { kind: 'limit', level: 'H', limit, deadband: 0 },
      onDelayS: 0,
      offDelayS: 0,
      badQuality: 'ignore',
      suppression: null,
      priority: 'high',
      latched: false,
      cause: '',
      consequence: '',
      response: '',
      responseMinutes: null,
      notify: false,
      escalateMinutes: null,
      ...of,
    },
  })
}

/** How far behind the clock what is evaluated and written stands, as it is noted. */
function watchLag(field: Field): { stop(): Promise<number[]> } {
  const found: number[] = []
  let stopping = false
  const watching = (async () => {
    const postgres = await field.postgres()
    while (!stopping) {
      const { rows } = await postgres.query<{ ms: number }>(
        'select (extract(epoch from clock_timestamp()) * 1000 - received_ms)::float8 as ms from alarms.progress',
      )
      if (rows[0]) found.push(rows[0].ms)
      await sleep(500)
    }
  })()
  // Where the bench fails, that is the failure to be told.
  watching.catch(() => undefined)
  return {
    stop: async () => {
      stopping = true
      await watching
      return found
    },
  }
}

/** Milliseconds from a value that raises or returns until the console's stream says that something changed. */
async function toggle(field: Field, device: FieldDevice, forMs: number): Promise<{ ms: number[]; changes: number }> {
  const stopping = new AbortController()
  const answer = await fetch(`${field.platform.address}/api/alarms/live`, {
    headers: { cookie: field.client.cookie, accept: 'text/event-stream' },
    signal: stopping.signal,
  })
  if (!answer.ok || !answer.body) throw new Error(`live: ${answer.status} ${await answer.text()}`)
  const connection = await connectAsync({
    host: '127.0.0.1',
    port: field.platform.mqttPort,
    protocol: 'mqtt',
    protocolVersion: 4,
    username: device.user,
    password: device.secret,
  })
  const ms: number[] = []
  let sentMs: number | undefined
  let changes = 0
  const reading = (async () => {
    for await (const _ of answer.body as ReadableStream<Uint8Array>) {
      if (sentMs === undefined) continue
      ms.push(Date.now() - sentMs)
      sentMs = undefined
    }
  })().catch((error: Error) => {
    if (!stopping.signal.aborted) throw error
  })
  const endMs = Date.now() + forMs
  while (Date.now() < endMs) {
    const startedMs = Date.now()
    sentMs = startedMs
    const value = changes % 2 === 0 ? LIMIT + 1 : LIMIT - 1
    connection.publish(device.topic, JSON.stringify({ ts: startedMs, values: { reading1: value } }), { qos: 1 })
    changes++
    // Until it was heard: the news of one must not be taken for the news of the next.
    while (sentMs !== undefined && Date.now() - startedMs < 10_000) await sleep(5)
    if (sentMs !== undefined) throw new Error('A change was not told within ten seconds.')
    await sleep(Math.max(50, TOGGLE_MS - (Date.now() - startedMs)))
  }
  stopping.abort()
  await reading
  await connection.endAsync()
  return { ms, changes }
}
