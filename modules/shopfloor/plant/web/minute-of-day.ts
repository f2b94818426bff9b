import dayjs, { type Dayjs } from 'dayjs'

const HOUR = 60

/** 08:30 */
export const minuteText = (minute: number): string => `${two(Math.floor(minute / HOUR))}:${two(minute % HOUR)}`

export const minuteOf = (time: Dayjs): number => time.hour() * HOUR + time.minute()

export const timeOf = (minute: number): Dayjs => dayjs('2000-01-01T00:00:00').add(minute, 'minute')

/** 中国标准时间（Asia/Shanghai） */
export function zoneText(zone: string, locale: string): string {
  const name = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'long' })
    .formatToParts(0)
    .find((part) => part.type === 'timeZoneName')?.value
  return name === undefined ? zone : `${name}（${zone}）`
}

const two = (n: number) => String(n).padStart(2, '0')
