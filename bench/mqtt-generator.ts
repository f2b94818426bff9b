import { setTimeout as sleep } from 'node:timers/promises'
import type { GeneratorCommand, GeneratorReport, Traffic } from './generator.ts'
import { RawDevice } from './raw-device.ts'
import { quantile, rounded } from './statistics.ts'

// The process that plays the devices, apart from the bench's own so that neither waits for the other.

const CONNECTED_AT_ONCE = 50
const TICK_MS = 5
/** Until acknowledgements come as fast as messages leave. */
const RAMP_MS = 1_000
const DRAIN_MS = 30_000

let devices: RawDevice[] = []
let window = 0
let sending = false
let counting = false
let acknowledged = 0
let ackMs: number[] = []

async function connectAll({ host, port, logins, bodies }: Extract<GeneratorCommand, { do: 'connect' }>): Promise<void> {
  const pool = bodies.map((text) => Buffer.from(text))
  devices = logins.map((login, i) => {
    // Each device begins elsewhere in the pool, so that no two send the same values at the same time.
    const own = pool.map((_, n) => pool[(n + i * 7) % pool.length] as Buffer)
    const device: RawDevice = new RawDevice(login, own, (_seq, tookMs) => {
      if (counting) {
        acknowledged++
        ackMs.push(tookMs)
      }
      if (sending && window > 0) top(device)
    })
    return device
  })
  for (let i = 0; i < devices.length; i += CONNECTED_AT_ONCE)
    await Promise.all(devices.slice(i, i + CONNECTED_AT_ONCE).map((device) => device.connect(host, port)))
}

/** Fills a device's window again as soon as half of it is empty: one write instead of many. */
function top(device: RawDevice): void {
  const room = window - device.pending.size
  if (room * 2 >= window && !device.pushedBack && !device.lost) device.send(room)
}

async function run({ seconds, window: wanted, perSecond, drain }: Traffic): Promise<GeneratorReport> {
  window = perSecond === undefined ? wanted : 0
  acknowledged = 0
  ackMs = []
  sending = true
  const startedMs = performance.now()
  for (const device of devices) if (window > 0) top(device)
  const ticking = tick(startedMs, perSecond, wanted)
  await sleep(Math.min(RAMP_MS, seconds * 250))
  counting = true
  const countedFromMs = performance.now()
  await sleep(startedMs + seconds * 1_000 - countedFromMs)
  counting = false
  sending = false
  clearInterval(ticking)
  const countedS = (performance.now() - countedFromMs) / 1_000
  const report = { messages: acknowledged, seconds: countedS, ackP50Ms: part(0.5), ackP99Ms: part(0.99) }
  if (drain) await drained()
  const lost = devices.filter((device) => device.lost)
  return {
    ...report,
    sent: devices.map((device) => device.lastSeq),
    pending: devices.map((device) => [...device.pending.keys()]),
    lost: lost.length,
    firstLoss: lost[0]?.lost?.message ?? null,
  }
}

const part = (q: number) => rounded(quantile(ackMs, q))

/** At a given rate the devices take turns; with a window alone, it wakes those that were pushed back. */
function tick(startedMs: number, perSecond: number | undefined, most: number): NodeJS.Timeout {
  let sent = 0
  let turn = 0
  return setInterval(() => {
    if (perSecond === undefined) {
      for (const device of devices) top(device)
      return
    }
    const due = ((performance.now() - startedMs) / 1_000) * perSecond
    for (let tried = 0; sent < due && tried < devices.length; tried++) {
      const device = devices[turn++ % devices.length] as RawDevice
      if (device.lost || device.pending.size >= most) continue
      device.send(1)
      sent++
    }
    // What the platform did not take in time is not sent later in a heap.
    sent = Math.max(sent, Math.floor(due))
  }, TICK_MS)
}

async function drained(): Promise<void> {
  const until = performance.now() + DRAIN_MS
  while (performance.now() < until && devices.some((device) => !device.lost && device.pending.size > 0)) await sleep(20)
}

process.on('message', (command: GeneratorCommand) => {
  const answer = async () => {
    if (command.do === 'connect') {
      await connectAll(command)
      return {}
    }
    if (command.do === 'run') return run(command.traffic)
    for (const device of devices) device.destroy()
    return {}
  }
  answer().then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
