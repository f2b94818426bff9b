import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FieldDevice } from '../field.ts'

export interface Ended {
  code: number | null
  said: string
}

const WITHIN_MS = 30_000

/** Runs somebody else's program to its end, with what it reads from its input. */
export async function runProgram(program: string, args: readonly string[], input?: string): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const timer = setTimeout(() => child.kill('SIGKILL'), WITHIN_MS)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  return { code: code as number | null, said: said.trim() }
}

/** What every mosquitto client is told to speak as the device. */
export const asDevice = (port: number, device: FieldDevice, secret = device.secret): string[] => [
  ...['-h', '127.0.0.1', '-p', String(port), '-u', device.user, '-P', secret, '-V', 'mqttv311'],
]

export interface OpenPublisher {
  write(line: string): void
  /** Undefined while it runs. */
  exitCode(): number | null | undefined
  ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

/** `mosquitto_pub -l`: a connection that stays, a message for each line. */
export function openPublisher(args: readonly string[]): OpenPublisher {
  const child = spawn('mosquitto_pub', [...args, '-l'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  let code: number | null | undefined
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close').then(([exit]) => {
    code = exit as number | null
    return { code, said: said.trim() }
  })
  return { write: (line) => child.stdin.write(`${line}\n`), exitCode: () => code, ended, kill: (signal) => child.kill(signal) }
}
