import type { Context } from '#kernel/context.ts'
import { DraftInput, type OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { Proposal } from '../proposal.ts'
import type { FirstStep, OrdersPublic } from '../public.ts'
import { acceptProposal, rejectProposal, withdrawProposal } from './answer-proposal.ts'
import { createOrder } from './create-order.ts'
import { askExpedite, promiseExpedite } from './expedite-delivery.ts'
import { readOrder, readRevision } from './order-store.ts'
import { proposeCancellation, proposeRevision } from './propose-revision.ts'
import type { Rooms } from './rooms.ts'
import { submitOrder } from './submit-order.ts'

/** Orders made and moved by other rooms and by first data, by the newest version. */
export const firstSteps = (rooms: Rooms): Pick<OrdersPublic, 'createDraft' | 'step'> => ({
  createDraft: (ctx, draft) => createOrder(rooms, ctx, DraftInput.parse(draft)),
  step: async (ctx, id, step) => {
    if (step.do === 'expedite' || step.do === 'promise') return expedite(rooms, ctx, id, step)
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
  Exclude<Extract<FirstStep, { reason: string }>, { line: number }>['do'],
  (rooms: Rooms, ctx: Context, id: OrderId, input: { version: number; reason: string }) => Promise<unknown>
> = { reject: rejectProposal, withdraw: withdrawProposal, cancel: proposeCancellation }

/** Errors: orders.notFound, expediteNotFound; as the endpoints. */
async function expedite(rooms: Rooms, ctx: Context, id: OrderId, step: Extract<FirstStep, { line: number }>): Promise<void> {
  const { scheduleLineId, asked } = await rooms.db.inTenant(ctx, async (tx) => {
    const line = await tx.sql
      .selectFrom('orders.schedule_line as s')
      .innerJoin('orders.line as l', 'l.id', 's.line_id')
      .leftJoin('orders.expedite as e', (join) => join.onRef('e.schedule_line_id', '=', 's.id').on('e.state', '=', 'asked'))
      .select(['s.id as scheduleLineId', 'e.id', 'e.version'])
      .where('l.order_id', '=', id)
      .where('s.line_no', '=', step.line)
      .where('s.schedule_no', '=', step.schedule)
      .executeTakeFirst()
    if (!line) throw ordersErrors.notFound({ id })
    return { scheduleLineId: line.scheduleLineId, asked: line.id && line.version ? { id: line.id, version: line.version } : undefined }
  })
  if (step.do === 'expedite') {
    await askExpedite(rooms, ctx, { scheduleLineId, wantedDay: step.day, reason: step.reason })
    return
  }
  if (!asked) throw ordersErrors.expediteNotFound({ id })
  await promiseExpedite(rooms, ctx, asked.id, { version: asked.version, day: step.day, note: step.note ?? '' })
}

const standing = ({ db }: Rooms, ctx: Context, id: OrderId) =>
  db.inTenant(ctx, async (tx) => {
    const order = await readOrder(tx, id)
    if (!order) throw ordersErrors.notFound({ id })
    const open = order.open_revision === null ? undefined : await readRevision(tx, id, order.open_revision)
    return { version: order.version, open }
  })
