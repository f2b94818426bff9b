import { z } from 'zod'
import { DecimalText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { OpenDelivery, OrderHead, OrderId } from './contract.ts'
import { ordersErrors } from './errors.ts'
import { ExpediteState } from './expedite-contract.ts'
import { Side } from './order-states.ts'

/** Following up what was agreed and what waits for an answer; beside contract.ts, since no other module has to do with it. */

/**
 * `dueSoon`: within seven days; `overdue`: past its day and its days of grace; `unanswered`: the other side’s answer is late; `expedite`: a
 * request to expedite is not answered.
 */
export const FollowUpReason = z.enum(['dueSoon', 'overdue', 'unanswered', 'expedite'])
export type FollowUpReason = z.infer<typeof FollowUpReason>

export const DUE_SOON_DAYS = 7
/** Of one order by one side. */
export const REMINDERS_PER_DAY = 2
const MAX_REMINDED = 100

export const Reminder = z.object({ reason: FollowUpReason, side: Side, person: z.string(), note: z.string(), at: Instant })
export type Reminder = z.infer<typeof Reminder>

/** An order whose answer is late, with how often it was asked for. */
export const UnansweredOrder = OrderHead.extend({ reminders: z.int(), lastReminder: Instant.nullable() })
export type UnansweredOrder = z.infer<typeof UnansweredOrder>

export const FollowUpDelivery = OpenDelivery.extend({
  reminders: z.int(),
  lastReminder: Instant.nullable(),
  /** The newest request to expedite it. */
  expedite: z.object({ state: ExpediteState, wantedDay: CalendarDate, promisedDay: CalendarDate.nullable() }).nullable(),
})
export type FollowUpDelivery = z.infer<typeof FollowUpDelivery>

export const OnTimeFigure = z.object({
  partnerId: OrgId,
  partner: z.string(),
  /** Schedule lines whose agreed day, with its days of grace, lies in the period and is over. */
  due: z.int(),
  onTime: z.int(),
  late: z.int(),
  overdue: z.int(),
  /** onTime ÷ due; null where nothing was due. */
  rate: DecimalText.nullable(),
})
export type OnTimeFigure = z.infer<typeof OnTimeFigure>

/** Mean hours between two steps of the orders of a period, and of how many orders it is the mean. */
export const StepTime = z.object({
  step: z.enum(['toProposal', 'toAgreement', 'toShipment', 'toCompletion']),
  orders: z.int(),
  meanHours: DecimalText.nullable(),
})
export type StepTime = z.infer<typeof StepTime>

const none = z.object({})

export const followUpApi = {
  deliveries: endpoint({
    method: 'GET',
    path: '/orders/deliveries',
    summary: 'Schedule lines of one side that are talked over or agreed and not whole yet, by day.',
    permission: 'orders.read',
    params: none,
    query: listQuery(['dueDay']).extend({
      side: Side.default('buyer'),
      partnerId: OrgId.optional(),
      /** Due soon or overdue; without it all. */
      reason: FollowUpReason.extract(['dueSoon', 'overdue']).optional(),
    }),
    body: z.undefined(),
    response: pageOf(FollowUpDelivery),
    errors: [],
  }),
  unanswered: endpoint({
    method: 'GET',
    path: '/orders/unanswered',
    summary: 'Orders whose answer of the other side is late, the longest first.',
    permission: 'orders.read',
    params: none,
    query: listQuery(['respondBy']).extend({ side: Side.default('buyer'), partnerId: OrgId.optional() }),
    body: z.undefined(),
    response: pageOf(UnansweredOrder),
    errors: [],
  }),
  counts: endpoint({
    method: 'GET',
    path: '/orders/follow-up/counts',
    summary: 'How many schedule lines are due soon and overdue, how many orders unanswered, how many requests to expedite open.',
    permission: 'orders.read',
    params: none,
    query: z.object({ side: Side }),
    body: z.undefined(),
    response: z.object({ dueSoon: z.int(), overdue: z.int(), unanswered: z.int(), expedite: z.int() }),
    errors: [],
  }),
  remind: endpoint({
    method: 'POST',
    path: '/orders/remind',
    summary: 'Reminds the other side of orders; each reminder is kept. An order is reminded of twice a day at most.',
    permission: 'orders.manage',
    params: none,
    query: none,
    body: z.object({
      orderIds: z.array(OrderId).min(1).max(MAX_REMINDED),
      note: z.string().trim().max(300).default(''),
    }),
    response: z.object({
      results: z.array(
        z.object({ orderId: OrderId, outcome: z.enum(['reminded', 'enough', 'nothing', 'unknown']), reason: FollowUpReason.nullable() }),
      ),
    }),
    errors: [],
  }),
  reminders: endpoint({
    method: 'GET',
    path: '/orders/:id/reminders',
    summary: 'The reminders of an order by either side, newest first.',
    permission: 'orders.read',
    params: z.object({ id: OrderId }),
    query: none,
    body: z.undefined(),
    response: z.object({ reminders: z.array(Reminder) }),
    errors: [ordersErrors.notFound],
  }),
  figures: endpoint({
    method: 'GET',
    path: '/orders/figures',
    summary: 'Punctuality by partner, and the time from step to step, of a period of at most a year.',
    permission: 'orders.read',
    params: none,
    query: z.object({ side: Side.default('buyer'), from: CalendarDate, until: CalendarDate, partnerId: OrgId.optional() }),
    body: z.undefined(),
    response: z.object({ onTime: z.array(OnTimeFigure), steps: z.array(StepTime) }),
    errors: [ordersErrors.periodTooLong],
  }),
  exportDeliveries: endpoint({
    method: 'GET',
    path: '/orders/deliveries/export',
    summary: 'Schedule lines of one side as a workbook, up to 200,000 of them; a last row says where there are more.',
    permission: 'orders.read',
    params: none,
    query: z.object({
      side: Side.default('buyer'),
      partnerId: OrgId.optional(),
      reason: FollowUpReason.extract(['dueSoon', 'overdue']).optional(),
    }),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
}
