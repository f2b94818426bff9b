import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { RawDevice } from '../bench/raw-device.ts'

// A process of its own: as many sockets here and as many there are more than one process may hold. Connects them, lets each publish one
// value, says how it went in a line of JSON; at a line on standard input it drops all at once and begins anew.

const { values } = parseArgs({
  options: { port: { type: 'string' }, user: { type: 'string' }, topic: { type: 'string' }, connections: { type: 'string' } },
})
const [port, connections] = [Number(values.port), Number(values.connections)]
const AT_ONCE = 200
const ACKNOWLEDGED_WITHIN_MS = 30_000
let secret = ''

export interface CrowdTurn {
  connected: number
  connectedMs: number
  acknowledged: number
  acknowledgedMs: number
  /** Closed by the other side. */
  lost: number
}

async function connectAll(acknowledged: () => void): Promise<RawDevice[]> {
  const devices: RawDevice[] = []
  for (let i = 0; i < connections; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, connections - i) }, (_, k) => {
      const login = { user: values.user ?? '', secret, topic: values.topic ?? '', clientId: `crowd-${i + k}` }
      return new RawDevice(login, [Buffer.from('{"value":1}')], acknowledged)
    })
    await Promise.all(some.map((device) => device.connect('127.0.0.1', port).catch(() => undefined)))
    devices.push(...some)
  }
  return devices
}

async function turn(): Promise<void> {
  let acknowledged = 0
  const startedMs = performance.now()
  const devices = await connectAll(() => acknowledged++)
  const publishedMs = performance.now()
  const there = devices.filter((device) => !device.lost)
  for (const device of there) device.send(1)
  while (acknowledged < there.length && performance.now() - publishedMs < ACKNOWLEDGED_WITHIN_MS) await sleep(20)
  const said: CrowdTurn = {
    connected: there.length,
    connectedMs: Math.round(publishedMs - startedMs),
    acknowledged,
    acknowledgedMs: Math.round(performance.now() - publishedMs),
    lost: devices.filter((device) => device.lost).length,
  }
  process.stdout.write(`${JSON.stringify(said)}\n`)
  await once(process.stdin, 'data')
  for (const device of devices) device.destroy()
}

;[secret] = String((await once(process.stdin, 'data'))[0]).split('\n') as [string]
await turn()
await turn()
process.exit(0)
