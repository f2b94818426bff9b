import { z } from 'zod'
import { PositiveText } from '#values/decimal.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(200)
/** Days from the making of the demo. */
const Days = z.int().min(-60).max(400)
const BidLine = z.tuple([z.int().min(1), PositiveText, z.int().min(0), z.enum(['none', 'buyer', 'supplier', 'shared'])])

const Request = z.strictObject({
  title: Text,
  note: z.string(),
  /** From the making of the demo until bids open. */
  openMinutes: z.int().min(1),
  suppliers: z.array(Text).min(1),
  lines: z.array(z.strictObject({ material: Text, quantity: PositiveText, day: Days.nullable() })).min(1),
  /** [line, net price, lead time in days, whose the mould is] */
  bids: z.array(z.strictObject({ supplier: Text, note: z.string(), lines: z.array(BidLine) })),
})
export type DemoRequest = z.infer<typeof Request>

const Agreement = z.strictObject({
  kind: z.enum(['framework', 'scheduling']),
  supplier: Text,
  title: Text,
  daysAgo: z.int().min(0),
  validDays: z.int().min(1),
  noticeDays: z.int().min(0),
  overTarget: z.string(),
  paymentTerms: Text,
  lines: z.array(z.strictObject({ material: Text, breaks: z.array(z.tuple([z.string(), PositiveText])), target: PositiveText.nullable() })),
  callOffs: z.array(
    z.strictObject({
      daysAgo: z.int().min(0),
      accepted: z.boolean(),
      /** [line, [quantity, days]] */
      lines: z.array(z.tuple([z.int(), z.array(z.tuple([PositiveText, Days]))])),
    }),
  ),
})
export type DemoAgreement = z.infer<typeof Agreement>

const SourcingKey = z.strictObject({ buyer: Text, deliverTo: Text, requests: z.array(Request), agreements: z.array(Agreement) })
export type DemoSourcing = z.infer<typeof SourcingKey>

/** What the demo chain's leader asks its suppliers for and has agreed with them. */
export const loadDemoSourcing = (): DemoSourcing => readTradeKey('sourcing', SourcingKey)
