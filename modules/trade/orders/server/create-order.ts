import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { opaque } from '#kernel/postgres.ts'
import { chinaDay } from '#values/instant.ts'
import type { DraftInput, OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderContent } from '../order-content.ts'
import { insertDraft } from './buyer-store.ts'
import { headOf, insertOrder } from './order-store.ts'
import { applyProposal } from './proposal-rules.ts'
import { resolveLines } from './resolve-lines.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

/** Errors: orders.noSupplier, orders.proposalInvalid, orders.priceNotAllowed. */
export const createOrder = (rooms: Rooms, ctx: Context, input: DraftInput): Promise<OrderId> =>
  rooms.db.inTenant(ctx, (tx) => makeDraft(rooms, tx, ctx, input))

/** `reference`: what it follows from. */
export async function makeDraft(rooms: Rooms, tx: OrdersTx, ctx: Context, input: DraftInput, reference?: string): Promise<OrderId> {
  const { organisations } = rooms
  const day = chinaDay(ctx.now)
  const relation = await organisations.relationWith(opaque(tx), input.supplierId, day)
  if (relation?.kind !== 'supply' || relation.side !== 'buyer') throw ordersErrors.noSupplier({ supplierId: input.supplierId })
  const names = await organisations.labels(opaque(tx), [tx.orgId, input.supplierId])
  const [own, supplier] = [names.get(tx.orgId), names.get(input.supplierId)]
  if (!own || !supplier) throw ordersErrors.noSupplier({ supplierId: input.supplierId })
  const content = await firstContent(rooms, tx, ctx, input, reference)
  const order = await insertOrder(tx, {
    number: await nextNumber(opaque(tx), 'PO', day),
    buyer_org: tx.orgId,
    supplier_org: input.supplierId,
    buyer_name: own.name,
    buyer_name_en: own.nameEn,
    supplier_name: supplier.name,
    supplier_name_en: supplier.nameEn,
    state: 'draft',
    turn: null,
    response_hours: input.responseHours,
    respond_by: null,
    agreed_revision: null,
    open_revision: null,
    ...headOf(content),
    next_day: null,
    urgent: input.urgent,
    created_at: ctx.now,
    created_by: ctx.actor.name ?? null,
    proposed_at: null,
    agreed_at: null,
    first_shipped_at: null,
    ended_at: null,
    end_reason: null,
  })
  await insertDraft(tx, order.id, { content, note: input.note, person: ctx.actor.name ?? ctx.actor.id, personId: ctx.actor.id })
  return order.id
}

async function firstContent(rooms: Rooms, tx: OrdersTx, ctx: Context, input: DraftInput, reference?: string): Promise<OrderContent> {
  const parties = { supplier: input.supplierId, currency: input.terms.currency }
  const resolved = await resolveLines(rooms, tx, ctx, parties, input.lines)
  if ('problems' in resolved) throw ordersErrors.proposalInvalid({ problems: resolved.problems })
  const facts = { side: 'buyer' as const, today: chinaDay(ctx.now), added: resolved.added, highest: { line: 0, schedule: new Map() } }
  const made = applyProposal(
    { terms: { ...input.terms, titlePasses: 'acceptance', ...(reference !== undefined && { reference }) }, lines: [] },
    { terms: null, lines: [], added: input.lines },
    facts,
  )
  if ('problems' in made) throw ordersErrors.proposalInvalid({ problems: made.problems })
  return made.content
}
