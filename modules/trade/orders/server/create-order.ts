import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrganisationLabel } from '#modules/foundation/organisations/public.ts'
import { chinaDay } from '#values/instant.ts'
import type { DraftInput, OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import type { OrderContent, Terms } from '../order-content.ts'
import type { NewLine } from '../proposal.ts'
import { insertDraft } from './buyer-store.ts'
import { headOf, insertOrder } from './order-store.ts'
import { type AddedLine, applyProposal } from './proposal-rules.ts'
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
  const { responseHours, urgent, note } = input
  const order = await insertDraftOrder(tx, ctx, { supplierId: input.supplierId, own, supplier, content, responseHours, urgent, note })
  return order.id
}

interface PreparedDraft extends Pick<DraftInput, 'supplierId' | 'responseHours' | 'urgent' | 'note'> {
  own: OrganisationLabel
  supplier: OrganisationLabel
  content: OrderContent
}

/** A draft whose content is made and whose supplier is one. */
export async function insertDraftOrder(tx: OrdersTx, ctx: Context, draft: PreparedDraft) {
  const { own, supplier, content } = draft
  const order = await insertOrder(tx, {
    number: await nextNumber(opaque(tx), 'PO', chinaDay(ctx.now)),
    buyer_org: tx.orgId,
    supplier_org: draft.supplierId,
    buyer_name: own.name,
    buyer_name_en: own.nameEn,
    supplier_name: supplier.name,
    supplier_name_en: supplier.nameEn,
    state: 'draft',
    turn: null,
    response_hours: draft.responseHours,
    respond_by: null,
    agreed_revision: null,
    open_revision: null,
    ...headOf(content),
    next_day: null,
    urgent: draft.urgent,
    created_at: ctx.now,
    created_by: ctx.actor.name ?? null,
    proposed_at: null,
    agreed_at: null,
    first_shipped_at: null,
    ended_at: null,
    end_reason: null,
  })
  await insertDraft(tx, order.id, { content, note: draft.note, person: ctx.actor.name ?? ctx.actor.id, personId: ctx.actor.id })
  return order
}

async function firstContent(rooms: Rooms, tx: OrdersTx, ctx: Context, input: DraftInput, reference?: string): Promise<OrderContent> {
  const parties = { supplier: input.supplierId, currency: input.terms.currency }
  const resolved = await resolveLines(rooms, tx, ctx, parties, input.lines)
  if ('problems' in resolved) throw ordersErrors.proposalInvalid({ problems: resolved.problems })
  const made = firstContentOf(
    { ...input.terms, ...(reference !== undefined && { reference }), titlePasses: input.consigned ? 'usage' : 'acceptance' },
    input.lines,
    resolved.added,
    chinaDay(ctx.now),
  )
  if ('problems' in made) throw ordersErrors.proposalInvalid({ problems: made.problems })
  return made.content
}

/** The content of a new order; `added`: the facts of its lines. */
export const firstContentOf = (terms: Terms, lines: readonly NewLine[], added: readonly AddedLine[], today: string) =>
  applyProposal(
    { terms, lines: [] },
    { terms: null, lines: [], added: [...lines] },
    { side: 'buyer', today, added, highest: { line: 0, schedule: new Map() } },
  )
