import type { Selectable } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import type { GoodsReturn, Receipt, ReceiptId, ReceiptInput, ReceiptLine } from '../receiving-contract.ts'
import { buyerView, supplierView } from './parties.ts'
import { type Kept, remainsOf } from './quarantine-rules.ts'
import type { TakenLine } from './receive-goods.ts'
import type { ShipmentRow } from './shipment-store.ts'
import { sideOf } from './shipment-store.ts'
import { shortest } from './shipment-view.ts'
import type { LogisticsTx, ReceiptLineTable, ReceiptTable } from './tables.ts'

export type ReceiptRow = Selectable<ReceiptTable>

export const findByKey = (tx: LogisticsTx, key: string) =>
  tx.sql.selectFrom('logistics.receipt').selectAll().where('buyer_org', '=', tx.orgId).where('receipt_key', '=', key).executeTakeFirst()

interface NewReceipt {
  id: ReceiptId
  shipment: ShipmentRow
  day: string
  number: string
  input: ReceiptInput
  hash: Buffer
  receivedAt: Date
  warehouseId: LocationId
  warehouseName: string
}

export async function insertReceipt(tx: LogisticsTx, ctx: Context, receipt: NewReceipt, lines: readonly TakenLine[]): Promise<ReceiptRow> {
  const { shipment, input } = receipt
  const row = await tx.sql
    .insertInto('logistics.receipt')
    .values({
      id: receipt.id,
      buyer_org: shipment.buyer_org,
      supplier_org: shipment.supplier_org,
      buyer_name: shipment.buyer_name,
      buyer_name_en: shipment.buyer_name_en,
      supplier_name: shipment.supplier_name,
      supplier_name_en: shipment.supplier_name_en,
      number: receipt.number,
      shipment_id: shipment.id,
      shipment_number: shipment.number ?? '',
      receipt_key: input.receiptKey,
      content_hash: receipt.hash,
      day: receipt.day,
      received_at: receipt.receivedAt,
      received_by: ctx.actor.name ?? null,
      warehouse_id: receipt.warehouseId,
      warehouse_name: receipt.warehouseName,
      signed_by: input.signedBy,
      over_reason: input.overReason,
      note: input.note,
      finished: input.finish,
      created_at: ctx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const rows = lines.flatMap(({ line, rows: taken }) =>
    taken.map(({ id, input: given, excess, inspect }) => ({
      id,
      receipt_id: receipt.id,
      buyer_org: shipment.buyer_org,
      supplier_org: shipment.supplier_org,
      line_id: line.id,
      accepted: given.accepted,
      quarantined: given.quarantined,
      damaged: given.damaged,
      wrong: given.wrong,
      excess: writeDecimal(excess),
      inspect,
      lot: given.lot,
      serial: given.serial,
      expires_on: given.expiresOn,
      note: given.note,
    })),
  )
  if (rows.length > 0)
    await tx.sql
      .insertInto('logistics.receipt_line')
      .values(rows.map((one, position) => ({ ...one, position })))
      .execute()
  return row
}

const linesOfReceipt = (tx: LogisticsTx, id: ReceiptId) =>
  tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.line as l', 'l.id', 'r.line_id')
    .selectAll('r')
    .select(['l.line_no', 'l.order_number', 'l.material_id', 'l.material_code', 'l.material_name', 'l.unit'])
    .where('r.receipt_id', '=', id)
    .orderBy('r.position')
    .execute()

export async function receiptView(tx: LogisticsTx, row: ReceiptRow): Promise<Receipt> {
  const lines = await linesOfReceipt(tx, row.id)
  const proofs = await tx.sql
    .selectFrom('logistics.proof')
    .select(['id', 'name', 'media_type', 'bytes'])
    .where('receipt_id', '=', row.id)
    .orderBy('added_at')
    .execute()
  const side = sideOf(tx, row)
  return {
    id: row.id,
    number: row.number,
    shipmentId: row.shipment_id,
    shipmentNumber: row.shipment_number,
    buyer: buyerView(row),
    supplier: supplierView(row),
    side,
    day: row.day,
    receivedAt: row.received_at.toISOString(),
    receivedBy: side === 'buyer' ? row.received_by : null,
    warehouse: row.warehouse_name,
    signedBy: row.signed_by,
    overReason: row.over_reason,
    note: row.note,
    finished: row.finished,
    lines: lines.map(
      (line): ReceiptLine => ({
        id: line.id,
        lineId: line.line_id,
        lineNo: line.line_no,
        orderNumber: line.order_number,
        materialId: line.material_id,
        materialCode: line.material_code,
        materialName: line.material_name,
        unit: line.unit,
        accepted: shortest(line.accepted),
        quarantined: shortest(line.quarantined),
        damaged: shortest(line.damaged),
        wrong: shortest(line.wrong),
        excess: shortest(line.excess),
        returned: shortest(line.returned),
        released: shortest(line.released),
        excessReturned: shortest(line.excess_returned),
        excessKept: shortest(line.excess_kept),
        damagedKept: shortest(line.damaged_kept),
        inspect: line.inspect,
        remains: remainsView(line),
        lot: line.lot,
        serial: line.serial,
        expiresOn: line.expires_on,
        note: line.note,
      }),
    ),
    proofs: proofs.map((proof) => ({ id: proof.id, name: proof.name, mediaType: proof.media_type, bytes: proof.bytes })),
  }
}

function remainsView(line: Selectable<ReceiptLineTable>): ReceiptLine['remains'] {
  const left = remainsOf(keptOf(line))
  return { warehouse: writeDecimal(left.warehouse), quarantine: writeDecimal(left.quarantine), excess: writeDecimal(left.excess) }
}

export const keptOf = (row: Selectable<ReceiptLineTable>): Kept => ({
  inspect: row.inspect,
  accepted: decimal(row.accepted),
  quarantined: decimal(row.quarantined),
  excess: decimal(row.excess),
  released: decimal(row.released),
  returned: decimal(row.returned),
  returnedApart: decimal(row.returned_apart),
  excessReturned: decimal(row.excess_returned),
  excessKept: decimal(row.excess_kept),
  excessKeptBack: decimal(row.excess_kept_back),
  damagedKept: decimal(row.damaged_kept),
})

export async function receiptsOf(tx: LogisticsTx, id: ShipmentId): Promise<Receipt[]> {
  const rows = await tx.sql.selectFrom('logistics.receipt').selectAll().where('shipment_id', '=', id).orderBy('created_at').execute()
  const receipts: Receipt[] = []
  for (const row of rows) receipts.push(await receiptView(tx, row))
  return receipts
}

const returnRows = (tx: LogisticsTx) =>
  tx.sql
    .selectFrom('logistics.goods_return as g')
    .innerJoin('logistics.receipt as r', 'r.id', 'g.receipt_id')
    .selectAll('g')
    .select(['r.number as receipt_number'])

export async function returnsOf(
  tx: LogisticsTx,
  of: { shipmentId: ShipmentId } | { key: string },
): Promise<(GoodsReturn & { hash: Buffer })[]> {
  const rows =
    'key' in of
      ? await returnRows(tx).where('g.buyer_org', '=', tx.orgId).where('g.return_key', '=', of.key).execute()
      : await returnRows(tx).where('r.shipment_id', '=', of.shipmentId).orderBy('g.created_at').execute()
  const returns: (GoodsReturn & { hash: Buffer })[] = []
  for (const row of rows) {
    const lines = await tx.sql
      .selectFrom('logistics.goods_return_line as g')
      .innerJoin('logistics.receipt_line as r', 'r.id', 'g.receipt_line_id')
      .innerJoin('logistics.line as l', 'l.id', 'r.line_id')
      .select(['g.quantity', 'g.taken_from', 'l.material_code', 'l.material_name', 'l.unit'])
      .where('g.return_id', '=', row.id)
      .orderBy('l.line_no')
      .execute()
    returns.push({
      id: row.id,
      number: row.number,
      receiptId: row.receipt_id,
      receiptNumber: row.receipt_number,
      day: row.day,
      reason: row.reason,
      hash: row.content_hash,
      lines: lines.map((line) => ({
        materialCode: line.material_code,
        materialName: line.material_name,
        unit: line.unit,
        quantity: writeDecimal(decimal(line.quantity)),
        from: line.taken_from,
      })),
    })
  }
  return returns
}
