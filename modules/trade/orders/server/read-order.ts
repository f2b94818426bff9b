import type { Context } from '#kernel/context.ts'
import { diffContents } from '../content-diff.ts'
import type { Annex, Order, OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { readAnnex, readDraft, writeAnnex } from './buyer-store.ts'
import { limitExceeded } from './limit-term.ts'
import { readOrder, readRevision, readStanding, revisionsOf, signaturesOf } from './order-store.ts'
import { orderView, revisionView } from './order-view.ts'
import { scheduleOf } from './projection-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** Errors: orders.notFound, also for a supplier whom it was not proposed to yet. */
export const getOrder = (rooms: Pick<Rooms, 'db' | 'termLimit'>, ctx: Context, id: OrderId): Promise<Order> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const order = await readOrder(tx, id)
    if (!order) throw ordersErrors.notFound({ id })
    const view = orderView(
      {
        order,
        revisions: await revisionsOf(tx, id),
        signatures: await signaturesOf(tx, id),
        schedule: await scheduleOf(tx, id),
        annex: await annexOf(tx, id),
        draft: await readDraft(tx, id),
      },
      ctx,
    )
    const { paymentDays } = (view.openContent ?? view.content).terms
    return { ...view, termLimit: await limitExceeded(rooms, tx, order, paymentDays, ctx.now) }
  })

/** Errors: orders.notFound. */
export const getStanding = (rooms: Pick<Rooms, 'db'>, ctx: Context, id: OrderId): Promise<{ version: number; expedites: number }> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const standing = await readStanding(tx, id)
    if (!standing) throw ordersErrors.notFound({ id })
    return standing
  })

/** Errors: orders.notFound, orders.unknownRevision. */
export const getRevision = (rooms: Pick<Rooms, 'db'>, ctx: Context, id: OrderId, no: number, against: number | undefined) =>
  rooms.db.inTenant(ctx, async (tx) => {
    if (!(await readOrder(tx, id))) throw ordersErrors.notFound({ id })
    const revision = await readRevision(tx, id, no)
    const other = against ?? no - 1
    const before = other > 0 ? await readRevision(tx, id, other) : undefined
    if (!revision || (against !== undefined && !before)) throw ordersErrors.unknownRevision({ id, no: revision ? other : no })
    return {
      revision: revisionView(revision, await signaturesOf(tx, id)),
      content: revision.content,
      against: before?.no ?? null,
      changes: before ? diffContents(before.content, revision.content) : [],
    }
  })

async function annexOf(tx: OrdersTx, id: OrderId): Promise<Annex> {
  const row = await readAnnex(tx, id)
  return { note: row?.note ?? '', costObject: row?.cost_object ?? '', ownNumber: row?.own_number ?? '', version: row?.version ?? 0 }
}

/** The own side's annex. Errors: orders.notFound, orders.changedMeanwhile. */
export const annotateOrder = (rooms: Pick<Rooms, 'db'>, ctx: Context, id: OrderId, { version, note, costObject, ownNumber }: Annex) =>
  rooms.db.inTenant(ctx, async (tx) => {
    if (!(await readOrder(tx, id))) throw ordersErrors.notFound({ id })
    const stands = (await readAnnex(tx, id))?.version ?? 0
    const row = stands === version && (await writeAnnex(tx, id, version, { note, cost_object: costObject, own_number: ownNumber }))
    if (!row) throw ordersErrors.changedMeanwhile({ id, version: stands })
    return { note, costObject, ownNumber, version: row.version }
  })
