import { EMPTY } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { Money } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import type { InvitationState, RequestPhase } from '../contract.ts'

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

const signs: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€' }

/** As many places as it has; digits in groups of three. */
export function priceText(currency: string, amount: string | null | undefined): string {
  if (amount === null || amount === undefined) return EMPTY
  const [whole = '', fraction = ''] = amount.split('.')
  return `${signs[currency] ?? `${currency} `}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction && `.${fraction}`}`
}

export const moneyText = (money: Money | null): string => (money === null ? EMPTY : priceText(money.currency, money.amount))

/** 0.13 → 13 %; decimals as text, so that none is lost. */
export function percentText(fraction: string): string {
  const [whole = '0', part = ''] = fraction.split('.')
  const digits = `${whole}${part.padEnd(2, '0').slice(0, 2)}`.replace(/^0+(?=\d)/, '')
  const rest = part.slice(2).replace(/0+$/, '')
  return `${digits}${rest && `.${rest}`}%`
}

/** What people write for a unit's code: 件, 千克. */
export function useUnitName(): (code: string | undefined) => string {
  const english = useLocale().startsWith('en')
  return (code) => (code === undefined ? '' : unitName(code, english))
}
