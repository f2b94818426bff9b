import { instantMsOfWall, nextDate, wallMs } from '#values/instant.ts'
import type { MailChoice } from '../mail-contract.ts'

export interface Choices {
  normal: MailChoice
  byKind: Record<string, MailChoice>
}

export const choiceOf = ({ normal, byKind }: Choices, kind: string): MailChoice => byKind[kind] ?? normal

const DIGEST_HOUR = 8
/** One country, one zone: a person has no zone of his own on the platform. */
const ZONE = 'Asia/Shanghai'

/** The next 08:00 after an instant. */
export function nextDigest(now: Date): Date {
  const wall = wallMs(now.getTime(), ZONE)
  const today = new Date(wall).toISOString().slice(0, 10)
  const at = (day: string) => instantMsOfWall(Date.parse(`${day}T00:00:00Z`) + DIGEST_HOUR * 3_600_000, ZONE)
  return new Date(at(today) > now.getTime() ? at(today) : at(nextDate(today)))
}

export const MAX_ATTEMPTS = 12
export const CODE_TRIES = 5
const CODE_HOLDS_MS = 30 * 60_000
const CODE_PAUSE_MS = 60_000

export interface PendingCode {
  sentAt: Date | null
  tries: number
}
export const mayTryCode = ({ sentAt, tries }: PendingCode, now: Date): boolean =>
  sentAt !== null && tries < CODE_TRIES && now.getTime() - sentAt.getTime() <= CODE_HOLDS_MS
export const maySendCode = (sentAt: Date | null, now: Date): boolean => sentAt === null || now.getTime() - sentAt.getTime() >= CODE_PAUSE_MS
