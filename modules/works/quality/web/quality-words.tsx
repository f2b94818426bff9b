import { useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import type { InspectionResult, Severity } from '../contract.ts'

const tones: Record<InspectionResult, Tone> = { accepted: 'good', partly: 'warning', rejected: 'bad' }

/** Null: it waits. */
export function ResultTag({ result }: { result: InspectionResult | null }) {
  const t = useWords('quality')
  return <StatusTag tone={result ? tones[result] : 'info'}>{t(`results.${result ?? 'waiting'}`)}</StatusTag>
}

const severityTones: Record<Severity, Tone> = { critical: 'bad', major: 'warning', minor: 'neutral' }
export function SeverityTag({ severity }: { severity: Severity }) {
  const t = useWords('quality')
  return <StatusTag tone={severityTones[severity]}>{t(`severities.${severity}`)}</StatusTag>
}
