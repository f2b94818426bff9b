import { groupDigits } from '#values/decimal.ts'
import { CHINA_ZONE, wallMs } from '#values/instant.ts'
import type { Currency, Money } from '#values/money.ts'

/** What stands where there is nothing: never zero, never “null”. */
export const EMPTY = '—'
export const DEFAULT_ZONE = CHINA_ZONE

type When = string | number | Date | null | undefined

const msOf = (when: When): number | undefined => {
  if (when === null || when === undefined || when === '') return undefined
  const ms = when instanceof Date ? when.getTime() : typeof when === 'number' ? when : Date.parse(when)
  return Number.isFinite(ms) ? ms : undefined
}

const wallText = (when: When, zone: string, length: number): string => {
  const ms = msOf(when)
  return ms === undefined ? EMPTY : new Date(wallMs(ms, zone)).toISOString().slice(0, length).replace('T', ' ')
}

/** 2026-11-22 14:05 */
export const formatDateTime = (when: When, zone: string = DEFAULT_ZONE): string => wallText(when, zone, 16)
/** 2026-11-22 14:05:09 */
export const formatDateTimeSeconds = (when: When, zone: string = DEFAULT_ZONE): string => wallText(when, zone, 19)
/** 14:05:09.123 */
export const formatTimeMilliseconds = (when: When, zone: string = DEFAULT_ZONE): string => wallText(when, zone, 23).slice(11)
/** 2026-11-22 */
export const formatDate = (when: When, zone: string = DEFAULT_ZONE): string =>
  typeof when === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(when) ? when : wallText(when, zone, 10)
const numberFormats = new Map<string, Intl.NumberFormat>()

function numberFormat(min: number, max: number): Intl.NumberFormat {
  const key = `${min}/${max}`
  let format = numberFormats.get(key)
  if (!format) {
    format = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: min, maximumFractionDigits: max })
    numberFormats.set(key, format)
  }
  return format
}

/** 1,234.5 kW; up to three decimals unless `digits` says exactly how many. */
export function formatNumber(value: number | null | undefined, unit?: string | null, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return EMPTY
  const text = numberFormat(digits ?? 0, digits ?? 3).format(value)
  return unit ? `${text} ${unit}` : text
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** 1.4 MB, in powers of a thousand. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  return formatNumber(bytes / 1000 ** step, BYTE_UNITS[step], step === 0 ? 0 : 1)
}

/** A measured value as it came: number, text, truth or nothing. */
export function formatValue(value: number | string | boolean | null | undefined, unit?: string | null): string {
  if (value === null || value === undefined || value === '') return EMPTY
  if (typeof value === 'number') return formatNumber(value, unit)
  return unit ? `${value} ${unit}` : String(value)
}

const signs: Record<Currency, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', JPY: 'JP¥', KRW: '₩' }

const withSign = (currency: Currency, amount: string): string =>
  amount.startsWith('-') ? `-${signs[currency]}${groupDigits(amount.slice(1))}` : `${signs[currency]}${groupDigits(amount)}`

/** ¥1,234.50 */
export const formatMoney = (money: Money | null | undefined): string => (money ? withSign(money.currency, money.amount) : EMPTY)

/** A price of one unit: as many digits behind the point as it has, two at least. */
export function formatPrice(currency: Currency, price: string | null | undefined): string {
  if (price === null || price === undefined) return EMPTY
  const [whole = '0', fraction = ''] = price.split('.')
  return withSign(currency, `${whole}.${fraction.padEnd(2, '0')}`)
}

/** 1,234.5 件: a decimal as text, none of its digits lost. */
export const formatQuantity = (quantity: string | null | undefined, unit?: string | null): string =>
  quantity === null || quantity === undefined ? EMPTY : `${groupDigits(quantity)}${unit ? ` ${unit}` : ''}`

export const formatText = (text: string | null | undefined): string => (text === null || text === undefined || text === '' ? EMPTY : text)

const AGE_STEPS: readonly [limitS: number, unitS: number, name: string][] = [
  [60, 1, 'seconds'],
  [3600, 60, 'minutes'],
  [86_400, 3600, 'hours'],
  [Number.POSITIVE_INFINITY, 86_400, 'days'],
]

/** “5 分钟前”: `t` is the words function of any module, the words stand in ui/*.json. */
export function formatAge(when: When, now: number, t: (key: string, values?: Record<string, unknown>) => string): string {
  const ms = msOf(when)
  if (ms === undefined) return EMPTY
  const seconds = Math.round((now - ms) / 1000)
  const [, unitS, name] = AGE_STEPS.find(([limitS]) => Math.abs(seconds) < limitS) ?? AGE_STEPS[3]!
  if (Math.abs(seconds) < 2) return t('ui:age.now')
  return t(`ui:age.${name}${seconds < 0 ? 'Ahead' : ''}`, { n: Math.floor(Math.abs(seconds) / unitS) })
}
