import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'

/** Work that a process repeats as long as it lives; an error is logged and the next round comes after the pause all the same. */
export interface Loop {
  name: string
  intervalMs: number
  run: (signal: AbortSignal) => Promise<unknown>
}

export function startLoops(loops: readonly Loop[], log: Log): { stop(): Promise<void> } {
  const end = new AbortController()
  const running = loops.map(async (loop) => {
    while (!end.signal.aborted) {
      try {
        await loop.run(end.signal)
      } catch (error) {
        if (!end.signal.aborted) log.error({ loop: loop.name, error: (error as Error).message }, 'loop failed')
      }
      await sleep(loop.intervalMs, undefined, { signal: end.signal }).catch(() => undefined)
    }
  })
  return {
    stop: async () => {
      end.abort()
      await Promise.allSettled(running)
    },
  }
}
