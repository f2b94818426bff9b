import type { SizeClass } from '#modules/foundation/organisations/contract.ts'

export interface TermRule {
  clause: string
  name: string
  payerClasses: string[]
  payeeClasses: string[]
  days: number
  validFrom: string
  validUntil: string | null
  source: string
  blocking: boolean
}

export interface AgreedTerm {
  days: number
  basis: 'delivery' | 'invoice' | 'monthEnd'
  validFrom: string
  source: string
}

/** What the order itself says, signed by both, comes before what holds with this partner in general. */
export const signedTerm = ({ payment_days: days, day, order_number: source }: Signed): AgreedTerm | undefined =>
  days === null ? undefined : { days, basis: 'delivery', validFrom: day, source }

interface Signed {
  payment_days: number | null
  day: string
  order_number: string
}

export interface Due {
  day: string
  kind: 'law' | 'agreed' | 'default'
  days: number
  source: string
}

const DAY_MS = 86_400_000
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

function endOfMonth(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
}

/** The rule of law that holds for this payer and payee on a day: the shortest of those in force. Unknown sizes: none is claimed. */
export const ruleFor = (
  rules: readonly TermRule[],
  classes: { payer: SizeClass | null; payee: SizeClass | null },
  day: string,
): TermRule | undefined =>
  rules
    .filter(({ validFrom, validUntil }) => validFrom <= day && (validUntil === null || day <= validUntil))
    .filter(({ payerClasses, payeeClasses }) => payerClasses.includes(classes.payer ?? '') && payeeClasses.includes(classes.payee ?? ''))
    .sort((a, b) => a.days - b.days)[0]

/**
 * When an invoice falls due: what the parties agreed, never later than the law lets a payer of this size pay a payee of that size, counted
 * from the delivery; without either the buyer's default from the invoice.
 */
export function dueOf(facts: {
  deliveredDay: string
  invoiceDay: string
  rule: TermRule | undefined
  agreed: AgreedTerm | undefined
  defaultDays: number
}): Due {
  const { deliveredDay, invoiceDay, rule, agreed, defaultDays } = facts
  const law: Due | undefined = rule && {
    day: addDays(deliveredDay, rule.days),
    kind: 'law',
    days: rule.days,
    source: `${rule.name}：${rule.source}`,
  }
  const ours: Due | undefined = agreed && {
    day: agreedDay(agreed, deliveredDay, invoiceDay),
    kind: 'agreed',
    days: agreed.days,
    source: agreed.source,
  }
  if (law && ours) return ours.day <= law.day ? ours : law
  return law ?? ours ?? { day: addDays(invoiceDay, defaultDays), kind: 'default', days: defaultDays, source: '' }
}

function agreedDay({ basis, days }: AgreedTerm, deliveredDay: string, invoiceDay: string): string {
  switch (basis) {
    case 'delivery':
      return addDays(deliveredDay, days)
    case 'invoice':
      return addDays(invoiceDay, days)
    case 'monthEnd':
      return addDays(endOfMonth(invoiceDay), days)
    default:
      return basis satisfies never
  }
}

/** Ageing columns: days past the due day. */
export const buckets = ['notDue', 'to30', 'to60', 'to90', 'over90'] as const
export type Bucket = (typeof buckets)[number]
export function bucketOf(dueDay: string, today: string): Bucket {
  const late = (Date.parse(today) - Date.parse(dueDay)) / DAY_MS
  if (late <= 0) return 'notDue'
  if (late <= 30) return 'to30'
  if (late <= 60) return 'to60'
  return late <= 90 ? 'to90' : 'over90'
}
