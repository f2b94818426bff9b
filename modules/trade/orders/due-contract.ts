import { z } from 'zod'
import { event } from '#values/event.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { OrderId } from './contract.ts'
import { Side } from './order-states.ts'

/** So many days ahead the supplier is told of what he has not shipped. */
export const TOLD_DAYS_AHEAD = 2

const about = z.object({ orderId: OrderId, number: z.string(), buyerOrg: OrgId, supplierOrg: OrgId })
/** `day`: the first one; `deliveries`: how many. */
const Deliveries = about.extend({ day: CalendarDate, deliveries: z.int().positive() })

/** Of days that come by themselves: one event per order, however many of its deliveries it is about. */
export const dueEvents = {
  /** `bySide`: who has not answered. */
  answerOverdue: event('orders.answerOverdue', 1, about.extend({ bySide: Side, respondBy: Instant })),
  deliveryDueSoon: event('orders.deliveryDueSoon', 1, Deliveries),
  deliveryOverdue: event('orders.deliveryOverdue', 1, Deliveries),
}
