import { formatDate, formatDateTime } from '#ui/format.ts'
import { nameIn, type PageLocale, useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { Agreement, AgreementHead, AgreementState, Terms } from '../contract.ts'

const stateTones: Record<AgreementState, Tone> = { upcoming: 'info', inForce: 'good', expired: 'neutral', revoked: 'bad' }

export function AgreementStateTag({ state }: { state: AgreementState }) {
  const t = useWords('sharing')
  return <StatusTag tone={stateTones[state]}>{t(`states.${state}`)}</StatusTag>
}

export const dataSetText = (dataSet: string, t: Words): string => t(`dataSets.${dataSet.replaceAll('.', '_')}`)
export const partnerOf = (a: AgreementHead | Agreement) => (a.side === 'grantor' ? a.grantee : a.grantor)
export const partnerName = (a: AgreementHead | Agreement, locale: PageLocale): string => {
  const partner = partnerOf(a)
  return nameIn(locale, partner.name, partner.nameEn)
}
export const delayText = (minutes: number, t: Words): string => (minutes === 0 ? t('noDelay') : t('delayed', { n: minutes }))
export const periodText = ({ from, until }: { from: string; until: string }, t: Words): string =>
  t('fromTo', { from: formatDateTime(from), until: formatDateTime(until) })
/** Short, for a list. */
export const daysText = ({ from, until }: { from: string; until: string }, t: Words): string =>
  t('fromTo', { from: formatDate(from), until: formatDate(until) })

const NAMED = 5

/** What is agreed, sentence by sentence, as one would read it aloud. `mine`: the reader is the one who grants. */
export function agreementSentences(
  terms: Omit<Terms, 'dataSet'>,
  { grantor, grantee, mine }: { grantor: string; grantee: string; mine: boolean },
  t: Words,
): string[] {
  const separator = t('text.separator')
  const names = terms.items === 'all' ? [] : terms.items.map((item) => item.label)
  const few = names.slice(0, NAMED).join(separator)
  const items =
    terms.items === 'all'
      ? t('text.itemsAll')
      : t(names.length > NAMED ? 'text.itemsMany' : 'text.itemsSome', { names: few, n: names.length })
  const fields = terms.fields === 'all' ? t('text.fieldsAll') : t('text.fieldsSome', { names: terms.fields.join(separator) })
  const delay = terms.delayMinutes === 0 ? t('text.live') : t('text.late', { n: terms.delayMinutes })
  return [
    t(mine ? 'text.agree' : 'text.agreeThem', { grantor, grantee, items, fields }),
    t(`text.${terms.granularity}`, { delay }),
    t('text.period', { from: formatDateTime(terms.from), until: formatDateTime(terms.until) }),
    t('text.purpose', { purpose: terms.purpose }),
    t('text.rights'),
  ]
}

export function AgreementText({ sentences }: { sentences: string[] }) {
  return (
    <ol className="sharing-text">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ol>
  )
}
