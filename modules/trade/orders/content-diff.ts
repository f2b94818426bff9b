import { z } from 'zod'
import { deliveryOf, type LineContent, type OrderContent, quantityText, type ScheduleContent, type Terms } from './order-content.ts'

/** One difference between two revisions. `line` and `schedule` are their numbers; without a line it is one of the terms. */
export const Change = z.object({
  line: z.int().nullable(),
  schedule: z.int().nullable(),
  field: z.enum([
    'deliverTo',
    'paymentTerms',
    'paymentDays',
    'overTolerance',
    'underTolerance',
    'graceDays',
    'currency',
    'line',
    'rejected',
    'netPrice',
    'taxRate',
    'supplierCode',
    'delivery',
    'quantity',
    'day',
    'reason',
  ]),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type Change = z.infer<typeof Change>

const text = (value: string | number | null): string | null => (value === null ? null : String(value))

function changed<Item extends object>(
  before: Item,
  after: Item,
  fields: readonly (keyof Item & Change['field'])[],
  at: { line: number | null; schedule: number | null },
): Change[] {
  return fields.flatMap((field) => {
    const [was, is] = [text(before[field] as string | number | null), text(after[field] as string | number | null)]
    return was === is ? [] : [{ ...at, field, before: was, after: is }]
  })
}

const termFields = [
  'currency',
  'deliverTo',
  'paymentTerms',
  'paymentDays',
  'overTolerance',
  'underTolerance',
  'graceDays',
] as const satisfies readonly (keyof Terms)[]

const deliveryText = (schedule: ScheduleContent): string => {
  const { quantity, day } = deliveryOf(schedule)
  return `${quantity} @ ${day}`
}
const lineText = (line: LineContent): string => `${line.materialCode} × ${quantityText(line)}`

/** What the second says otherwise than the first: what each comes to when it is signed, not who has written it. */
export function diffContents(before: OrderContent, after: OrderContent): Change[] {
  const old = new Map(before.lines.map((line) => [line.no, line]))
  const kept = new Set(after.lines.map((line) => line.no))
  return [
    ...changed(before.terms, after.terms, termFields, { line: null, schedule: null }),
    ...before.lines
      .filter((line) => !kept.has(line.no))
      .map((line): Change => ({ line: line.no, schedule: null, field: 'line', before: lineText(line), after: null })),
    ...after.lines.flatMap((line) => {
      const was = old.get(line.no)
      return was ? diffLines(was, line) : [{ line: line.no, schedule: null, field: 'line' as const, before: null, after: lineText(line) }]
    }),
  ]
}

const rejectedText = (line: LineContent) => ({ rejected: line.rejected && `${line.rejected.reason || '—'}` })

function diffLines(before: LineContent, after: LineContent): Change[] {
  const at = { line: after.no, schedule: null }
  const own = [
    ...changed(before, after, ['netPrice', 'taxRate', 'supplierCode'], at),
    ...changed(rejectedText(before), rejectedText(after), ['rejected'], at),
  ]
  // A dropped line delivers nothing: what its schedule says has no meaning.
  if (after.rejected) return own
  const old = new Map(before.schedule.map((schedule) => [schedule.no, schedule]))
  const kept = new Set(after.schedule.map((schedule) => schedule.no))
  return [
    ...own,
    ...before.schedule
      .filter((schedule) => !kept.has(schedule.no))
      .map(
        (schedule): Change => ({ line: after.no, schedule: schedule.no, field: 'delivery', before: deliveryText(schedule), after: null }),
      ),
    ...after.schedule.flatMap((schedule) => {
      const was = old.get(schedule.no)
      const place = { line: after.no, schedule: schedule.no }
      return was
        ? changed(deliveryOf(was), deliveryOf(schedule), ['quantity', 'day', 'reason'], place)
        : [{ ...place, field: 'delivery' as const, before: null, after: deliveryText(schedule) }]
    }),
  ]
}
