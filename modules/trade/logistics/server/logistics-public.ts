import { createHash } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { narrow, type OpaqueTx } from '#kernel/postgres.ts'
import { writeDecimal, ZERO } from '#values/decimal.ts'
import { logisticsErrors } from '../errors.ts'
import type { LogisticsPublic, LotToInspect, LotVerdict } from '../public.ts'
import type { ReceiptId } from '../receiving-contract.ts'
import { openClaim } from './claims.ts'
import { createShipment } from './draft-shipment.ts'
import { issueShipment } from './issue-shipment.ts'
import { setTimes } from './move-shipment.ts'
import { remainsOf } from './quarantine-rules.ts'
import { keptOf } from './receipt-store.ts'
import { receiveGoods } from './receive-goods.ts'
import { lockReceipt } from './return-goods.ts'
import type { Rooms } from './rooms.ts'
import { linesOf } from './shipment-store.ts'
import type { LogisticsTables } from './tables.ts'
import { takeOut } from './take-out.ts'

export const logisticsPublic = (rooms: Rooms): LogisticsPublic => ({
  lotsToInspect,
  settleLot: (tx, ctx, verdict) => settleLot(rooms, tx, ctx, verdict),
  ship: async (ctx, input) => {
    const { id, version } = await createShipment(rooms, ctx, input)
    return issueShipment(rooms, ctx, id, { version })
  },
  depart: (ctx, { id, version }, at) => setTimes(rooms, ctx, id, { version, departure: { kind: 'actual', at } }),
  receive: (ctx, input) => receiveGoods(rooms, ctx, input),
})

async function lotsToInspect(opaqueTx: OpaqueTx, receiptId: ReceiptId): Promise<LotToInspect[]> {
  const tx = narrow<LogisticsTables>(opaqueTx)
  const rows = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .innerJoin('logistics.line as l', 'l.id', 'r.line_id')
    .selectAll('r')
    .select(['g.number', 'g.received_at', 'g.shipment_id', 'g.shipment_number', 'g.supplier_name', 'g.supplier_name_en'])
    .select(['l.order_number', 'l.material_id', 'l.material_code', 'l.material_name', 'l.specification', 'l.unit'])
    .where('r.receipt_id', '=', receiptId)
    .where('g.buyer_org', '=', tx.orgId)
    .where('r.inspect', '=', true)
    .orderBy('r.position')
    .execute()
  return rows.flatMap((row) => {
    const { quarantine } = remainsOf(keptOf(row))
    if (quarantine === ZERO) return []
    return [
      {
        receiptLineId: row.id,
        receiptId: row.receipt_id,
        receiptNumber: row.number,
        receivedAt: row.received_at,
        shipmentId: row.shipment_id,
        shipmentNumber: row.shipment_number,
        supplierId: row.supplier_org,
        supplierName: row.supplier_name,
        supplierNameEn: row.supplier_name_en,
        orderNumber: row.order_number,
        materialId: row.material_id,
        materialCode: row.material_code,
        materialName: row.material_name,
        specification: row.specification,
        unit: row.unit,
        lot: row.lot,
        serial: row.serial,
        quantity: quarantine,
      },
    ]
  })
}

async function settleLot(rooms: Rooms, opaqueTx: OpaqueTx, ctx: Context, verdict: LotVerdict) {
  const tx = narrow<LogisticsTables>(opaqueTx)
  const held = await lockReceipt(tx, verdict.receiptId)
  const { key, receiptLineId, accepted, rejected, reason } = verdict
  const hash = createHash('sha256')
    .update(JSON.stringify([receiptLineId, writeDecimal(accepted), writeDecimal(rejected), reason]))
    .digest()
  const returnNumber = await takeOut(rooms, tx, ctx, held, {
    key,
    hash,
    reason,
    lines: [{ receiptLineId, released: accepted, back: rejected > ZERO ? [{ from: 'quarantine', quantity: rejected }] : [] }],
    inspected: true,
  })
  if (rejected === ZERO) return { returnNumber, claimNumber: null }
  const row = await tx.sql
    .selectFrom('logistics.receipt_line')
    .select('line_id')
    .where('id', '=', receiptLineId)
    .where('buyer_org', '=', tx.orgId)
    .executeTakeFirstOrThrow()
  const line = (await linesOf(tx, held.shipment.id)).find((one) => one.id === row.line_id)
  if (!line) throw logisticsErrors.notFound({ id: receiptLineId })
  const claimNumber = await openClaim(tx, ctx, held.shipment, held.receipt, { line, note: reason, kind: 'quality', quantity: rejected })
  return { returnNumber, claimNumber }
}
