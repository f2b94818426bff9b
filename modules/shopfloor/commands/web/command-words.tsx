import { EMPTY, formatNumber } from '#ui/format.ts'
import { currentLocale, nameIn, type PageLocale, useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { CallParameter, CommandPoint, CommandState, CommandValue, Condition, PointSetting } from '../contract.ts'

const tones: Record<CommandState, Tone> = {
  awaitingApproval: 'info',
  queued: 'info',
  sent: 'info',
  done: 'good',
  refused: 'bad',
  unknown: 'warning',
  declined: 'neutral',
  expired: 'neutral',
  withdrawn: 'neutral',
}

export function StateTag({ state }: { state: CommandState }) {
  const t = useWords('commands')
  return <StatusTag tone={tones[state]}>{t(`states.${state}`)}</StatusTag>
}

type Shown = Pick<CommandPoint, 'unit' | 'valueType' | 'decimals' | 'states' | 'parameters'>

/** An argument as a point of its own. */
export const shownArgument = ({ valueType, unit }: CallParameter): Shown => ({
  valueType,
  unit,
  decimals: null,
  states: null,
  parameters: null,
})

/** A value as people read it: a state by its name, a truth as on or off, a number with its unit. */
export function valueText(t: Words, point: Shown, value: CommandValue | null): string {
  if (value === null) return EMPTY
  if (typeof value === 'object') return argumentsText(t, point.parameters ?? [], value)
  const state = point.states?.[String(value)]
  if (state !== undefined) return state
  if (point.valueType === 'boolean') return t(value === true || value === 1 ? 'on' : 'off')
  if (typeof value !== 'number') return String(value)
  // What was asked for is shown whole: a point's usual digits must not round it away.
  const digits = Math.max(point.decimals ?? 0, (String(value).split('.')[1] ?? '').length)
  return formatNumber(value, point.unit, Math.min(digits, 9))
}

/** `转速 = 1,200 r/min · 配方 = 7`. */
function argumentsText(t: Words, parameters: readonly CallParameter[], given: Readonly<Record<string, number | boolean | string>>): string {
  const locale = currentLocale()
  const texts = parameters.map((one) => {
    const value = given[one.name]
    return `${nameIn(locale, one.label, one.labelEn)} = ${value === undefined ? EMPTY : valueText(t, shownArgument(one), value)}`
  })
  return texts.length === 0 ? t('noArguments') : texts.join(' · ')
}

/** Within what a point may be written, or a method called, in words. */
export function limitTexts(t: Words, point: Shown, setting: PointSetting): string[] {
  if (!point.parameters) return rangeTexts(t, point, setting)
  const locale = currentLocale()
  const texts = point.parameters.map((one) => {
    const own = setting.arguments?.[one.name] ?? { min: one.min, max: one.max, step: null, allowed: null }
    return `${nameIn(locale, one.label, one.labelEn)} ${rangeTexts(t, shownArgument(one), own).join(' · ')}`
  })
  return texts.length === 0 ? [t('noArguments')] : texts
}

export function rangeTexts(
  t: Words,
  point: Shown,
  { min, max, step, allowed }: Pick<PointSetting, 'min' | 'max' | 'step' | 'allowed'>,
): string[] {
  const text = (value: number | boolean | string) => valueText(t, point, value)
  const texts: string[] = []
  if (min !== null && max !== null) texts.push(t('range', { min: text(min), max: text(max) }))
  else if (min !== null) texts.push(t('atLeast', { min: text(min) }))
  else if (max !== null) texts.push(t('atMost', { max: text(max) }))
  if (step !== null) texts.push(t('stepOf', { step: formatNumber(step) }))
  if (allowed) texts.push(t('onlyThese', { values: allowed.map(text).join('、') }))
  return texts.length > 0 ? texts : [t('anyValue')]
}

type Named = Shown & Pick<CommandPoint, 'label' | 'labelEn'>

/** 运行状态 ≠ 故障. */
export const conditionText = (t: Words, locale: PageLocale, { point, is, than }: Condition, named: Named | undefined): string =>
  `${named ? nameIn(locale, named.label, named.labelEn) : point} ${t(`comparisons.${is}`)} ${named ? valueText(t, named, than) : String(than)}`
