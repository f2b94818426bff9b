import { useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { AgreementPhase } from '../../agreement-states.ts'

const tones: Record<AgreementPhase, Tone> = {
  proposed: 'warning',
  refused: 'bad',
  withdrawn: 'neutral',
  inForce: 'good',
  amending: 'info',
  terminating: 'warning',
  ended: 'neutral',
}

export function AgreementTag({ phase }: { phase: AgreementPhase }) {
  const t = useWords('sourcing')
  return <StatusTag tone={tones[phase]}>{t(`agreement.phases.${phase}`)}</StatusTag>
}
