import type { Context } from '#kernel/context.ts'
import { DraftInput, type OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { Proposal } from '../proposal.ts'
import type { FirstStep, OrdersPublic } from '../public.ts'
import { acceptProposal, rejectProposal, withdrawProposal } from './answer-proposal.ts'
import { createOrder } from './create-order.ts'
import { readOrder, readRevision } from './order-store.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import type { Rooms } from './rooms.ts'
import { submitOrder } from './submit-order.ts'

/** Orders made and moved by other rooms and by first data, by the newest version. */
export const firstSteps = (rooms: Rooms): Pick<OrdersPublic, 'createDraft' | 'step'> => ({
  createDraft: (ctx, draft) => createOrder(rooms, ctx, DraftInput.parse(draft)),
  step: async (ctx, id, step) => {
    const { version, open } = await standing(rooms, ctx, id)
    switch (step.do) {
      case 'submit':
        await submitOrder(rooms, ctx, id, { version, note: step.note ?? '' })
        return
      case 'accept':
        if (!open) throw ordersErrors.notAllowedNow({ id })
        await acceptProposal(rooms, ctx, id, { version, revision: open.no, hash: open.hash })
        return
      case 'propose':
        await proposeRevision(rooms, ctx, id, { version, note: step.note ?? '', proposal: Proposal.parse(step.proposal) })
        return
      default:
        await ending[step.do](rooms, ctx, id, { version, reason: step.reason })
    }
  },
})

const ending: Record<
  Extract<FirstStep, { reason: string }>['do'],
  (rooms: Rooms, ctx: Context, id: OrderId, input: { version: number; reason: string }) => Promise<unknown>
> = { reject: rejectProposal, withdraw: withdrawProposal, cancel: proposeCancellation }

const standing = ({ db }: Rooms, ctx: Context, id: OrderId) =>
  db.inTenant(ctx, async (tx) => {
    const order = await readOrder(tx, id)
    if (!order) throw ordersErrors.notFound({ id })
    const open = order.open_revision === null ? undefined : await readRevision(tx, id, order.open_revision)
    return { version: order.version, open }
  })
