import { setTimeout as sleep } from 'node:timers/promises'
import { afterDeath } from './restart-rules.ts'

/** One process that runs: a database, or a role of the server. */
export interface Running {
  pid: number
  /** Resolves with the reason when the process has ended. */
  ended: Promise<string>
  stop(): Promise<void>
  kill(): void
}

export interface Part {
  name: string
  /** Resolves when the part is ready to be used; rejects when it ends before. `signal`: everything is being stopped. */
  start(signal: AbortSignal): Promise<Running>
}

export interface Watcher {
  /** The running processes by part, after every change. */
  pids(pids: Record<string, number>): void
  died(part: string, reason: string, waitMs: number): void
  cameBack(part: string): void
  /** A part died too often: the caller stops everything. */
  gaveUp(part: string, reason: string): void
}

interface Kept {
  part: Part
  running?: Running | undefined
  /** Settled once a start under way is over, well or badly. */
  starting?: Promise<unknown>
}

type Wait = (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>

/** Starts parts, starts again those that die, and stops them in reverse order. */
export function createKeeper(watcher: Watcher, wait: Wait = sleep) {
  const kept: Kept[] = []
  const stopping = new AbortController()
  const report = () => watcher.pids(Object.fromEntries(kept.flatMap(({ part, running }) => (running ? [[part.name, running.pid]] : []))))

  async function start(entry: Kept): Promise<Running> {
    const starting = entry.part.start(stopping.signal)
    entry.starting = starting.catch(() => undefined)
    entry.running = await starting
    if (!stopping.signal.aborted) report()
    return entry.running
  }

  async function watch(entry: Kept, first: Running): Promise<void> {
    const deathsMs: number[] = []
    let reason = await first.ended
    while (!stopping.signal.aborted) {
      entry.running = undefined
      report()
      deathsMs.push(performance.now())
      const next = afterDeath(deathsMs, performance.now())
      if (next.kind === 'giveUp') return watcher.gaveUp(entry.part.name, reason)
      watcher.died(entry.part.name, reason, next.waitMs)
      await wait(next.waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      reason = await runOnce(entry)
    }
  }

  /** Resolves with the reason of the death, be it before or after it was ready. */
  async function runOnce(entry: Kept): Promise<string> {
    try {
      const running = await start(entry)
      watcher.cameBack(entry.part.name)
      return await running.ended
    } catch (error) {
      return (error as Error).message
    }
  }

  return {
    async keep(part: Part): Promise<void> {
      const entry: Kept = { part }
      kept.push(entry)
      void watch(entry, await start(entry))
    },

    /** A part that is just starting is waited for: left alone it would outlive us. */
    async stop(): Promise<void> {
      stopping.abort()
      for (const entry of kept.toReversed()) {
        await entry.starting
        await entry.running?.stop()
      }
    },

    kill(): void {
      stopping.abort()
      for (const { running } of kept) running?.kill()
    },
  }
}
