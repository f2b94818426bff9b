import { EMPTY, formatNumber } from '#ui/format.ts'
import { nameIn, type PageLocale } from '#ui/i18n.ts'
import type { SampleValue, TelemetryPoint } from '../contract.ts'

/** A sample in words: a state by its name, a truth as on/off, a number with its own digits and unit. */
export function valueText(point: TelemetryPoint, value: SampleValue, words: { on: string; off: string }): string {
  if (value === null) return EMPTY
  if (point.states) return point.states[String(value)] ?? String(value)
  if (point.valueType === 'boolean') return value ? words.on : words.off
  if (typeof value === 'string') return value === '' ? EMPTY : value
  return formatNumber(value, point.unit, point.decimals ?? undefined)
}

export const pointLabel = (point: TelemetryPoint, locale: PageLocale): string => nameIn(locale, point.label, point.labelEn)
