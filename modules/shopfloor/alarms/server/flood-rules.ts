/**
 * EEMUA 191, ISA-18.2 §16.5 (alarm floods), per operator's area: a flood begins when more than ten alarms are announced within ten minutes, and
 * ends when fewer than five are.
 */
export const WINDOW_MS = 600_000
export const BEGINS_ABOVE = 10
export const ENDS_BELOW = 5

/** An alarm as it was announced. */
export interface Announced<Id = string> {
  alarmId: Id
  atMs: number
}

export interface Flood<Id = string> {
  begunMs: number
  /** Unless more is announced before. */
  endsMs: number
  raised: number
  first: Id
}

/** What must be known of an area to judge what is announced next. */
export interface Area<Id = string> {
  /** The newest, the oldest of them first: `BEGINS_ABOVE` are enough. */
  recent: Announced<Id>[]
  /** The last one, running or over. */
  flood: Flood<Id> | undefined
}

/** `begins`: with these of before, which belong to it as well. */
export type Step<Id> = { kind: 'alone' } | { kind: 'begins'; with: Id[] } | { kind: 'during' }

export const runsAt = (flood: Pick<Flood, 'endsMs'> | undefined, atMs: number): boolean => flood !== undefined && atMs < flood.endsMs

/** The area takes what is announced; announced must be in the order of time. */
export function announce<Id>(area: Area<Id>, next: Announced<Id>): Step<Id> {
  const { flood } = area
  const recent = [...area.recent, next].filter(({ atMs }) => atMs > next.atMs - WINDOW_MS).slice(-BEGINS_ABOVE - 1)
  area.recent = recent
  if (flood && runsAt(flood, next.atMs)) {
    area.flood = { ...flood, raised: flood.raised + 1, endsMs: endOf(recent) }
    return { kind: 'during' }
  }
  if (recent.length <= BEGINS_ABOVE) return { kind: 'alone' }
  // What was of the flood before stays of it.
  const fresh = recent.filter(({ atMs }) => !flood || atMs >= flood.endsMs)
  area.flood = { begunMs: fresh[0]!.atMs, endsMs: endOf(recent), raised: fresh.length, first: fresh[0]!.alarmId }
  return { kind: 'begins', with: fresh.slice(0, -1).map(({ alarmId }) => alarmId) }
}

/** When the fifth newest leaves the window, fewer than five are left in it. */
const endOf = (recent: readonly Announced<unknown>[]): number => recent.at(-ENDS_BELOW)!.atMs + WINDOW_MS

export interface FloodFigures {
  count: number
  /** Of the period, 0 to 1; floods of several areas at once count once. Null: the period is empty. */
  share: number | null
  longestS: number
}

/** Floods in [fromMs, untilMs), each as much of it as lies in there. */
export function floodFigures(floods: readonly Pick<Flood, 'begunMs' | 'endsMs'>[], fromMs: number, untilMs: number): FloodFigures {
  const within = floods
    .map(({ begunMs, endsMs }) => ({ begunMs: Math.max(begunMs, fromMs), endsMs: Math.min(endsMs, untilMs) }))
    .filter(({ begunMs, endsMs }) => endsMs > begunMs)
    .sort((a, b) => a.begunMs - b.begunMs)
  let floodedMs = 0
  let coveredMs = fromMs
  for (const { begunMs, endsMs } of within) {
    floodedMs += Math.max(0, endsMs - Math.max(begunMs, coveredMs))
    coveredMs = Math.max(coveredMs, endsMs)
  }
  return {
    count: within.length,
    share: untilMs > fromMs ? floodedMs / (untilMs - fromMs) : null,
    longestS: Math.max(0, ...within.map(({ begunMs, endsMs }) => endsMs - begunMs)) / 1_000,
  }
}
