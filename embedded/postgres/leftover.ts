import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../start-error.ts'

/** Stops the postmaster that a killed supervisor left behind on this directory. The caller owns the directory: it holds the lock. */
export async function stopLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  if (!isAlive(pid)) return
  if (!isPostmasterOf(dataDir, pid)) {
    // After a restart of the machine or the container the number belongs to another process, and PostgreSQL would refuse to start.
    rmSync(pidFile, { force: true })
    return
  }
  for (const [signal, waitMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    signalIfAlive(pid, signal)
    const until = performance.now() + waitMs
    while (isAlive(pid) && performance.now() < until) await sleep(50)
    if (!isAlive(pid)) return
  }
  throw new StartError({
    zh: `上次遗留的 PostgreSQL（进程 ${pid}）没有结束。请结束它后重新启动。`,
    en: `PostgreSQL left over from the last run (process ${pid}) does not end. End it and start again.`,
  })
}

function isPostmasterOf(dataDir: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    // A zombie is dead: only its parent has not asked yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
