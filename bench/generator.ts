import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DeviceLogin } from './raw-device.ts'

export interface Traffic {
  seconds: number
  /** Messages of one device that wait for their acknowledgement at once. */
  window: number
  /** Messages a second of all devices together; without it each sends as soon as its window has room. */
  perSecond?: number
  /** Waits at the end until everything is acknowledged. */
  drain: boolean
}

export type GeneratorCommand =
  | { do: 'connect'; host: string; port: number; logins: DeviceLogin[]; bodies: string[] }
  | { do: 'run'; traffic: Traffic }
  | { do: 'close' }

export interface GeneratorReport {
  /** Acknowledged within `seconds`, which leave out the beginning. */
  messages: number
  seconds: number
  ackP50Ms: number
  ackP99Ms: number
  /** By device, since it connected: number of the last message, and which are not acknowledged. */
  sent: number[]
  pending: number[][]
  /** Devices that were disconnected. */
  lost: number
  firstLoss: string | null
}

export interface Generator {
  pid: number
  run(traffic: Traffic): Promise<GeneratorReport>
  /** Cuts all connections, whatever is under way. */
  cut(): Promise<void>
  stop(): Promise<void>
}

export async function startGenerator(port: number, logins: DeviceLogin[], bodies: string[]): Promise<Generator> {
  const child = fork(join(import.meta.dirname, 'mqtt-generator.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.disconnect()
    await ended
  }
  try {
    await ask(child, { do: 'connect', host: '127.0.0.1', port, logins, bodies })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    pid: child.pid ?? 0,
    run: (traffic) => ask<GeneratorReport>(child, { do: 'run', traffic }),
    cut: async () => {
      await ask(child, { do: 'close' })
    },
    stop,
  }
}

async function ask<Result>(child: ChildProcess, command: GeneratorCommand): Promise<Result> {
  child.send(command)
  const ended = once(child, 'exit').then(() => [{ error: 'The generator ended.' }])
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [{ result?: Result; error?: string }]
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.result as Result
}

/** Forty points as a machine has them: 32 readings with one decimal, four counters, two amounts, two states. */
export const scanPoints = [
  ...Array.from({ length: 32 }, (_, i) => ({ name: `reading${i + 1}`, kind: 'instant' as const, valueType: 'number' as const })),
  ...Array.from({ length: 4 }, (_, i) => ({ name: `counter${i + 1}`, kind: 'counter' as const, valueType: 'integer' as const })),
  ...Array.from({ length: 2 }, (_, i) => ({ name: `amount${i + 1}`, kind: 'interval' as const, valueType: 'number' as const })),
  ...Array.from({ length: 2 }, (_, i) => ({ name: `state${i + 1}`, kind: 'state' as const, valueType: 'integer' as const })),
]

export const scanDefinition = { properties: scanPoints.map((point) => ({ ...point, label: point.name })) }

/** Bodies of a device's messages, made before the clock runs: readings that wander, counters that rise, states that change now and then. */
export function scanBodies(count = 256, seed = 42): string[] {
  let state = seed
  const random = () => {
    // xorshift32: the same values in every run.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const readings = scanPoints.map(() => 20 + random() * 200)
  return Array.from({ length: count }, (_, n) => {
    const values = scanPoints.map(({ kind }, i) => {
      readings[i] = (readings[i] ?? 0) + (random() - 0.5) * 2
      if (kind === 'instant') return Math.round((readings[i] ?? 0) * 10) / 10
      if (kind === 'counter') return 1_000 + n * 3 + i
      if (kind === 'interval') return Math.round(random() * 500) / 100
      return Math.floor(n / 32) % 4
    })
    return JSON.stringify(Object.fromEntries(scanPoints.map(({ name }, i) => [name, values[i]])))
  })
}
