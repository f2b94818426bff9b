import { z } from 'zod'
import { LocationId } from '#modules/trade/inventory/contract.ts'
import { ScheduleLineId } from '#modules/trade/orders/contract.ts'
import { PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { Party, ShipmentId, Shippable } from './contract.ts'
import { logisticsErrors } from './errors.ts'
import { Receipt, ReceivedLine } from './receiving-contract.ts'

/** A notice that the supplier has sent for a line. `quantity`: what of the line is still to come on it, in the line's unit. */
export const OpenNotice = z.object({ shipmentId: ShipmentId, number: z.string(), quantity: PositiveText })
export type OpenNotice = z.infer<typeof OpenNotice>

/** An agreed schedule line that a supplier has something left to deliver of. */
export const Owed = Shippable.omit({ buyer: true }).extend({
  supplier: Party,
  control: z.enum(['none', 'lot', 'serial']),
  /** 来料必检: what comes in of it goes to quarantine first. */
  inspected: z.boolean(),
  /** What is printed on the goods themselves, and how much of the line one scan of it is. */
  codes: z.array(z.object({ code: z.string(), quantity: PositiveText })),
  notices: z.array(OpenNotice),
})
export type Owed = z.infer<typeof Owed>

/** What came of one agreed schedule line, of one lot. Quantities in the unit of the line. */
export const OwedLine = ReceivedLine.omit({ lineId: true }).extend({ scheduleLineId: ScheduleLineId })
export type OwedLine = z.infer<typeof OwedLine>

export const WithoutNoticeInput = z.object({
  /** Made by whoever receives, once per receipt: sent twice it is one receipt. */
  receiptKey: z.uuid(),
  supplierId: OrgId,
  warehouseId: LocationId,
  /** When the goods were counted; a phone without a network sends it later. */
  receivedAt: Instant,
  lines: z.array(OwedLine).min(1).max(500),
  /** Open notices of these lines that the goods are not of: whoever receives has looked. */
  besides: z.array(ShipmentId).max(100),
  vehicle: z.string().trim().max(20),
  /** Who handed the goods over. */
  signedBy: z.string().trim().max(40),
  overReason: z.string().trim().max(200),
  note: z.string().trim().max(500),
})
export type WithoutNoticeInput = z.infer<typeof WithoutNoticeInput>

const none = z.object({})

export const withoutNoticeApi = {
  owed: endpoint({
    method: 'GET',
    path: '/logistics/owed',
    summary:
      'As the buyer: agreed schedule lines that suppliers have something left to deliver of, with the notices that are open for them; for receiving without a notice. Searched by order, material and supplier; at most 200, the most urgent first.',
    permission: 'logistics.receive',
    params: none,
    query: z.object({ supplierId: OrgId.optional(), search: z.string().trim().max(100).optional() }),
    body: z.undefined(),
    response: z.object({ lines: z.array(Owed) }),
    errors: [],
  }),
  receiveWithoutNotice: endpoint({
    method: 'POST',
    path: '/logistics/receipts/without-notice',
    summary:
      'Receives goods for which the supplier has sent no notice: one is made of what was counted, as far as the order’s tolerance goes, and received at once, all in one transaction. The same receiptKey again answers with the receipt that is there. Refused where the supplier has a notice open for a line that is not among `besides`.',
    permission: 'logistics.receive',
    params: none,
    query: none,
    body: WithoutNoticeInput,
    response: Receipt,
    status: 201,
    bodyLimit: 2 * 1024 * 1024,
    errors: [
      logisticsErrors.noRelation,
      logisticsErrors.receiptDiffers,
      logisticsErrors.nothingReceived,
      logisticsErrors.lineNotOwed,
      logisticsErrors.noticeOpen,
      logisticsErrors.nothingOwed,
      logisticsErrors.overTolerance,
      logisticsErrors.warehouseUnknown,
      logisticsErrors.dayInFuture,
      logisticsErrors.serialCount,
    ],
  }),
}
