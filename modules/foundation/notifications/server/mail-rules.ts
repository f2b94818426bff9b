import { instantMsOfWall, nextDate, wallMs } from '#values/instant.ts'
import type { MailChoice, QuietHours } from '../mail-contract.ts'

export interface Choices {
  normal: MailChoice
  byKind: Record<string, MailChoice>
}

export const choiceOf = ({ normal, byKind }: Choices, kind: string): MailChoice => byKind[kind] ?? normal

const DIGEST_HOUR = 8
/** One country, one zone: a person has no zone of his own on the platform. */
const ZONE = 'Asia/Shanghai'

/** The next 08:00 after an instant. */
export const nextDigest = (now: Date): Date => nextTime(now, DIGEST_HOUR * 60)

const MINUTE_MS = 60_000

/** The next instant at which clocks in China show a minute of the day. */
function nextTime(now: Date, minute: number): Date {
  const today = new Date(wallMs(now.getTime(), ZONE)).toISOString().slice(0, 10)
  const at = (day: string) => instantMsOfWall(Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS, ZONE)
  return new Date(at(today) > now.getTime() ? at(today) : at(nextDate(today)))
}

export interface Quiet {
  quiet_from: number | null
  quiet_until: number | null
}

/** The end of the quiet hours that an instant lies in, where it does; their first minute belongs to them, their last does not. */
export function quietUntil({ quiet_from: from, quiet_until: until }: Quiet, now: Date): Date | undefined {
  if (from === null || until === null) return undefined
  const minute = Math.floor(wallMs(now.getTime(), ZONE) / MINUTE_MS) % (24 * 60)
  const quiet = from < until ? minute >= from && minute < until : minute >= from || minute < until
  return quiet ? nextTime(now, until) : undefined
}

export const quietOf = ({ quiet_from: from, quiet_until: until }: Quiet): QuietHours | null =>
  from === null || until === null ? null : { from: timeOf(from), until: timeOf(until) }

export const quietRow = (quiet: QuietHours | null): Quiet => ({
  quiet_from: quiet && minuteOf(quiet.from),
  quiet_until: quiet && minuteOf(quiet.until),
})

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const timeOf = (minute: number): string => [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, '0')).join(':')

export const MAX_ATTEMPTS = 12
/** What a person gets of short messages in a day; the rest is in his inbox. */
export const SMS_A_DAY = 20
/** A short message's characters: three parts of 67 with a Chinese character among them. */
const SMS_CHARACTERS = 180
export const CODES_A_DAY = 5
export const CODE_TRIES = 5
const CODE_HOLDS_MS = 30 * 60_000
const CODE_PAUSE_MS = 60_000

/** Shortened where a gateway would cut it. */
export const shortened = (text: string): string =>
  [...text].length <= SMS_CHARACTERS ? text : `${[...text].slice(0, SMS_CHARACTERS - 1).join('')}…`

export interface PendingCode {
  sentAt: Date | null
  tries: number
}
export const mayTryCode = ({ sentAt, tries }: PendingCode, now: Date): boolean =>
  sentAt !== null && tries < CODE_TRIES && now.getTime() - sentAt.getTime() <= CODE_HOLDS_MS
export const maySendCode = (sentAt: Date | null, now: Date): boolean => sentAt === null || now.getTime() - sentAt.getTime() >= CODE_PAUSE_MS
