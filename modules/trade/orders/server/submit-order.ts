import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { type OrderId, ordersEvents } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { deliveryOf, type OrderContent } from '../order-content.ts'
import { grossOf, limitOf } from './approval.ts'
import { needsApproval } from './approval-rules.ts'
import { changeDraft, type DraftRow, readDraft } from './buyer-store.ts'
import { newsOf, openOrder, stepOf } from './open-order.ts'
import { changeOrder, type OrderRow } from './order-store.ts'
import type { ProposalProblem } from './proposal-rules.ts'
import { putRevision } from './put-revision.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

interface Step {
  version: number
  note: string
}

/** Proposes the draft, or asks for approval first. Errors: orders.notFound, changedMeanwhile, notAllowedNow, proposalInvalid. */
export const submitOrder = (rooms: Rooms, ctx: Context, id: OrderId, step: Step) =>
  rooms.db.inTenant(ctx, (tx) => submitDraft(rooms, tx, ctx, id, step))

export async function submitDraft(rooms: Rooms, tx: OrdersTx, ctx: Context, id: OrderId, { version, note }: Step): Promise<OrderRow> {
  const { order, side } = await openOrder(tx, id, version)
  const next = stepOf(order, 'submit', side)
  const draft = await draftOf(tx, id)
  refusePassedDays(draft.content, chinaDay(ctx.now))
  const asks = needsApproval(grossOf(draft.content), draft.content.terms.currency, await limitOf(tx), undefined)
  await changeDraft(tx, id, {
    hand: ctx.actor.id,
    submitted_by: ctx.actor.name ?? ctx.actor.id,
    submitted_at: ctx.now,
    sent_back_note: null,
    ...(note && { note }),
  })
  if (!asks) return propose(rooms, tx, ctx, order, { ...draft, note: note || draft.note }, next)
  const waiting = await changeOrder(tx, id, stepOf(order, 'askApproval', side))
  await publish(tx, ctx, ordersEvents.awaitsApproval, id, newsOf(order))
  return waiting
}

/** Errors: orders.notFound, changedMeanwhile, notAllowedNow, ownApproval, proposalInvalid. */
export const approveOrder = (rooms: Rooms, ctx: Context, id: OrderId, { version, note }: Step) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const next = stepOf(order, 'approve', side)
    const draft = await draftOf(tx, id)
    if (draft.hands.includes(ctx.actor.id)) throw ordersErrors.ownApproval({ id })
    refusePassedDays(draft.content, chinaDay(ctx.now))
    await changeDraft(tx, id, {
      approved_by: ctx.actor.name ?? ctx.actor.id,
      approved_at: ctx.now,
      approved_amount: Number(grossOf(draft.content)),
    })
    return propose(rooms, tx, ctx, order, { ...draft, note: note || draft.note }, next)
  })

/** Errors: orders.notFound, changedMeanwhile, notAllowedNow. */
export const sendBackOrder = (rooms: Rooms, ctx: Context, id: OrderId, { version, note }: Step) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { order, side } = await openOrder(tx, id, version)
    const next = stepOf(order, 'sendBack', side)
    await changeDraft(tx, id, { sent_back_note: note })
    return changeOrder(tx, id, next)
  })

const propose = (
  rooms: Rooms,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  { content, note }: DraftRow,
  standing: ReturnType<typeof stepOf>,
) => putRevision(rooms, tx, ctx, order, { side: 'buyer', kind: 'order', content, note, standing })

async function draftOf(tx: OrdersTx, id: OrderId): Promise<DraftRow> {
  const draft = await readDraft(tx, id)
  if (!draft) throw new Error(`orders: the draft of ${id} is missing`)
  return draft
}

/** A draft may lie until its days have passed. */
function refusePassedDays(content: OrderContent, day: string): void {
  const problems = content.lines.flatMap((line) =>
    line.schedule.flatMap((schedule, i): ProposalProblem[] =>
      deliveryOf(schedule).day < day ? [{ line: line.no, added: null, delivery: i, code: 'dayPassed' }] : [],
    ),
  )
  if (problems.length > 0) throw ordersErrors.proposalInvalid({ problems })
}
