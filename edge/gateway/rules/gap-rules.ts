/** Two stamps of a source, both of values that arrived; what stood between them did not. */
export interface Gap {
  afterMs: number
  beforeMs: number
}

/** What is known of a point's source, for asking it afterwards. It outlives the process. */
export interface Heard {
  /** Stamp of the value that arrived last; undefined before the first. */
  lastMs: number | undefined
  /** Nobody listened since. */
  away: boolean
  /** To be asked for, the oldest first. */
  gaps: Gap[]
}

/** The latest part of a longer one is asked for. */
export const LONGEST_GAP_MS = 31 * 86_400_000
/** A link that comes and goes: of more the oldest are given up. */
const MOST_GAPS = 20

export const unheard = (): Heard => ({ lastMs: undefined, away: true, gaps: [] })

/**
 * A value with its source's stamp arrived; `afterLoss`: the source says itself that values before it were lost. The stamps bound the gap, so
 * that the clocks of gateway and source need not agree, and a value that did not change while nobody listened leaves none.
 */
export function hear(heard: Heard, stampMs: number, afterLoss: boolean): void {
  const { lastMs } = heard
  const missed = heard.away || afterLoss
  if (missed && lastMs !== undefined && stampMs > lastMs + 1) {
    heard.gaps.push({ afterMs: Math.max(lastMs, stampMs - LONGEST_GAP_MS), beforeMs: stampMs })
    if (heard.gaps.length > MOST_GAPS) heard.gaps.shift()
  }
  // The latest to arrive, not the greatest: a clock that was set back counts from there, and a first stamp from the future bars nothing.
  heard.lastMs = stampMs
  heard.away = false
}
