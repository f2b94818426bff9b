import { narrow } from '#kernel/postgres.ts'
import { DraftInput } from '../contract.ts'
import type { OrdersPublic } from '../public.ts'
import { makeDraft } from './create-order.ts'
import { onTimeByPartner } from './order-figures.ts'
import { settingsOf } from './order-settings.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTables } from './tables.ts'

/** Orders that follow from other documents, in the transaction of these. */
export const ordersOfOthers = (rooms: Rooms): Pick<OrdersPublic, 'makeDraft' | 'defaults' | 'punctuality'> => ({
  makeDraft: (tx, ctx, draft, reference) => makeDraft(rooms, narrow<OrdersTables>(tx), ctx, DraftInput.parse(draft), reference),
  defaults: (tx) => settingsOf(narrow<OrdersTables>(tx)),
  punctuality: async (tx, ctx, suppliers, period) => {
    if (suppliers.length === 0) return new Map()
    const figures = await onTimeByPartner(narrow<OrdersTables>(tx), ctx, { side: 'buyer', ...period, partners: suppliers })
    return new Map(figures.map(({ partnerId, onTime, due, rate }) => [partnerId, { onTime, due, rate }]))
  },
})
