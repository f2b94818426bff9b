import { businessDay } from '#values/instant.ts'

/** Stock is kept by the days of China's calendar. */
export const stockDay = (now: Date): string => businessDay(now.getTime(), 'Asia/Shanghai', [])
