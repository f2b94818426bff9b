import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { SimulatorOptions } from '#edge/drivers/opcua/simulator.ts'

export interface OpcuaServerProcess {
  port: number
  /** Waits where the server is slow to take it. */
  set(name: string, value: unknown, sourceMs?: number): Promise<void>
  /** What each method was called with, in order. */
  calls(): Promise<Record<string, unknown[][]>>
  /** The cable to it: pulled it takes nobody, and goes on measuring. */
  pull(pulled: boolean): void
  /** As a plug that is pulled. */
  kill(): Promise<void>
}

const file = join(import.meta.dirname, 'server.ts')

/** A server in a process of its own. */
export async function startOpcuaServer(options: SimulatorOptions): Promise<OpcuaServerProcess> {
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => {
    said = (said + String(text)).slice(-2_000)
  })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  // The library may say something first.
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => line.startsWith('{"port"') && resolve((JSON.parse(line) as { port: number }).port))
    void ended.then(() => reject(new Error(`The OPC UA server ended: ${said}`)))
  })
  return {
    port,
    set: async (name, value, sourceMs) => {
      if (!child.stdin.write(`${JSON.stringify({ name, value, sourceMs })}\n`)) await once(child.stdin, 'drain')
    },
    calls: () =>
      new Promise((resolve) => {
        const heard = (line: string) => {
          if (!line.startsWith('{"calls"')) return
          lines.off('line', heard)
          resolve((JSON.parse(line) as { calls: Record<string, unknown[][]> }).calls)
        }
        lines.on('line', heard)
        child.stdin.write('{"tellCalls":true}\n')
      }),
    pull: (pulled) => void child.stdin.write(`${JSON.stringify({ pulled })}\n`),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
