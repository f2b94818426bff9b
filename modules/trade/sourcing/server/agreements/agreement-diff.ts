import type { AgreementContent, AgreementLine, ContentChange } from '../../agreement-contract.ts'

const terms = [
  'title',
  'validFrom',
  'validUntil',
  'noticeDays',
  'deliverTo',
  'paymentTerms',
  'paymentDays',
  'overTarget',
  'note',
] as const satisfies ContentChange['field'][]
const parts = ['taxRate', 'breaks', 'targetQuantity', 'targetAmount'] as const satisfies ContentChange['field'][]

const said = (value: string | number | null): string | null => (value === null ? null : String(value))
/** `0: 50; 500: 48.5`: from which quantity on which price. */
const partOf = (line: AgreementLine, part: (typeof parts)[number]): string | null =>
  part === 'breaks' ? line.breaks.map((one) => `${one.from}: ${one.netPrice}`).join('; ') : line[part]
const materialOf = ({ code, name }: AgreementLine): string => `${code} ${name}`

/** What a content says otherwise than the one before it, term by term and line by line. */
export function diffAgreements(before: AgreementContent, after: AgreementContent): ContentChange[] {
  const was = new Map(before.lines.map((line) => [line.no, line]))
  const kept = new Set(after.lines.map((line) => line.no))
  const ofTerms = terms.map((field) => ({ line: null, material: '', field, was: said(before[field]), becomes: said(after[field]) }))
  const ofLines = after.lines.flatMap((line): ContentChange[] => {
    const stood = was.get(line.no)
    const about = { line: line.no, material: materialOf(line) }
    if (!stood) return [{ ...about, field: 'added', was: null, becomes: partOf(line, 'breaks') }]
    return parts.map((field) => ({ ...about, field, was: partOf(stood, field), becomes: partOf(line, field) }))
  })
  const dropped = before.lines
    .filter((line) => !kept.has(line.no))
    .map((line) => ({ line: line.no, material: materialOf(line), field: 'dropped' as const, was: partOf(line, 'breaks'), becomes: null }))
  return [...[...ofTerms, ...ofLines].filter((change) => change.was !== change.becomes), ...dropped]
}
