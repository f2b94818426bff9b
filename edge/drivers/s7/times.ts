import { fromBcd } from '../../wire/numbers.ts'

// A CPU's times have no zone: they are told as they stand, `2026-11-26T08:30:00.250`.

/** 999 × 10 s */
export const S5TIME_LONGEST_MS = 9_990_000
const basesMs = [10, 100, 1_000, 10_000] as const

/** S5TIME: two bits of base, three decimal digits. In milliseconds. */
export function s5time(word: number): number | undefined {
  const count = fromBcd(word & 0x0fff, 3)
  return count === undefined ? undefined : count * basesMs[(word >> 12) & 3]!
}

/** The finest base that holds it; undefined where it is no multiple of one. */
export function s5timeBytes(ms: number): Buffer | undefined {
  if (!Number.isSafeInteger(ms) || ms < 0) return undefined
  const base = basesMs.findIndex((each) => ms % each === 0 && ms / each <= 999)
  if (base === -1) return undefined
  const word = (base << 12) | Number.parseInt(String(ms / basesMs[base]!), 16)
  return Buffer.of(word >> 8, word & 0xff)
}

const two = (value: number): string => String(value).padStart(2, '0')

interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  fraction: string
}

function told({ year, month, day, hour, minute, second, fraction }: Parts): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real && hour < 24 && minute < 60 && second < 60
    ? `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${fraction}`
    : undefined
}

function parsed(text: string): (Parts & { weekday: number }) | undefined {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (year === undefined) return undefined
  const parts = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction,
  }
  if (told(parts) === undefined) return undefined
  return { ...parts, weekday: new Date(Date.UTC(parts.year, parts.month - 1, parts.day)).getUTCDay() + 1 }
}

const bcd = (value: number): number => Math.floor(value / 10) * 16 + (value % 10)

/** DATE_AND_TIME: eight bytes of BCD, 1990 to 2089, the last one milliseconds and weekday. */
export function dateAndTime(bytes: Buffer): string | undefined {
  const digits = [...bytes.subarray(0, 7)].map((byte) => fromBcd(byte, 2))
  const lastDigit = bytes[7]! >> 4
  if (digits.some((digit) => digit === undefined) || lastDigit > 9) return undefined
  const [yy, month, day, hour, minute, second, hundredths] = digits as [number, number, number, number, number, number, number]
  const fraction = `${two(hundredths)}${lastDigit}`
  return told({ year: yy >= 90 ? 1900 + yy : 2000 + yy, month, day, hour, minute, second, fraction })
}

export function dateAndTimeBytes(text: string): Buffer | undefined {
  const parts = parsed(text)
  if (!parts || parts.year < 1990 || parts.year > 2089 || parts.fraction.length > 3) return undefined
  const ms = Number(parts.fraction.padEnd(3, '0'))
  const { year, month, day, hour, minute, second, weekday } = parts
  return Buffer.of(...[year % 100, month, day, hour, minute, second, Math.floor(ms / 10)].map(bcd), ((ms % 10) << 4) | weekday)
}

/** DTL: year, month, day, weekday, time and nanoseconds in 12 bytes. */
export function dtl(bytes: Buffer): string | undefined {
  const nanoseconds = bytes.readUInt32BE(8)
  if (nanoseconds > 999_999_999) return undefined
  return told({
    year: bytes.readUInt16BE(0),
    month: bytes[2]!,
    day: bytes[3]!,
    hour: bytes[5]!,
    minute: bytes[6]!,
    second: bytes[7]!,
    fraction: String(nanoseconds).padStart(9, '0'),
  })
}

export function dtlBytes(text: string): Buffer | undefined {
  const parts = parsed(text)
  if (!parts || parts.year < 1970 || parts.year > 2262) return undefined
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(parts.year)
  Buffer.of(parts.month, parts.day, parts.weekday, parts.hour, parts.minute, parts.second).copy(bytes, 2)
  bytes.writeUInt32BE(Number(parts.fraction.padEnd(9, '0')), 8)
  return bytes
}
