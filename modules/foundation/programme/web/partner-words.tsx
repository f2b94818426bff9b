import { formatDate, formatText } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { Certificate, Connection, Partner, PartnerState, PartnerTier } from '../contract.ts'

const stateTones: Record<PartnerState, Tone> = {
  invited: 'info',
  applied: 'warning',
  underReview: 'warning',
  admitted: 'good',
  suspended: 'bad',
  exited: 'neutral',
  refused: 'bad',
  withdrawn: 'neutral',
}

export function PartnerStateTag({ state }: { state: PartnerState }) {
  const t = useWords('programme')
  return <StatusTag tone={stateTones[state]}>{t(`states.${state}`)}</StatusTag>
}

export function CountedTag({ partner }: { partner: Pick<Partner, 'counted' | 'countedUntil' | 'state'> }) {
  const t = useWords('programme')
  if (partner.state !== 'admitted' && partner.state !== 'suspended') return <>{formatText(null)}</>
  return (
    <StatusTag tone={partner.counted ? 'good' : 'neutral'}>
      {t(partner.countedUntil === null ? 'notCountedYet' : partner.counted ? 'counted' : 'notCounted')}
    </StatusTag>
  )
}

/** “设备 18/15 天”, only of the ways that are there. */
export const connectionText = (connections: readonly Connection[], t: Words): string => {
  const there = connections.filter((one) => one.firstDay !== null)
  if (there.length === 0) return t('notConnected')
  return there
    .map((one) => t('wayDays', { way: t(`ways.${one.way}`), valid: one.validDays, needed: one.neededDays }))
    .join(t('ui:listSeparator'))
}

export const tierText = (tier: PartnerTier | null, t: Words): string => (tier === null ? '' : t(`tiers.${tier}`))

const validityTones: Record<Certificate['validity'], Tone> = {
  valid: 'good',
  unlimited: 'good',
  within60: 'info',
  within30: 'warning',
  within7: 'bad',
  over: 'bad',
}

export function ValidityTag({ certificate: { validity, daysLeft, validUntil } }: { certificate: Certificate }) {
  const t = useWords('programme')
  const text = daysLeft === 0 ? t('certificates.validity.today') : t(`certificates.validity.${validity}`, { days: Math.abs(daysLeft ?? 0) })
  return (
    <StatusTag tone={validityTones[validity]}>
      {text}
      {validUntil !== null && ` · ${formatDate(validUntil)}`}
    </StatusTag>
  )
}
