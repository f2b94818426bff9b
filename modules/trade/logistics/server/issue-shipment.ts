import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents, type Shipment, type ShipmentId } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import { takeSerials } from './pack-codes.ts'
import type { Rooms } from './rooms.ts'
import { sendStock } from './send-stock.ts'
import { mostToShip, step } from './shipment-rules.ts'
import { changeShipment, linesOf, lockShipment, packsOf, partsOf, type ShipmentRow, sideOf } from './shipment-store.ts'
import { shipmentView } from './shipment-view.ts'
import type { LogisticsTx } from './tables.ts'

/** Number, codes of the packing units, counters of the order, the supplier's stock into transit: all or none. Errors: see the contract. */
export const issueShipment = (rooms: Rooms, ctx: Context, id: ShipmentId, { version }: { version: number }): Promise<Shipment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const draft = await lockShipment(tx, id)
    if (!draft) throw logisticsErrors.notFound({ id })
    if (step(draft.state, 'issue', sideOf(tx, draft)).kind !== 'to') throw logisticsErrors.notAllowedNow({ state: draft.state })
    if (draft.version !== version) throw logisticsErrors.changedMeanwhile({ id, version: draft.version })
    await countShipped(rooms, tx, ctx, draft)
    await numberPacks(tx, ctx, draft)
    for (const part of ['line', 'content', 'pack', 'shipment_container'] as const)
      await tx.sql
        .updateTable(`logistics.${part}`)
        .set({ issued: true })
        .where('shipment_id', '=', id)
        .where('issued', '=', false)
        .execute()
    const number = await nextNumber(opaque(tx), 'SN', chinaDay(ctx.now))
    const issued = await changeShipment(tx, id, {
      state: 'issued',
      number,
      issued_at: ctx.now,
      search_text: `${number} ${draft.search_text}`.toLowerCase(),
    })
    await sendStock(rooms, tx, ctx, issued)
    await publish(tx, ctx, logisticsEvents.issued, id, { ...newsOf(issued), arrivalAt: issued.arrival_at.toISOString() })
    return shipmentView(await partsOf(tx, issued), ctx.orgId)
  })

/** The draft may be older than the last amendment or another notice of the same line. */
async function countShipped(rooms: Rooms, tx: LogisticsTx, ctx: Context, draft: ShipmentRow): Promise<void> {
  const lines = await linesOf(tx, draft.id)
  const agreed = new Map(
    (
      await rooms.orders.lockScheduleLines(
        opaque(tx),
        lines.map((line) => line.schedule_line_id),
      )
    ).map((line) => [line.id, line]),
  )
  for (const line of lines) {
    const now = agreed.get(line.schedule_line_id)
    if (!now || decimal(line.quantity) > mostToShip(now)) throw logisticsErrors.lineNotShippable({ line: line.line_no })
  }
  await rooms.orders.addShipped(
    opaque(tx),
    ctx,
    lines.map((line) => ({ id: line.schedule_line_id, quantity: decimal(line.quantity) })),
  )
}

async function numberPacks(tx: LogisticsTx, ctx: Context, draft: ShipmentRow): Promise<void> {
  const packs = await packsOf(tx, draft.id)
  const codes = await takeSerials(tx, ctx, packs.length)
  for (const [i, pack] of packs.entries())
    await tx.sql
      .updateTable('logistics.pack')
      .set({ sscc: codes[i] ?? null })
      .where('id', '=', pack.id)
      .where('supplier_org', '=', tx.orgId)
      .execute()
}

export const newsOf = (row: ShipmentRow) => ({
  shipmentId: row.id,
  number: row.number ?? '',
  buyerId: row.buyer_org,
  supplierId: row.supplier_org,
  buyerName: row.buyer_name,
  supplierName: row.supplier_name,
})
