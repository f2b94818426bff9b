import { z } from 'zod'
import { PositiveText } from '#values/decimal.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(200)
const Days = z.int().min(0).max(60)

const StockKey = z.strictObject({
  buyer: Text,
  suppliers: z.array(
    z.strictObject({
      supplier: Text,
      category: z.strictObject({ code: Text, name: Text, nameEn: Text, prefix: Text }),
      warehouse: z.strictObject({ code: Text, name: Text }),
      materials: z.array(
        z.strictObject({
          material: Text,
          cost: PositiveText,
          /** [lot, quantity, days ago] */
          made: z.array(z.tuple([Text.nullable(), PositiveText, Days])),
          /** What the leader sees it for; null: he does not. */
          share: Text.nullable().default(null),
          /** Asked for and not answered yet. */
          asked: Text.nullable().default(null),
        }),
      ),
    }),
  ),
  consigned: z.array(
    z.strictObject({
      supplier: Text,
      material: Text,
      lot: Text.nullable().default(null),
      min: PositiveText,
      max: PositiveText,
      laid: z.array(z.tuple([PositiveText, Days])),
      used: z.array(z.tuple([PositiveText, Days, Text])),
    }),
  ),
  /** Whose usages stand on a bill that waits for them. */
  billed: z.array(Text),
})
export type DemoStock = z.infer<typeof StockKey>

/** What the suppliers of the demo chain have, share, and keep at the leader's. */
export const loadDemoStock = (): DemoStock => readTradeKey('stock', StockKey)
