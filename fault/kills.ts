import { setTimeout as sleep } from 'node:timers/promises'
import { restartLimit } from '../apps/supervisor/restart-rules.ts'
import type { StartedPlatform } from '../tests/started-platform.ts'

export interface Kill {
  part: string
  pid: number
  /** By performance.now(). */
  atMs: number
  /** When the supervisor had another one running; null: not before the end. */
  againMs: number | null
}

export const PARTS = ['clickhouse', 'postgres', 'ingest', 'server'] as const
/** Between two kills, at random: sometimes the one before has not yet been got over. */
const BETWEEN_MS = { least: 1_500, most: 4_500 }
/** The supervisor gives up on what dies more often than this: a killer must stay below it. */
const MOST_A_MINUTE = restartLimit.deaths - 1
const BACK_WITHIN_MS = 30_000

/** SIGKILLs the parts in turn until the time is over. */
export async function killInTurn(platform: StartedPlatform, seconds: number, tell: (kill: Kill) => void): Promise<Kill[]> {
  const kills: Kill[] = []
  const untilMs = performance.now() + seconds * 1_000
  for (let n = 0; performance.now() < untilMs; n++) {
    await sleep(BETWEEN_MS.least + Math.random() * (BETWEEN_MS.most - BETWEEN_MS.least))
    const part = PARTS[n % PARTS.length] ?? 'clickhouse'
    const recent = kills.filter((kill) => kill.part === part && performance.now() - kill.atMs < restartLimit.withinMs)
    if (recent.length >= MOST_A_MINUTE) continue
    const pid = platform.run().pids[part]
    if (pid === undefined || kills.some((kill) => kill.pid === pid)) continue
    const kill = killPart(part, pid)
    kills.push(kill)
    tell(kill)
    void untilBack(platform, kill)
  }
  // The last one killed must be back too.
  await sleep(500)
  for (const kill of kills) if (kill.againMs === null) await untilBack(platform, kill)
  return kills
}

export function killPart(part: string, pid: number): Kill {
  process.kill(pid, 'SIGKILL')
  return { part, pid, atMs: performance.now(), againMs: null }
}

export async function untilBack(platform: StartedPlatform, kill: Kill): Promise<void> {
  while (performance.now() - kill.atMs < BACK_WITHIN_MS) {
    const pid = platform.run().pids[kill.part]
    if (pid !== undefined && pid !== kill.pid) {
      kill.againMs ??= performance.now()
      return
    }
    await sleep(20)
  }
}
