/** `holiday`: a day off by the calendar; `workday`: a rest day on which is worked in its stead (调休). */
export type HolidayKind = 'holiday' | 'workday'
export type DayKind = 'work' | 'rest' | 'holiday' | 'makeUpWork'

const SUNDAY = 0
const SATURDAY = 6

/** What a date is for a site: its own entry first, else the five-day week. */
export function dayKind(date: string, entry: HolidayKind | undefined): DayKind {
  if (entry === 'holiday') return 'holiday'
  if (entry === 'workday') return 'makeUpWork'
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday === SUNDAY || weekday === SATURDAY ? 'rest' : 'work'
}

const DAY_MINUTES = 1440

export interface ShiftTimes {
  startMinute: number
  /** Not later than the start: the shift passes midnight; equal to it: it lasts a whole day. */
  endMinute: number
  validFrom: string
  /** First date on which it is worked no more. */
  validUntil: string | null
}

export const shiftMinutes = ({ startMinute, endMinute }: Pick<ShiftTimes, 'startMinute' | 'endMinute'>): number =>
  ((endMinute - startMinute + DAY_MINUTES - 1) % DAY_MINUTES) + 1

/** Whether two shifts of one site would both be worked at some minute of some day. */
export function shiftsOverlap(a: ShiftTimes, b: ShiftTimes): boolean {
  const sameDays = (a.validUntil === null || b.validFrom < a.validUntil) && (b.validUntil === null || a.validFrom < b.validUntil)
  if (!sameDays) return false
  const [aLong, bLong] = [shiftMinutes(a), shiftMinutes(b)]
  // Round the clock: b starts within a, or a within b.
  const fromAToB = (b.startMinute - a.startMinute + DAY_MINUTES) % DAY_MINUTES
  const fromBToA = (a.startMinute - b.startMinute + DAY_MINUTES) % DAY_MINUTES
  return fromAToB < aLong || fromBToA < bLong
}
