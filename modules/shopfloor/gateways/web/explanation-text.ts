import { fieldsOf } from '#edge/drivers/protocol-fields.ts'
import { protocols } from '#edge/drivers/protocols.ts'
import { formatAge, formatDateTimeSeconds } from '#ui/format.ts'
import { nameIn, type PageLocale, type Words } from '#ui/i18n.ts'
import { type QualityStatus, quality as qualities, qualityStatus } from '#values/quality.ts'
import type { PointExplanation } from '../explanation-contract.ts'
import { codeText } from './reason-words.ts'
import { settingsText } from './settings-fields.tsx'

export interface ExplanationText {
  what: string
  /** The driver's or gateway's own words. */
  why: string | undefined
  /** The device's own number for it; empty where it gave none. */
  code: string
  advice: string
}

/** What the page knows of the newest value: `none` where none ever came. */
export interface Shown {
  status: QualityStatus | 'none'
  atMs: number | undefined
}

/** An explanation in sentences: what happened and since when, why in the source's words, what to do. */
export function explanationText(t: Words, locale: PageLocale, e: PointExplanation, shown: Shown, now: number): ExplanationText {
  const { source, since, reportedAt } = e
  const spans = since === null ? '' : t('explain.since', { at: formatDateTimeSeconds(since).slice(5), age: formatAge(since, now, t) })
  const values = {
    gateway: source ? nameIn(locale, source.gateway.name, source.gateway.nameEn) : '',
    link: source?.link.name ?? '',
    address: source ? linkAddress(source.link.connection) : '',
    unit: source ? unitText(locale, source) : '',
    table: source?.pointTableName ?? '',
    reported: reportedAt === null ? '' : formatDateTimeSeconds(reportedAt).slice(11),
  }
  return {
    what: `${t(`explain.what.${whatKey(e, shown)}`, values)}${spans}`,
    why: e.reason === null ? undefined : codeText(t, locale, e.reason, e.details),
    code: e.shown?.code === undefined ? '' : codeText(t, locale, e.shown.code.name, { code: e.shown.code.value }),
    advice: advice(t, e, shown),
  }
}

function whatKey({ cause, quality, reportedAt }: PointExplanation, { status, atMs }: Shown): string {
  if (cause === 'notByGateway') return status === 'none' ? 'notByGatewayNever' : status === 'good' ? 'notByGatewayQuiet' : 'notByGateway'
  if (cause === 'point') return quality !== null && qualityStatus(qualities[quality]) === 'uncertain' ? 'pointUncertain' : 'point'
  // What was stored after the report it knows nothing of.
  if (cause === 'read' && status !== 'good' && atMs !== undefined && reportedAt !== null && atMs > Date.parse(reportedAt))
    return 'readBefore'
  return cause
}

/** By the reason where there is advice on it, whatever the protocol; else by the quality, else by where the cause lies. */
function advice(t: Words, { cause, reason, quality }: PointExplanation, { status }: Shown): string {
  const name = reason?.split('.').at(-1)
  const byReason = name === undefined ? '' : t(`explain.advice.reasons.${name}`, { defaultValue: '' })
  if (byReason !== '' && !byReason.startsWith('explain.')) return byReason
  if (cause === 'point' && quality !== null && qualityStatus(qualities[quality]) === 'uncertain') return t('explain.advice.uncertain')
  if (cause === 'point') return t(`explain.advice.qualities.${quality ?? 'bad'}`, { defaultValue: t('explain.advice.qualities.bad') })
  return t(`explain.advice.${cause === 'notByGateway' && status === 'good' ? 'notByGatewayQuiet' : cause}`)
}

/** `10.1.2.3:502`, or the serial port. */
export const linkAddress = (connection: Record<string, unknown>): string =>
  settingsText(connection, connection.host === undefined ? ['device'] : ['host', 'port'])

type Source = NonNullable<PointExplanation['source']>

/** `站号 3`: the settings that name the machine on its link, by their words. */
export const unitText = (locale: PageLocale, { link, unit }: Pick<Source, 'link' | 'unit'>): string =>
  labelled(locale, protocols[link.protocol]?.unit, unit)

/** `地址 holding:0 · 数据类型 uint16`. */
export const placeText = (locale: PageLocale, { link, place }: Pick<Source, 'link' | 'place'>): string =>
  place === null ? '' : labelled(locale, protocols[link.protocol]?.place, place)

/** What differs from what a new form begins with, the first one always. */
function labelled(locale: PageLocale, schema: Parameters<typeof fieldsOf>[0] | undefined, settings: Record<string, unknown>): string {
  if (!schema) return settingsText(settings, Object.keys(settings))
  return fieldsOf(schema)
    .flatMap((field, i) => {
      const value = settings[field.name]
      if (value === undefined || value === null || value === '' || (i > 0 && value === field.default)) return []
      const choice = field.choices?.[String(value)]
      return [`${locale === 'en-US' ? field.en : field.zh} ${choice ? (locale === 'en-US' ? choice.en : choice.zh) : String(value)}`]
    })
    .join(' · ')
}
