import type { PolicyProfile } from '../contract.ts'

export interface Policy {
  minLength: number
  /** Three of: capital letters, small letters, digits, other characters. */
  composition: boolean
  maxAgeDays: number | null
  /** A new password differs from this many earlier ones, the present one included. */
  history: number
  idleMinutes: number
  absoluteHours: number
  separationOfDuties: boolean
}

/**
 * mlps3 after GB/T 22239-2019 8.1.4.1–2 (composition, periodic change, time-out, three separate administrators); asvs after OWASP ASVS 5.0
 * V6.2, V7.3, which forbids composition rules and forced change. The two cannot be had at once: an organisation chooses.
 */
export const policies: Record<PolicyProfile, Policy> = {
  mlps3: {
    minLength: 8,
    composition: true,
    maxAgeDays: 90,
    history: 5,
    idleMinutes: 30,
    absoluteHours: 12,
    separationOfDuties: true,
  },
  asvs: {
    minLength: 12,
    composition: false,
    maxAgeDays: null,
    history: 1,
    idleMinutes: 60,
    absoluteHours: 12,
    separationOfDuties: false,
  },
}

/** What holds where an organisation has not chosen. */
export const defaultProfile: PolicyProfile = 'asvs'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The instant at which a session ends unless it is used before, and at the latest. */
export function sessionEndMs(session: { started_at: Date; last_seen_at: Date }, policy: Policy): number {
  return Math.min(
    session.last_seen_at.getTime() + policy.idleMinutes * MINUTE_MS,
    session.started_at.getTime() + policy.absoluteHours * HOUR_MS,
  )
}

export const latestEnd = (startedAt: Date, policy: Policy): Date => new Date(startedAt.getTime() + policy.absoluteHours * HOUR_MS)

export const passwordExpired = (setAt: Date, policy: Policy, now: Date): boolean =>
  policy.maxAgeDays !== null && now.getTime() - setAt.getTime() > policy.maxAgeDays * DAY_MS
