import { instantMsOfWall, wallMs } from '#values/instant.ts'
import type { MapFile } from './map-file.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** No zone changes its offset within one. */
const QUARTER_MS = 900_000

const TOKENS: Record<string, string> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{1,2})',
  SSS: '(?<fraction>\\d{1,9})',
}

/** Reads the time of one row after another; undefined for what is no time. The rows before decide what 00:00 and a repeated hour mean. */
export function timeReader({ format, zone, dayEnd }: MapFile['time']): (text: string) => number | undefined {
  if (format === 'epochS' || format === 'epochMs') {
    const factor = format === 'epochS' ? 1_000 : 1
    return (text) => (/^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * factor) : undefined)
  }
  if (format === 'iso') return isoReader(zone)
  const wallOf = wallReader(format)
  const instantOf = wallToInstant(zone)
  let lastWall: number | undefined
  return (text) => {
    const read = wallOf(text)
    if (read === undefined) return undefined
    const endsDay = dayEnd === '24:00' && lastWall !== undefined && read % DAY_MS === 0 && lastWall > read && lastWall < read + DAY_MS
    const wall = endsDay ? read + DAY_MS : read
    lastWall = wall
    return instantOf(wall)
  }
}

function isoReader(zone: string): (text: string) => number | undefined {
  const instantOf = wallToInstant(zone)
  return (text) => {
    const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
    if (!match) return undefined
    const [, date, time = '00:00', offset] = match
    const ms = Date.parse(`${date}T${time}${offset ?? 'Z'}`)
    if (Number.isNaN(ms)) return undefined
    return offset === undefined ? instantOf(ms) : ms
  }
}

/** The wall clock's reading as if it were UTC, of a text in the given form; undefined for another form and for a 30th of February. */
function wallReader(format: string): (text: string) => number | undefined {
  const pattern = format
    .split(/(YYYY|MM|DD|HH|mm|SSS|ss)/)
    .map((part) => TOKENS[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('')
  const regex = new RegExp(`^${pattern}$`)
  return (text) => {
    const groups = regex.exec(text)?.groups
    if (!groups) return undefined
    const n = (name: string, otherwise = 0) => (groups[name] === undefined ? otherwise : Number(groups[name]))
    const [year, month, day, hour, minute, second] = [n('year', 1970), n('month', 1), n('day', 1), n('hour'), n('minute'), n('second')]
    const midnight = Date.UTC(year, month - 1, day)
    const date = new Date(midnight)
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
    // ISO 8601 knows 24:00 as a day's end.
    if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second > 0)) return undefined
    const ms = Math.floor(Number(`0.${groups.fraction ?? '0'}`) * 1_000)
    return midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + ms
  }
}

/** When the clock is put back an hour reads the same twice: the second time is told by the rows before it. */
function wallToInstant(zone: string): (wall: number) => number {
  let quarter = Number.NaN
  let offset = 0
  let twice = false
  let last = Number.NEGATIVE_INFINITY
  return (wall) => {
    const now = Math.floor(wall / QUARTER_MS)
    if (now !== quarter) {
      quarter = now
      const instant = instantMsOfWall(now * QUARTER_MS, zone)
      const earlier = wallMs(instant - HOUR_MS, zone) === now * QUARTER_MS
      offset = now * QUARTER_MS - (earlier ? instant - HOUR_MS : instant)
      twice = earlier || wallMs(instant + HOUR_MS, zone) === now * QUARTER_MS
    }
    const first = wall - offset
    const chosen = twice && first <= last ? first + HOUR_MS : first
    last = chosen
    return chosen
  }
}
