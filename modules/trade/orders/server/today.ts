import { businessDay } from '#values/instant.ts'

/** Days of orders are China's calendar days. */
export const today = (now: Date): string => businessDay(now.getTime(), 'Asia/Shanghai', [])
