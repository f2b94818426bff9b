import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { opaque } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import type { Draft, RequestDetail, RequestId, RequestLine } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { lockRequest } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTx } from './tables.ts'
import { toDetail } from './views.ts'

/** Lines with what the catalogue says of them now. Errors: sourcing.materialUnknown. */
async function linesOf({ materials }: Rooms, tx: SourcingTx, { lines }: Pick<Draft, 'lines'>): Promise<RequestLine[]> {
  const facts = await materials.facts(
    opaque(tx),
    lines.map((line) => line.materialId),
  )
  const factors = await materials.unitFactors(opaque(tx), lines)
  return lines.map((line, i) => {
    const known = facts.get(line.materialId)
    if (!known || known.retired || factors[i] === undefined) throw sourcingErrors.materialUnknown({ line: i + 1 })
    const { code, name, specification } = known
    return {
      no: i + 1,
      materialId: line.materialId,
      code,
      name,
      specification,
      unit: line.unit,
      quantity: line.quantity,
      day: line.day,
      note: line.note,
    }
  })
}

/** Errors: sourcing.noSupplier. */
export async function mustBeSuppliers({ organisations }: Rooms, tx: SourcingTx, ctx: Context, ids: Draft['supplierIds']): Promise<void> {
  for (const id of ids) {
    const relation = await organisations.relationWith(opaque(tx), id, chinaDay(ctx.now))
    if (relation?.kind !== 'supply' || relation.side !== 'buyer') throw sourcingErrors.noSupplier({ supplierId: id })
  }
}

async function columnsOf(rooms: Rooms, tx: SourcingTx, ctx: Context, draft: Draft) {
  const supplierIds = [...new Set(draft.supplierIds)]
  await mustBeSuppliers(rooms, tx, ctx, supplierIds)
  return {
    title: draft.title,
    currency: draft.currency,
    deadline: new Date(draft.deadline),
    deliver_to: draft.deliverTo,
    note: draft.note,
    lines: JSON.stringify(await linesOf(rooms, tx, draft)),
    supplier_ids: supplierIds,
  }
}

export const createRequest = (rooms: Rooms, ctx: Context, draft: Draft): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .insertInto('sourcing.request')
      .values({
        org_id: tx.orgId,
        ...(await columnsOf(rooms, tx, ctx, draft)),
        number: await nextNumber(opaque(tx), 'RFQ', chinaDay(ctx.now)),
        state: 'draft',
        reason: null,
        created_at: ctx.now,
        created_by: ctx.actor.name ?? null,
        published_at: null,
        ended_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return toDetail(rooms, tx, ctx, row)
  })

export const updateRequest = (
  rooms: Rooms,
  ctx: Context,
  id: RequestId,
  { version, ...draft }: Draft & { version: number },
): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    await lockRequest(tx, ctx, id, { version, action: 'change' })
    const columns = await columnsOf(rooms, tx, ctx, draft)
    const row = await tx.sql
      .updateTable('sourcing.request')
      .set((eb) => ({ ...columns, version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return toDetail(rooms, tx, ctx, row)
  })
