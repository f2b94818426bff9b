import { useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { Relation } from '../contract.ts'

export const industryText = (industry: Relation['partnerIndustry'], t: Words): string => (industry ? t(`groups.${industry}`) : '—')

/** What the partner is to us: supplier, customer, funder … */
export const roleText = (r: Relation, t: Words): string =>
  r.kind === 'supply' ? t(r.side === 'buyer' ? 'roles.supplier' : 'roles.customer') : t(`kind.${r.partnerKind}`)

const stateTones: Record<Relation['state'], Tone> = {
  proposed: 'warning',
  declined: 'bad',
  upcoming: 'info',
  active: 'good',
  ended: 'neutral',
}

export function RelationStateTag({ relation }: { relation: Relation }) {
  const t = useWords('organisations')
  const { state, until } = relation
  return (
    <StatusTag tone={stateTones[state]} {...(state === 'active' && until ? { hint: t('endsOn', { date: until }) } : {})}>
      {t(`relationStates.${state}`)}
    </StatusTag>
  )
}
