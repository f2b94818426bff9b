import { useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { InvoiceState } from '../invoice-contract.ts'

const tones: Record<InvoiceState, Tone> = {
  draft: 'neutral',
  proposed: 'info',
  disputed: 'bad',
  confirmed: 'good',
  submitted: 'info',
  matched: 'good',
  blocked: 'bad',
  approved: 'info',
  paid: 'good',
  rejected: 'warning',
  withdrawn: 'neutral',
}

export function InvoiceStateTag({ state }: { state: InvoiceState }) {
  const t = useWords('finance')
  return <StatusTag tone={tones[state]}>{t(`invoiceStates.${state}`)}</StatusTag>
}
