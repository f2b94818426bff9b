import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { CalendarDate } from '#values/instant.ts'
import { Fraction, givenTerms, MAX_LINES, MAX_SCHEDULES, Reason, Terms } from './order-content.ts'

/** A delivery as it is proposed: `no` names one that is there, null a new one. */
export const ProposedDelivery = z.object({
  no: z.int().min(1).nullable(),
  quantity: PositiveText,
  day: CalendarDate,
  reason: Reason.default(''),
})
export type ProposedDelivery = z.infer<typeof ProposedDelivery>

/** One line as it is proposed; its deliveries are all that shall be. Without a price the one that stands is kept. */
export const ProposedLine = z.object({
  no: z.int().min(1),
  rejected: z
    .object({ reason: Reason.min(1) })
    .nullable()
    .default(null),
  netPrice: NonNegativeText.optional(),
  taxRate: Fraction.optional(),
  schedule: z.array(ProposedDelivery).min(1).max(MAX_SCHEDULES),
})
export type ProposedLine = z.infer<typeof ProposedLine>

/** A line more: of the buyer's catalogue. Without a price the one in force is taken. */
export const NewLine = z.object({
  materialId: MaterialId,
  unit: z.string().trim().min(1).max(20),
  netPrice: NonNegativeText.nullable().default(null),
  taxRate: Fraction.nullable().default(null),
  schedule: z
    .array(z.object({ quantity: PositiveText, day: CalendarDate }))
    .min(1)
    .max(MAX_SCHEDULES),
})
export type NewLine = z.infer<typeof NewLine>

/** Lines that are not named stay as they are. Terms and new lines are the buyer's to propose. */
export const Proposal = z.object({
  terms: Terms.omit({ currency: true, ...givenTerms })
    .nullable()
    .default(null),
  lines: z.array(ProposedLine).max(MAX_LINES).default([]),
  added: z.array(NewLine).max(MAX_LINES).default([]),
})
export type Proposal = z.infer<typeof Proposal>
