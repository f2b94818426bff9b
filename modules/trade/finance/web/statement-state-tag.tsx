import { useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { StatementState } from '../statement-contract.ts'

const tones: Record<StatementState, Tone> = { proposed: 'info', disputed: 'bad', signed: 'good', withdrawn: 'neutral' }

export function StatementStateTag({ state }: { state: StatementState }) {
  const t = useWords('finance')
  return <StatusTag tone={tones[state]}>{t(`statementStates.${state}`)}</StatusTag>
}
