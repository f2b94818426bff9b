import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, NonNegativeText, PositiveText, readDecimal, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { CalendarDate } from '#values/instant.ts'
import { Currency, lineAmount, taxOn } from '#values/money.ts'
import { Side } from './order-states.ts'

export const MAX_LINES = 500
export const MAX_SCHEDULES = 60
export const MAX_GRACE_DAYS = 60

const ONE: Decimal = 1_000_000n
/** A share: 0.05 is 5 %. */
export const Fraction = NonNegativeText.refine((text) => (readDecimal(text) ?? ZERO) <= ONE, { message: 'fraction' })
export const Reason = z.string().trim().max(300)

/** What holds for the whole order. */
export const Terms = z.object({
  currency: Currency,
  deliverTo: z.string().trim().min(1).max(200),
  paymentTerms: z.string().trim().max(200),
  /** Days from receipt to payment. */
  paymentDays: z.int().min(0).max(365).nullable(),
  /** How much more, how much less than agreed may be delivered. */
  overTolerance: Fraction,
  underTolerance: Fraction,
  /** Days after the agreed one that still count as on time. */
  graceDays: z.int().min(0).max(MAX_GRACE_DAYS),
  /** Number of the request or agreement that the order follows from: given when it is made, for good. */
  reference: z.string().trim().min(1).max(120).optional(),
  /**
   * When the goods become the buyer's: as his receipt takes them over, which is what stock and books of both sides follow
   * (企业会计准则第14号 第四条; docs/decisions/0027), or as he uses consigned goods (docs/decisions/0044). Given when the order is made, for
   * good; orders from before do not name it.
   */
  titlePasses: z.enum(['acceptance', 'usage']).optional(),
})
export type Terms = z.infer<typeof Terms>

/** What nobody types: it comes with the order and no revision changes it. */
export const givenTerms = { reference: true, titlePasses: true } as const

const Slot = z.object({ quantity: PositiveText, day: CalendarDate })

/** One delivery of a line. What the supplier has confirmed goes before what the buyer has asked for; one of both is always there. */
export const ScheduleContent = z.object({
  no: z.int().min(1),
  requested: Slot.nullable(),
  confirmed: Slot.extend({ reason: Reason }).nullable(),
})
export type ScheduleContent = z.infer<typeof ScheduleContent>

export const LineContent = z.object({
  no: z.int().min(1),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  supplierCode: z.string().nullable(),
  specification: z.string(),
  unit: z.string(),
  /** Base units per unit. */
  unitFactor: PositiveText,
  netPrice: NonNegativeText,
  taxRate: Fraction,
  /** By whom the whole line is dropped, and why. */
  rejected: z.object({ by: Side, reason: Reason }).nullable(),
  schedule: z.array(ScheduleContent).min(1).max(MAX_SCHEDULES),
})
export type LineContent = z.infer<typeof LineContent>

/** What a revision says and both sides sign. Numbers of lines and schedule lines are never given twice in an order. */
export const OrderContent = z.object({ terms: Terms, lines: z.array(LineContent).min(1).max(MAX_LINES) })
export type OrderContent = z.infer<typeof OrderContent>

export interface Delivery {
  quantity: string
  day: string
  reason: string
}

/** What a schedule line comes to when it is signed as it stands. */
export function deliveryOf({ requested, confirmed }: ScheduleContent): Delivery {
  if (confirmed) return confirmed
  if (requested) return { ...requested, reason: '' }
  throw new Error('orders: a schedule line is neither requested nor confirmed')
}

/** The sum of the schedule lines; nothing where the line is dropped. */
export const lineQuantity = (line: LineContent): Decimal =>
  line.rejected ? ZERO : sumOf(line.schedule.map((schedule) => decimal(deliveryOf(schedule).quantity)))

/** In minor units; each line is rounded by itself, as it will stand on the invoice. */
export function lineAmounts(currency: Currency, line: LineContent): { net: bigint; tax: bigint } {
  const net = lineAmount(currency, decimal(line.netPrice), lineQuantity(line))
  return { net, tax: taxOn(net, decimal(line.taxRate)) }
}

export function contentAmounts({ terms, lines }: OrderContent): { net: bigint; tax: bigint } {
  const amounts = lines.map((line) => lineAmounts(terms.currency, line))
  return { net: sumMinor(amounts.map((a) => a.net)), tax: sumMinor(amounts.map((a) => a.tax)) }
}

const sumMinor = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n)

/** What may be delivered at most: the agreed quantity and its tolerance. */
export const withTolerance = (quantity: Decimal, over: Decimal): Decimal => quantity + (quantity * over) / ONE
/** From how much on a delivery is whole. */
export const lessTolerance = (quantity: Decimal, under: Decimal): Decimal => quantity - (quantity * under) / ONE

export const quantityText = (line: LineContent): string => writeDecimal(lineQuantity(line))
