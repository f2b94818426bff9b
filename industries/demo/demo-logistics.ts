import { z } from 'zod'
import { NonNegativeText, PositiveText } from '#values/decimal.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(200)
const Hours = z.int().min(1).max(1_000)

const LogisticsKey = z.strictObject({
  buyer: Text,
  warehouse: z.strictObject({ code: Text, name: Text }),
  shipments: z.array(
    z.strictObject({
      supplier: Text,
      /** Hours before the making of the demo. */
      issuedAgo: Hours,
      departedAgo: Hours.nullable().default(null),
      /** Foreseen; null where it has come. */
      arrivesIn: Hours.nullable().default(null),
      carrier: Text,
      vehicle: Text,
      driver: Text,
      lines: z
        .array(
          z.strictObject({
            material: Text,
            quantity: PositiveText,
            lot: Text.nullable().default(null),
            boxes: z.int().min(1),
            perBox: PositiveText,
          }),
        )
        .min(1),
      received: z
        .strictObject({
          ago: Hours,
          lines: z.array(
            z.strictObject({ accepted: NonNegativeText, damaged: NonNegativeText.default('0'), note: z.string().default('') }),
          ),
        })
        .nullable()
        .default(null),
    }),
  ),
  /** [code, name, English name, severity] */
  defects: z.array(z.tuple([Text, Text, Text, z.enum(['critical', 'major', 'minor'])])),
})
export type DemoLogistics = z.infer<typeof LogisticsKey>

/** What is on its way to the demo chain's leader, what came, and what may be wrong with it. */
export const loadDemoLogistics = (): DemoLogistics => readTradeKey('logistics', LogisticsKey)
