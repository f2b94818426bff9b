import { z } from 'zod'
import { PositiveText } from '#values/decimal.ts'
import { UnitCode } from '#values/units.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(200)
/** Days from the making of the demo. */
const Days = z.int().min(-60).max(120)
const Delivery = z.tuple([PositiveText, Days])
const ProposedLine = z.strictObject({
  line: z.int().min(1),
  /** [number of the schedule line or null for a new one, quantity, days, reason] */
  schedule: z.array(z.tuple([z.int().min(1).nullable(), PositiveText, Days, z.string()])).min(1),
})
const Step = z.union([
  z.strictObject({ by: z.enum(['buyer', 'supplier']), do: z.enum(['submit', 'accept']), daysAgo: z.int() }),
  z.strictObject({
    by: z.enum(['buyer', 'supplier']),
    do: z.literal('propose'),
    daysAgo: z.int(),
    note: z.string(),
    lines: z.array(ProposedLine),
  }),
  z.strictObject({
    by: z.literal('buyer'),
    do: z.literal('expedite'),
    daysAgo: z.int(),
    line: z.int().min(1),
    schedule: z.int().min(1),
    wanted: Days,
    reason: Text,
  }),
  z.strictObject({
    by: z.literal('supplier'),
    do: z.literal('promise'),
    daysAgo: z.int(),
    line: z.int().min(1),
    schedule: z.int().min(1),
    promised: Days,
    note: z.string(),
  }),
  z.strictObject({ by: z.enum(['buyer', 'supplier']), do: z.enum(['reject', 'withdraw', 'cancel']), daysAgo: z.int(), reason: Text }),
])

const OrdersKey = z.strictObject({
  buyer: Text,
  deliverTo: Text,
  paymentTerms: Text,
  orders: z.array(
    z.strictObject({
      supplier: Text,
      daysAgo: z.int().min(0).max(60),
      urgent: z.boolean().default(false),
      lines: z.array(z.strictObject({ material: Text, unit: UnitCode.default('H87'), deliveries: z.array(Delivery).min(1) })).min(1),
      steps: z.array(Step).default([]),
    }),
  ),
})
export type DemoOrders = z.infer<typeof OrdersKey>

/** Orders of the demo chain's leader in different states. */
export const loadDemoOrders = (): DemoOrders => readTradeKey('orders', OrdersKey)
