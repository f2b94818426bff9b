/** A part that dies now and then is started again; one that dies at once each time would only fill the log. */
export const restartLimit = { deaths: 5, withinMs: 60_000 }

const firstWaitMs = 200
const longestWaitMs = 5_000

export type Restart = { kind: 'again'; waitMs: number } | { kind: 'giveUp' }

/** Decides after a death: `deathsMs` are the moments of this part's deaths, the last one included. */
export function afterDeath(deathsMs: readonly number[], nowMs: number): Restart {
  const recent = deathsMs.filter((at) => nowMs - at < restartLimit.withinMs).length
  if (recent > restartLimit.deaths) return { kind: 'giveUp' }
  return { kind: 'again', waitMs: Math.min(firstWaitMs * 2 ** (recent - 1), longestWaitMs) }
}
