import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { DecimalText } from '#values/decimal.ts'

/** What a line of a material would start from, for a supplier who is an approved source of it. */
export const Quote = z.object({
  materialId: MaterialId,
  unit: z.string(),
  supplierCode: z.string().nullable(),
  leadTimeDays: z.int().nullable(),
  minimum: DecimalText.nullable(),
  /** The price in force of one unit; null: there is none. */
  price: z.object({ netPrice: DecimalText, taxRate: DecimalText }).nullable(),
})
export type Quote = z.infer<typeof Quote>
