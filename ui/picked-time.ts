import dayjs, { type Dayjs } from 'dayjs'
import { instantMsOfWall } from '#values/instant.ts'
import { DEFAULT_ZONE, formatDateTimeSeconds } from './format.ts'

/** A date picker shows a wall clock's reading without a zone: it is read as the zone that every time on the pages is shown in. */
export const instantOfPicked = (picked: Dayjs, zone: string = DEFAULT_ZONE): string =>
  new Date(instantMsOfWall(Date.parse(`${picked.format('YYYY-MM-DDTHH:mm:ss')}Z`), zone)).toISOString()

/** An instant for a date picker to show. */
export const pickedOfInstant = (instant: string | number, zone: string = DEFAULT_ZONE): Dayjs => dayjs(formatDateTimeSeconds(instant, zone))
