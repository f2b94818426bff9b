import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { DecimalText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { OrderId, ScheduleLineId } from './contract.ts'
import { ordersErrors } from './errors.ts'
import { Reason } from './order-content.ts'
import { Side } from './order-states.ts'

/** Expediting (催交): the buyer asks for a delivery on a day and says why; the supplier answers with a day or a reason. */

export const ExpediteId = idOf('Expedite')
export type ExpediteId = z.infer<typeof ExpediteId>
export const ExpediteState = z.enum(['asked', 'promised', 'refused', 'withdrawn'])
export type ExpediteState = z.infer<typeof ExpediteState>

export const Expedite = z.object({
  id: ExpediteId,
  orderId: OrderId,
  orderNumber: z.string(),
  scheduleLineId: ScheduleLineId,
  lineNo: z.int(),
  scheduleNo: z.int(),
  /** Which side the asking organisation is. */
  side: Side,
  partner: z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() }),
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  unit: z.string(),
  quantity: DecimalText,
  /** Still to be shipped. */
  left: DecimalText,
  /** As agreed now. */
  dueDay: CalendarDate,
  wantedDay: CalendarDate,
  reason: z.string(),
  askedBy: z.string(),
  askedAt: Instant,
  state: ExpediteState,
  promisedDay: CalendarDate.nullable(),
  answer: z.string().nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: Instant.nullable(),
  /** The amendment that the promise was put into, for the buyer to sign. */
  revision: z.int().nullable(),
  reminders: z.int(),
  lastReminder: Instant.nullable(),
  version: z.int(),
})
export type Expedite = z.infer<typeof Expedite>

const none = z.object({})
const one = z.object({ id: ExpediteId })
const changed = [ordersErrors.expediteNotFound, ordersErrors.changedMeanwhile, ordersErrors.expediteClosed] as const

export const expediteApi = {
  list: endpoint({
    method: 'GET',
    path: '/orders/expedites',
    summary: 'What was asked to be delivered on another day, of one side, the newest first.',
    permission: 'orders.read',
    params: none,
    query: listQuery(['-askedAt' as 'askedAt']).extend({
      side: Side.default('buyer'),
      state: ExpediteState.optional(),
      partnerId: OrgId.optional(),
      orderId: OrderId.optional(),
    }),
    body: z.undefined(),
    response: pageOf(Expedite),
    errors: [],
  }),
  ask: endpoint({
    method: 'POST',
    path: '/orders/expedites',
    summary: 'Asks the supplier for an agreed delivery on another day, with the reason; one at a time for each schedule line.',
    permission: 'orders.manage',
    params: none,
    query: none,
    body: z.object({ scheduleLineId: ScheduleLineId, wantedDay: CalendarDate, reason: Reason.min(1) }),
    response: Expedite,
    status: 201,
    errors: [ordersErrors.notFound, ordersErrors.notOpen, ordersErrors.dayPassed, ordersErrors.alreadyAsked],
  }),
  promise: endpoint({
    method: 'POST',
    path: '/orders/expedites/:id/promise',
    summary:
      'The supplier says on which day; where nothing else is talked over, an amendment with that day is proposed to the buyer at once.',
    permission: 'orders.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int(), day: CalendarDate, note: Reason.default('') }),
    response: Expedite,
    errors: [...changed, ordersErrors.dayPassed],
  }),
  refuse: endpoint({
    method: 'POST',
    path: '/orders/expedites/:id/refuse',
    summary: 'The supplier says why it stays as agreed.',
    permission: 'orders.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int(), reason: Reason.min(1) }),
    response: Expedite,
    errors: changed,
  }),
  withdraw: endpoint({
    method: 'POST',
    path: '/orders/expedites/:id/withdraw',
    summary: 'The buyer takes back what was not answered.',
    permission: 'orders.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int() }),
    response: Expedite,
    errors: changed,
  }),
}

const about = z.object({
  expediteId: ExpediteId,
  orderId: OrderId,
  number: z.string(),
  buyerOrg: OrgId,
  supplierOrg: OrgId,
  bySide: Side,
})
export const expediteEvents = {
  asked: event('orders.expediteAsked', 1, about.extend({ wantedDay: CalendarDate })),
  promised: event('orders.expeditePromised', 1, about.extend({ day: CalendarDate })),
  refused: event('orders.expediteRefused', 1, about),
  withdrawn: event('orders.expediteWithdrawn', 1, about),
}
