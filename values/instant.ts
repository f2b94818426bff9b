import { z } from 'zod'

/** An instant on the wire: ISO 8601 in UTC with Z. */
export const Instant = z.iso.datetime()

/** A calendar date without a zone, as 2026-11-22. */
export const CalendarDate = z.iso.date()

/** An IANA time zone that this machine knows. */
export const TimeZone = z.string().max(60).refine(isTimeZone, { message: 'unknown time zone' })

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const MINUTE_MS = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

/** Since then no clock on Earth was set at another moment than a whole minute of UTC. */
const WHOLE_MINUTES_FROM_MS = Date.UTC(1980, 0, 1)
/** Zone → its offset in the minute that was last asked about: a page asks for today in every row. */
const lastOffset = new Map<string, { minute: number; offsetMs: number }>()

/** The wall clock's reading at an instant, as if it were UTC: arithmetic on it is arithmetic on the wall. */
export function wallMs(instantMs: number, zone: string): number {
  const minute = Math.floor(instantMs / MINUTE_MS)
  const last = lastOffset.get(zone)
  if (last?.minute === minute) return instantMs + last.offsetMs
  const wall = formattedWallMs(instantMs, zone)
  if (instantMs >= WHOLE_MINUTES_FROM_MS) lastOffset.set(zone, { minute, offsetMs: wall - instantMs })
  return wall
}

function formattedWallMs(instantMs: number, zone: string): number {
  const p = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instantMs)
      .map((part) => [part.type, Number(part.value)]),
  )
  return (
    Date.UTC(p.year ?? 0, (p.month ?? 1) - 1, p.day ?? 1, p.hour ?? 0, p.minute ?? 0, p.second ?? 0) + (((instantMs % 1000) + 1000) % 1000)
  )
}

/** The instant at which a zone's wall clock shows the reading (`wallMs` back). A reading that a clock change skips gives the instant after it. */
export function instantMsOfWall(wall: number, zone: string): number {
  let instant = wall
  for (let i = 0; i < 3; i++) instant += wall - wallMs(instant, zone)
  return instant
}

/** A day on which production starts at another minute than before; `from` is the first date it holds for. */
export interface DayStart {
  from: string
  minuteOfDay: number
}

/**
 * The production day (ISA-95 work calendar) an instant belongs to, as YYYY-MM-DD: it starts at the plant's day start in the plant's zone.
 * `starts` is ascending by `from`; before the first entry the day starts at midnight.
 */
export function businessDay(instantMs: number, zone: string, starts: readonly DayStart[]): string {
  const wall = wallMs(instantMs, zone)
  const date = new Date(wall).toISOString().slice(0, 10)
  return wall - Date.parse(`${date}T00:00:00Z`) >= startMinute(date, starts) * MINUTE_MS ? date : previousDate(date)
}

/** The zone that documents between enterprises count days by, whatever zone a plant stands in. */
export const CHINA_ZONE = 'Asia/Shanghai'

/** China's calendar day, YYYY-MM-DD: of orders, receipts, vouchers, relations. */
export const chinaDay = (now: Date): string => businessDay(now.getTime(), CHINA_ZONE, [])

/** `2026-11-26 16:27` by China's clock: as documents between enterprises are printed. */
export const chinaMinute = (iso: string): string =>
  new Date(wallMs(Date.parse(iso), CHINA_ZONE)).toISOString().slice(0, 16).replace('T', ' ')

/** First instant of a production day and of the next: [from, until). */
export function businessDayBounds(date: string, zone: string, starts: readonly DayStart[]): { fromMs: number; untilMs: number } {
  const at = (day: string) => instantMsOfWall(Date.parse(`${day}T00:00:00Z`) + startMinute(day, starts) * MINUTE_MS, zone)
  return { fromMs: at(date), untilMs: at(nextDate(date)) }
}

export const nextDate = (date: string): string => shiftDate(date, 1)
const previousDate = (date: string): string => shiftDate(date, -1)
/** Days later, or earlier where negative. */
export const shiftDate = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

function startMinute(date: string, starts: readonly DayStart[]): number {
  let minute = 0
  for (const start of starts) if (start.from <= date) minute = start.minuteOfDay
  return minute
}
