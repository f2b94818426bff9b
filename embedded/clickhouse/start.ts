import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { StartError } from '../start-error.ts'

export interface ClickHouseOptions {
  /** A directory of its own: the store, its configuration, the ballast. */
  path: string
  port: number
  user: string
  password: string
  minFreeMb?: number
  /** What the child says besides being ready, line by line. */
  log?: (line: string) => void
}

export interface EmbeddedClickHouse {
  /** With user and password, as `CLICKHOUSE_URL` of a real server would be. */
  url: string
  process: ChildProcess
  /** Lets what runs end, closes the store. */
  stop(): Promise<void>
}

const startTimeoutMs = 60_000
const stopTimeoutMs = 30_000
const keptLines = 20
/** One native call a session, and room for the files Node reads meanwhile. */
const nativeThreads = '12'

/** The front as a child that also ends when this process dies. */
export async function startClickHouse(options: ClickHouseOptions): Promise<EmbeddedClickHouse> {
  const child = spawnFront(options)
  const said: string[] = []
  const keep = (line: string) => {
    said.push(line)
    if (said.length > keptLines) said.shift()
    options.log?.(line)
  }
  createInterface({ input: child.stderr! }).on('line', keep)
  const timeout = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs)
  try {
    await untilReady(child)
  } catch {
    throw failure(options, child, said)
  } finally {
    clearTimeout(timeout)
  }
  const credentials = `${encodeURIComponent(options.user)}:${encodeURIComponent(options.password)}`
  return { url: `http://${credentials}@127.0.0.1:${options.port}`, process: child, stop: () => stopFront(child) }
}

function spawnFront({ path, port, user, password, minFreeMb }: ClickHouseOptions): ChildProcess {
  const main = new URL('./main.ts', import.meta.url).pathname
  const args = [main, '--path', path, '--port', String(port), '--user', user, '--password-stdin']
  if (minFreeMb !== undefined) args.push('--min-free-mb', String(minFreeMb))
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC', UV_THREADPOOL_SIZE: nativeThreads },
    // A process group of its own: Ctrl-C in the terminal reaches the supervisor, which then stops the parts in order.
    detached: true,
  })
  // The pipe stays open: its end tells the front that this process is gone.
  child.stdin!.on('error', () => undefined)
  child.stdin!.write(`${password}\n`)
  return child
}

/** Standard output carries that one line; it is read to its end so that nothing can fill the pipe. */
async function untilReady(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stdout! })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', reject)
    child.once('error', reject)
    lines.on('line', (line) => {
      if (isReady(line)) resolve()
    })
  })
}

function isReady(line: string): boolean {
  try {
    return (JSON.parse(line) as { ready?: unknown }).ready === true
  } catch {
    return false
  }
}

async function stopFront(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const harder = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(harder)
}

/** By the exit codes of main.ts. */
function failure({ path, port }: ClickHouseOptions, child: ChildProcess, said: readonly string[]): StartError {
  const reason = said.slice(-4).join('\n')
  if (child.exitCode === 3) {
    return new StartError({
      zh: `ClickHouse 目录 ${path} 正被另一个进程使用。未改动任何内容。\n${reason}`,
      en: `The ClickHouse directory ${path} is in use by another process. Nothing was changed.\n${reason}`,
    })
  }
  if (child.exitCode === 5) {
    return new StartError({ zh: `端口 ${port} 已被占用，ClickHouse 无法启动。`, en: `Port ${port} is taken, so ClickHouse cannot start.` })
  }
  return new StartError({
    zh: `ClickHouse 无法在 ${path} 上启动，未删除任何内容；若目录已损坏，请从备份恢复或移走。\n${reason}`,
    en: `ClickHouse does not start on ${path}; nothing was deleted. If the folder is damaged, restore it from a back-up or move it away.\n${reason}`,
  })
}
