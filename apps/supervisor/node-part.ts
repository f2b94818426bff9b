import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { StartError } from '#embedded/start-error.ts'
import type { ChildLog } from './child-log.ts'
import { root } from './config.ts'
import type { Part, Running } from './keeper.ts'

interface NodeProgram {
  name: string
  entry: string
  args?: string[]
  env: Record<string, string | undefined>
  log: ChildLog
}

const readyWithinMs = 120_000
const stopWithinMs = 10_000

/** A program of ours that stays: ready when it says so by the line `{"ready":true,…}` on its standard output. */
export const nodePart = (program: NodeProgram): Part => ({
  name: program.name,
  start: async (signal) => (await startNode(program, signal)).running,
})

/** A program of ours that does one thing and ends; returns what it said on its ready line. */
export async function runNode(program: NodeProgram, signal: AbortSignal): Promise<Record<string, unknown>> {
  const { running, said } = await startNode(program, signal)
  const reason = await running.ended
  if (reason !== 'exit 0') throw failed(program, reason)
  return said
}

async function startNode(program: NodeProgram, signal: AbortSignal): Promise<{ running: Running; said: Record<string, unknown> }> {
  const child = spawnNode(program)
  const ended = once(child, 'exit').then(([code, by]) => (by === null ? `exit ${code}` : String(by)))
  const running = asRunning(child, ended)
  const late = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)])
  try {
    const said = await Promise.race([
      readyLine(child, program.log),
      ended.then((reason) => Promise.reject(failed(program, reason))),
      once(late, 'abort').then(() =>
        Promise.reject(failed(program, signal.aborted ? 'stopped' : `not ready in ${readyWithinMs / 1000} s`)),
      ),
    ])
    return { running, said }
  } catch (error) {
    await running.stop()
    throw error
  }
}

function spawnNode({ entry, args = [], env, log }: NodeProgram): ChildProcess {
  const watch = join(import.meta.dirname, 'parent-watch.ts')
  const child = spawn(process.execPath, ['--import', watch, join(root, entry), ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C in the terminal reaches the supervisor, which then stops the parts in order.
    detached: true,
  })
  if (child.stderr) createInterface(child.stderr).on('line', (line) => log.line(line))
  return child
}

function readyLine(child: ChildProcess, log: ChildLog): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    if (!child.stdout) return
    createInterface(child.stdout).on('line', (line) => {
      const said = parseReady(line)
      if (said) resolve(said)
      else log.line(line)
    })
  })
}

function parseReady(line: string): Record<string, unknown> | undefined {
  try {
    const said = JSON.parse(line) as Record<string, unknown> | null
    return said?.ready === true ? said : undefined
  } catch {
    return undefined
  }
}

/** SIGTERM, then SIGKILL to one that does not listen. */
export function asRunning(child: ChildProcess, ended: Promise<string>): Running {
  return {
    pid: child.pid ?? 0,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const harder = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await ended
      clearTimeout(harder)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

function failed({ name, log }: NodeProgram, reason: string): StartError {
  const tail = log.tail().join('\n')
  return new StartError({
    zh: `${name} 未能启动（${reason}）。日志：${log.file}`,
    en: `${name} did not start (${reason}). Log: ${log.file}\n${tail}`,
  })
}
