import type { Context } from '#kernel/context.ts'
import type { OrderId } from '../contract.ts'
import type { Proposal } from '../proposal.ts'
import { changeDraft, readDraft } from './buyer-store.ts'
import { makeContent } from './make-content.ts'
import { openOrder, stepOf } from './open-order.ts'
import { changeOrder, headOf } from './order-store.ts'
import type { Rooms } from './rooms.ts'

interface Edit {
  version: number
  proposal: Proposal
  responseHours?: number | undefined
  urgent?: boolean | undefined
  note?: string | undefined
}

/** Errors: orders.notFound, changedMeanwhile, notAllowedNow, proposalInvalid, priceNotAllowed. */
export const editDraft = (rooms: Rooms, ctx: Context, id: OrderId, { version, proposal, responseHours, urgent, note }: Edit) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const standing = stepOf(order, 'edit', side)
    const draft = await readDraft(tx, id)
    if (!draft) throw new Error(`orders: the draft of ${id} is missing`)
    const content = await makeContent(rooms, tx, ctx, order, { base: draft.content, proposal, side })
    await changeDraft(tx, id, { content, hand: ctx.actor.id, ...(note !== undefined && { note }) })
    await changeOrder(tx, id, {
      ...standing,
      ...headOf(content),
      ...(responseHours !== undefined && { response_hours: responseHours }),
      ...(urgent !== undefined && { urgent }),
    })
  })
