import { backgroundContext, type Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LotToInspect } from '#modules/trade/logistics/public.ts'
import { writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Rooms } from './rooms.ts'

type ReceiptId = LotToInspect['receiptId']
type Parts = Pick<Rooms, 'db' | 'organisations' | 'logistics' | 'clock'>

/** What came in and must be inspected waits in the buyer's list. A repetition finds its rows there already. */
export const awaitInspection = (parts: Parts): Subscription => ({
  name: 'quality.awaitInspection',
  event: 'logistics.received',
  handle: async (event: Delivered<{ receiptId: ReceiptId; buyerId: OrgId }>) => {
    const buyer = await parts.organisations.facts(event.payload.buyerId)
    if (!buyer?.active) return
    const ctx = backgroundContext(buyer, { kind: 'job', id: 'quality.awaitInspection' }, event.trace, parts.clock.now())
    await noteLots(parts, ctx, event.payload.receiptId)
  },
})

export const noteLots = ({ db, logistics }: Pick<Rooms, 'db' | 'logistics'>, ctx: Context, receiptId: ReceiptId): Promise<void> =>
  db.inTenant(ctx, async (tx) => {
    const lots = await logistics.lotsToInspect(opaque(tx), receiptId)
    if (lots.length === 0) return
    const known = await tx.sql
      .selectFrom('quality.inspection')
      .select('receipt_line_id')
      .where('org_id', '=', tx.orgId)
      .where(
        'receipt_line_id',
        'in',
        lots.map((lot) => lot.receiptLineId),
      )
      .execute()
    const there = new Set(known.map((row) => row.receipt_line_id))
    for (const lot of lots.filter((one) => !there.has(one.receiptLineId))) {
      const number = await nextNumber(opaque(tx), 'IQ', chinaDay(lot.receivedAt))
      const words = [number, lot.receiptNumber, lot.shipmentNumber, lot.orderNumber, lot.supplierName, lot.materialCode, lot.materialName]
      await tx.sql
        .insertInto('quality.inspection')
        .values({
          org_id: tx.orgId,
          number,
          receipt_line_id: lot.receiptLineId,
          receipt_id: lot.receiptId,
          receipt_number: lot.receiptNumber,
          received_at: lot.receivedAt,
          shipment_id: lot.shipmentId,
          shipment_number: lot.shipmentNumber,
          supplier_org: lot.supplierId,
          supplier_name: lot.supplierName,
          supplier_name_en: lot.supplierNameEn,
          order_number: lot.orderNumber,
          material_id: lot.materialId,
          material_code: lot.materialCode,
          material_name: lot.materialName,
          specification: lot.specification,
          unit: lot.unit,
          lot: lot.lot,
          serial: lot.serial,
          quantity: writeDecimal(lot.quantity),
          search_text: [...words, lot.lot, lot.serial].filter(Boolean).join(' ').toLowerCase(),
        })
        .execute()
    }
  })
