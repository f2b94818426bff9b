import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { LiveEvent } from '#modules/shopfloor/telemetry/contract.ts'
import { type Field, type FieldDevice, inParallel, openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { scanBodies, scanDefinition, scanPoints, startGenerator } from './generator.ts'
import { quantile, rounded } from './statistics.ts'

const DEVICES = 500
const WINDOW = 4
const POLL_MS = 100

export const liveBench: Bench = {
  name: 'live',
  summary: `change at the device → server-sent event, every ${POLL_MS} ms, while ${DEVICES} devices send at half the ingest's limit`,
  goal: 'p50 ≤ 250 ms, p99 ≤ 600 ms',
  run,
}

async function run({ quick, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const model = await field.addModel('scan', scanDefinition)
    const codes = Array.from({ length: DEVICES }, (_, i) => `bench-${i + 1}`)
    const devices = await inParallel(codes, 4, (code) => field.addDevice(code, model))
    const watchedDevice = await field.addDevice('watched', model)
    const generator = await startGenerator(field.platform.mqttPort, devices, scanBodies())
    try {
      const limit = await generator.run({ seconds: quick ? 5 : 10, window: WINDOW, drain: true })
      const perSecond = limit.messages / limit.seconds / 2
      say(`limit ${rounded(perSecond * 2 * scanPoints.length)} points/s; half of it runs`)
      const seconds = quick ? 10 : 60
      const load = generator.run({ seconds: seconds + 3, window: WINDOW, perSecond, drain: true })
      // When watching fails, that is the failure to be told.
      load.catch(() => undefined)
      await sleep(1_500)
      const ms = await watch(field, watchedDevice, seconds * 1_000)
      const report = await load
      return {
        value: rounded(quantile(ms, 0.99)),
        unit: 'ms',
        ratio: null,
        against: null,
        detail: {
          p50Ms: rounded(quantile(ms, 0.5)),
          events: ms.length,
          loadPointsPerSecond: rounded((report.messages * scanPoints.length) / report.seconds),
          client: 'the event stream read by Node in the bench process, not a browser page',
        },
      }
    } finally {
      await generator.stop()
    }
  } finally {
    await field.stop()
  }
}

/**
 * Milliseconds from a value's own time until the page has it or a newer one (a page gets the newest of what came together); both clocks are
 * this process's.
 */
async function watch(field: Field, device: FieldDevice, forMs: number): Promise<number[]> {
  const stopping = new AbortController()
  const answer = await fetch(`${field.platform.address}/api/telemetry/live?deviceIds=${device.id}`, {
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
  let n = 0
  let waiting: number[] = []
  const publishing = setInterval(() => {
    const ts = Date.now()
    waiting.push(ts)
    connection.publish(device.topic, JSON.stringify({ ts, values: { reading1: n++ } }), { qos: 1 })
  }, POLL_MS)
  const ms: number[] = []
  const ending = setTimeout(() => stopping.abort(), forMs)
  try {
    for await (const { event, atMs } of events(answer.body)) {
      if (event.type === 'ended') throw new Error(`The stream ended: ${event.reason}`)
      if (event.type !== 'values') continue
      const shownMs = Math.max(...event.values.map(({ sample }) => sample.atMs))
      ms.push(...waiting.filter((ts) => ts <= shownMs).map((ts) => atMs - ts))
      waiting = waiting.filter((ts) => ts > shownMs)
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    clearTimeout(ending)
    clearInterval(publishing)
    await connection.endAsync()
  }
  const unseenS = (n - ms.length) * (POLL_MS / 1_000)
  if (unseenS > 2) throw new Error(`The last ${unseenS} s of values came in no event.`)
  return ms
}

async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: LiveEvent; atMs: number }> {
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const atMs = Date.now()
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('')
      if (data !== '') yield { event: LiveEvent.parse(JSON.parse(data)), atMs }
    }
  }
}
