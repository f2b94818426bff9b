import { businessDay } from '#values/instant.ts'

/** The date that relations and size records count by: a calendar day in China, whatever zone a plant stands in. */
export const todayOf = (now: Date): string => businessDay(now.getTime(), 'Asia/Shanghai', [])
