import dayjs, { type Dayjs } from 'dayjs'

const HOUR = 60

/** 08:30 */
export const minuteText = (minute: number): string => `${two(Math.floor(minute / HOUR))}:${two(minute % HOUR)}`

export const minuteOf = (time: Dayjs): number => time.hour() * HOUR + time.minute()

export const timeOf = (minute: number): Dayjs => dayjs('2000-01-01T00:00:00').add(minute, 'minute')

const two = (n: number) => String(n).padStart(2, '0')
