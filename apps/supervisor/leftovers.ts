import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './config.ts'

/**
 * Ends the children that a killed supervisor left behind. They end by themselves when its channel closes; this waits for that and
 * helps the ones that hang. PostgreSQL is not among them: its own start stops it by its pid file.
 */
export async function endLeftovers(pids: Record<string, number>): Promise<void> {
  const ours = Object.entries(pids).flatMap(([name, pid]) => (name !== 'postgres' && isOurs(pid) ? [pid] : []))
  for (const [signal, waitMs] of [
    ['SIGTERM', 10_000],
    ['SIGKILL', 2_000],
  ] as const) {
    for (const pid of ours.filter(isOurs)) process.kill(pid, signal)
    const until = performance.now() + waitMs
    while (ours.some(isOurs) && performance.now() < until) await sleep(50)
  }
}

/** A number may by now belong to another process: only one that runs a file of this project is ours. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${root}/`)
  } catch {
    return false
  }
}
