import { wireLimits } from '../contract.ts'

/** What the platform heard of a gateway. */
export interface Heard {
  lastMs: number
  /** Since when it has reported without a gap. */
  unbrokenMs: number
  clockSkewMs: number | null
}

/** A report that is late by half its interval is a gap: the platform, or the way to it, was away. */
export const GAP_MS = wireLimits.statusEveryMs * 1.5
/** Between the end of a lease and the next turn: what was begun at the last moment is over by then. */
const MARGIN_MS = 5_000
/** A clock that is further off would stamp values into the turn of the one before. */
export const SKEW_MS = 5_000

/** Until when an active gateway that was last heard then may begin a write; the platform's clock. */
export const leaseEndMs = (heardMs: number, silentAfterMs: number): number => heardMs + silentAfterMs - MARGIN_MS

/** From when on the next one may be handed writes, where it takes over now and nobody says that the one before has let go. */
export const writesFromMs = (nowMs: number, heardMs: number | undefined, silentAfterMs: number): number =>
  heardMs === undefined ? nowMs : Math.max(nowMs, leaseEndMs(heardMs, silentAfterMs))

export type NotReady = 'never' | 'away' | 'clock'

/** Why a gateway could not take over; undefined: it could. */
export function notReady(heard: Heard | undefined, nowMs: number): NotReady | undefined {
  if (!heard) return 'never'
  if (nowMs - heard.lastMs > GAP_MS) return 'away'
  return Math.abs(heard.clockSkewMs ?? 0) > SKEW_MS ? 'clock' : undefined
}

/**
 * Whether the other one takes over: it is ready, and for all of the time that the active one has been silent it was heard itself. When both
 * were silent it is the way, or the platform, that was away.
 */
export function takesOver(active: Heard | undefined, other: Heard | undefined, silentAfterMs: number, nowMs: number): boolean {
  if (!other || notReady(other, nowMs)) return false
  return nowMs - Math.max(active?.lastMs ?? Number.NEGATIVE_INFINITY, other.unbrokenMs) > silentAfterMs
}

export interface Turn {
  activeId: string
  beganMs: number
}

export interface Span {
  fromMs: number
  untilMs: number
}

/** When a gateway read, by the turns of its pair in their order; what was before the first is the owner's, whose links they are. */
export function spansOf(turns: readonly Turn[], gatewayId: string, ownerId: string): Span[] {
  const first: Turn = { activeId: ownerId, beganMs: Number.NEGATIVE_INFINITY }
  return [first, ...turns].flatMap(({ activeId, beganMs }, i) =>
    activeId === gatewayId ? [{ fromMs: beganMs, untilMs: turns[i]?.beganMs ?? Number.POSITIVE_INFINITY }] : [],
  )
}
