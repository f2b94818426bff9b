import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = resolve(import.meta.dirname, '..')
const STARTS_WITHIN_MS = 20_000

export interface Program {
  pid: number
  stop(): Promise<void>
}

/** A machine that speaks Modbus, in a process of its own; `npm run test:peers` names pymodbus for it. */
export async function startMachine(port: number): Promise<Program> {
  const command: [string, string] =
    process.env.E2E_MODBUS_PEER === 'pymodbus'
      ? ['/usr/bin/python3', join(root, 'tests/peers/modbus/living.py')]
      : [process.execPath, join(root, 'e2e/modbus-peer.ts')]
  const machine = program(spawn(command[0], [command[1], String(port)], { cwd: root, stdio: 'ignore' }))
  const until = performance.now() + STARTS_WITHIN_MS
  while (!(await answers(port))) {
    if (performance.now() > until) throw new Error(`${command[1]} does not listen at ${port}`)
    await sleep(50)
  }
  return machine
}

/** The gateway as it is started at a plant: a settings file, and the secret in one of its own. */
export function startGateway({ user, secret }: { user: string; secret: string }): Program {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-gateway-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 })
    return join(dir, name)
  }
  const settings = {
    server: process.env.E2E_URL,
    mqtt: `mqtt://127.0.0.1:${process.env.E2E_MQTT_PORT}`,
    user,
    secretFile: file('secret', secret),
    dataDir: join(dir, 'data'),
    queueMegabytes: 16,
  }
  const args = [join(root, 'edge/gateway/main.ts'), '--config', file('gateway.json', JSON.stringify(settings))]
  const { pid, stop } = program(spawn(process.execPath, args, { cwd: root, stdio: 'ignore' }))
  return {
    pid,
    stop: async () => {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function program(child: ChildProcess): Program {
  const ended = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      // One that was halted hears nothing else.
      child.kill('SIGKILL')
      await ended
    },
  }
}

const answers = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, '127.0.0.1')
    const end = (heard: boolean) => {
      socket.destroy()
      done(heard)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
