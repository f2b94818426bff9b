import type { Context } from '#kernel/context.ts'
import type { Routes } from '#kernel/http.ts'
import type { Printing } from '#kernel/printer.ts'
import { type Order, type OrderId, ordersApi } from '../contract.ts'
import { acceptProposal, rejectProposal, withdrawProposal } from './answer-proposal.ts'
import { closeOrder } from './close-order.ts'
import { createOrder } from './create-order.ts'
import { editDraft } from './edit-draft.ts'
import { limitWith } from './limit-term.ts'
import { countOrders, listOrders } from './list-orders.ts'
import { getSettings, setSettings } from './order-settings.ts'
import { printOrder } from './print-order.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import { quoteMaterials } from './quote-materials.ts'
import { annotateOrder, getOrder, getRevision, getStanding } from './read-order.ts'
import type { Rooms } from './rooms.ts'
import { approveOrder, sendBackOrder, submitOrder } from './submit-order.ts'

export const ordersRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    const { serve } = on
    /** Every step answers with the order as it stands after it. */
    const done = async (step: Promise<unknown>, ctx: Context, id: OrderId): Promise<Order> => {
      await step
      return getOrder(rooms, ctx, id)
    }
    serve(ordersApi.list, ({ ctx, query }) => listOrders(rooms, ctx, query))
    serve(ordersApi.counts, ({ ctx, query }) => countOrders(rooms, ctx, query.side))
    serve(ordersApi.get, ({ ctx, params }) => getOrder(rooms, ctx, params.id))
    serve(ordersApi.standing, ({ ctx, params }) => getStanding(rooms, ctx, params.id))
    serve(ordersApi.revision, ({ ctx, params, query }) => getRevision(rooms, ctx, params.id, params.no, query.against))
    serve(ordersApi.quote, ({ ctx, body }) => quoteMaterials(rooms, ctx, body))
    serve(ordersApi.termLimit, async ({ ctx, query }) => ({
      limit: await rooms.db.inTenant(ctx, (tx) => limitWith(rooms, tx, query.supplierId, ctx.now)),
    }))
    serve(ordersApi.create, async ({ ctx, body }) => getOrder(rooms, ctx, await createOrder(rooms, ctx, body)))
    serve(ordersApi.edit, ({ ctx, params, body }) => done(editDraft(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.submit, ({ ctx, params, body }) => done(submitOrder(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.approve, ({ ctx, params, body }) => done(approveOrder(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.sendBack, ({ ctx, params, body }) => done(sendBackOrder(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.propose, ({ ctx, params, body }) => done(proposeRevision(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.accept, ({ ctx, params, body }) => done(acceptProposal(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.reject, ({ ctx, params, body }) => done(rejectProposal(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.withdraw, ({ ctx, params, body }) => done(withdrawProposal(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.cancel, ({ ctx, params, body }) => done(proposeCancellation(rooms, ctx, params.id, body), ctx, params.id))
    serve(ordersApi.close, ({ ctx, params, body }) => done(closeOrder(rooms, ctx, params.id, body), ctx, params.id))
    on.serveFile(ordersApi.print, ({ ctx, params, query }) => printOrder(rooms, printing, ctx, params.id, query.paper))
    serve(ordersApi.settings, ({ ctx }) => getSettings(rooms, ctx))
    serve(ordersApi.setSettings, ({ ctx, body }) => setSettings(rooms, ctx, body))
    serve(ordersApi.annotate, ({ ctx, params, body }) => annotateOrder(rooms, ctx, params.id, body))
  }
