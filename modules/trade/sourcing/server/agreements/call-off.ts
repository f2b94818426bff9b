import type { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import { decimal, sumOf, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import {
  type Agreement,
  type AgreementContent,
  type AgreementId,
  type agreementApi,
  agreementEvents,
  type CallOffLine,
  MAX_CALL_OFFS,
} from '../../agreement-contract.ts'
import { sourcingErrors } from '../../errors.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import { priceOf, sumOfLine, withinTarget } from './agreement-rules.ts'
import {
  type AgreementRow,
  type CallOffRow,
  callOffsOf,
  changeAgreement,
  openAgreement,
  revisionOf,
  tellAgreement,
} from './agreement-store.ts'
import { toAgreement } from './agreement-view.ts'
import { countedOf, progressOf } from './cumulative.ts'

type Wanted = z.output<typeof agreementApi.callOff.body>

/**
 * What is called off becomes an order at the agreed prices, proposed to the supplier in the same transaction.
 * Errors: sourcing.agreementNotFound, changedMeanwhile, notAllowedNow, lineUnknown, aboveTarget, tooManyCallOffs; and those of orders.
 */
export const callOff = (rooms: Rooms, ctx: Context, id: AgreementId, { version, note, lines }: Wanted): Promise<Agreement> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { row } = await openAgreement(tx, ctx, id, { version, action: 'callOff' })
    const { content } = await revisionOf(tx, row, row.agreed_revision)
    const before = await callOffsOf(tx, id)
    if (before.length >= MAX_CALL_OFFS) throw sourcingErrors.tooManyCallOffs({ most: MAX_CALL_OFFS })
    const priced = pricedLines(content, lines)
    await refuseAboveTarget(rooms, tx, content, before, priced)
    const orderId = await placeOrder(rooms, tx, ctx, row, { content, lines: priced, note })
    await tx.sql
      .insertInto('sourcing.call_off')
      .values({
        agreement_id: id,
        buyer_org: row.buyer_org,
        supplier_org: row.supplier_org,
        revision_no: row.agreed_revision ?? 0,
        no: null,
        lines: JSON.stringify(priced),
        order_id: orderId,
        note,
        made_at: ctx.now,
        released_at: null,
      })
      .execute()
    await release(rooms, tx, ctx, orderId)
    return toAgreement(rooms, tx, ctx, await changeAgreement(tx, id, {}))
  })

function pricedLines({ lines: agreed }: AgreementContent, wanted: Wanted['lines']): CallOffLine[] {
  if (new Set(wanted.map((line) => line.no)).size < wanted.length) throw sourcingErrors.lineUnknown()
  return wanted.map(({ no, schedule }, i) => {
    const line = agreed.find((one) => one.no === no)
    if (!line) throw sourcingErrors.lineUnknown({ line: no })
    const quantity = sumOf(schedule.map((slot) => decimal(slot.quantity)))
    const inOrder = schedule.toSorted((a, b) => (a.day < b.day ? -1 : 1))
    return { no, orderLine: i + 1, netPrice: priceOf(line, quantity), schedule: inOrder, quantity: writeDecimal(quantity), cumulative: '0' }
  })
}

async function refuseAboveTarget(
  rooms: Rooms,
  tx: SourcingTx,
  content: AgreementContent,
  before: readonly CallOffRow[],
  lines: readonly CallOffLine[],
): Promise<void> {
  const counted = countedOf(await progressOf(rooms, opaque(tx), before), before)
  for (const { no, quantity, netPrice } of lines) {
    const line = content.lines.find((one) => one.no === no)
    const sum = sumOfLine(no, content.currency, counted)
    if (line && !withinTarget(line, content, sum, { quantity: decimal(quantity), netPrice })) throw sourcingErrors.aboveTarget({ line: no })
  }
}

async function placeOrder(
  { orders }: Rooms,
  tx: SourcingTx,
  ctx: Context,
  row: AgreementRow,
  { content, lines, note }: { content: AgreementContent; lines: readonly CallOffLine[]; note: string },
): Promise<OrderId> {
  const { terms, responseHours } = await orders.defaults(opaque(tx))
  const { deliverTo, paymentTerms, paymentDays, currency } = content
  const draft = {
    supplierId: row.supplier_org,
    consigned: content.consigned ?? false,
    terms: { ...terms, currency, deliverTo, paymentTerms, paymentDays },
    responseHours,
    note,
    lines: lines.flatMap(({ no, netPrice, schedule }) => {
      const line = content.lines.find((one) => one.no === no)
      return line ? [{ materialId: line.materialId, unit: line.unit, netPrice, taxRate: line.taxRate, schedule }] : []
    }),
  }
  return orders.place(opaque(tx), ctx, draft, row.number)
}

/** Once its order stands before the supplier, a call-off gets its number and says what was called off with it in all; then it stands for good. */
async function release(rooms: Rooms, tx: SourcingTx, ctx: Context, orderId: OrderId): Promise<void> {
  const found = await tx.sql
    .selectFrom('sourcing.call_off')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('order_id', '=', orderId)
    .where('released_at', 'is', null)
    .executeTakeFirst()
  if (!found) return
  const order = (await rooms.orders.progress(opaque(tx), [orderId])).get(orderId)
  if (!order || order.lines.size === 0) return
  const row = await tx.sql
    .selectFrom('sourcing.agreement')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', found.agreement_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const all = await callOffsOf(tx, row.id)
  // Two who release it at once wait for each other at the agreement.
  if (!all.some((one) => one.order_id === orderId && one.released_at === null)) return
  const released = all.filter((one) => one.released_at !== null || one.order_id === orderId)
  const counted = countedOf(await progressOf(rooms, opaque(tx), released), released)
  const lines = found.lines.map((line) => {
    const { schedule = [], committed = 0n } = order.lines.get(line.orderLine) ?? {}
    const cumulative = writeDecimal(sumOfLine(line.no, row.currency, counted).calledOff)
    return { ...line, schedule, quantity: writeDecimal(committed), cumulative }
  })
  const no = row.last_release + 1
  await tx.sql
    .updateTable('sourcing.call_off')
    .set({ no, lines: JSON.stringify(lines), released_at: ctx.now })
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', found.id)
    .execute()
  await changeAgreement(tx, row.id, { last_release: no })
  await tellAgreement(tx, ctx, agreementEvents.calledOff, row, { no, orderId })
}

export interface ReleaseParts extends Rooms {
  organisations: Rooms['organisations'] & Pick<OrganisationsPublic, 'facts'>
  clock: Clock
}

/** An order that waited for an approval is proposed: what it was called off by is released. A repetition finds it released. */
export const releaseCallOff = (parts: ReleaseParts): Subscription => ({
  name: 'sourcing.releaseCallOff',
  event: 'orders.proposed',
  handle: async (event: Delivered<{ orderId: OrderId; buyerOrg: OrgId }>) => {
    const buyer = await parts.organisations.facts(event.payload.buyerOrg)
    if (!buyer?.active) return
    const ctx = backgroundContext(buyer, { kind: 'job', id: 'sourcing.releaseCallOff' }, event.trace, parts.clock.now())
    await parts.db.inTenant(ctx, (tx) => release(parts, tx, ctx, event.payload.orderId))
  },
})
