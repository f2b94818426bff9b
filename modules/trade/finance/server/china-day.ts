import { businessDay } from '#values/instant.ts'

/** Days of invoices, periods and terms are China's calendar days, whatever zone a plant stands in. */
export const chinaDay = (now: Date): string => businessDay(now.getTime(), 'Asia/Shanghai', [])
