import type { Clock } from '#kernel/clock.ts'
import { readRolledUp } from '../rollup/rollup-store.ts'
import type { TelemetrySystem } from '../tables.ts'
import type { RolledUp } from './plan-pieces.ts'

/** How far the sums reach; at most a second old, which is on the safe side: what is summed up meanwhile is read from the samples. */
export type RolledUpClock = () => Promise<RolledUp>

const FRESH_MS = 1_000
const nothing: RolledUp = { minutesUntilMs: 0, hoursUntilMs: 0 }

export function rolledUpClock(system: TelemetrySystem, clock: Clock): RolledUpClock {
  let known: { rolledUp: RolledUp; atMs: number } | undefined
  return async () => {
    const nowMs = clock.nowMs()
    if (!known || nowMs - known.atMs > FRESH_MS) known = { rolledUp: (await system.inSystem(readRolledUp)) ?? nothing, atMs: nowMs }
    return known.rolledUp
  }
}
