import { useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import { roundPercent } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import type { InvitationState, RequestDetail, RequestPhase } from '../contract.ts'

const phaseTones: Record<RequestPhase, Tone> = { draft: 'neutral', bidding: 'info', opened: 'warning', awarded: 'good', cancelled: 'bad' }
const stateTones: Record<InvitationState, Tone> = { invited: 'warning', quoted: 'good', declined: 'neutral' }

export function PhaseTag({ phase }: { phase: RequestPhase }) {
  const t = useWords('sourcing')
  return <StatusTag tone={phaseTones[phase]}>{t(`phases.${phase}`)}</StatusTag>
}

export function InvitationTag({ state }: { state: InvitationState }) {
  const t = useWords('sourcing')
  return <StatusTag tone={stateTones[state]}>{t(`states.${state}`)}</StatusTag>
}

/** What people write for a unit's code: 件, 千克. */
export function useUnitName(): (code: string | undefined) => string {
  const english = useLocale().startsWith('en')
  return (code) => (code === undefined ? '' : unitName(code, english))
}

/** The share of what was due that came on time, and of how many lines it tells. */
export function Punctuality({ of }: { of: RequestDetail['suppliers'][number]['punctuality'] }) {
  const t = useWords('sourcing')
  if (of === null || of.rate === null) return <span className="ls-quiet">{t('noDeliveries')}</span>
  return (
    <>
      {roundPercent(of.rate)} <span className="ls-quiet">{t('ofLines', of)}</span>
    </>
  )
}

const PLACES = 10_000

/** Per cent with up to four places as a fraction's text. */
export const fractionOf = (percent: number): string => (Math.round(percent * PLACES) / (100 * PLACES)).toFixed(6).replace(/\.?0+$/, '')

export const percentOf = (fraction: string): number => Math.round(Number(fraction) * 100 * PLACES) / PLACES
