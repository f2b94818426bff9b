import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, multiply, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { ReceiptLineId, ReturnId } from '../receiving-contract.ts'
import { newsOf } from './issue-shipment.ts'
import { accruedLine, ownershipOf } from './post-receipt.ts'
import { beyondOrderOf, mayTake, type Taking } from './quarantine-rules.ts'
import { keptOf, type ReceiptRow } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import type { ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

/** Of one row of a receipt: out of quarantine onto the shelf, and back to the supplier. */
export interface TakenOut {
  receiptLineId: ReceiptLineId
  released: Decimal
  back: readonly Taking[]
}

export interface TakeOut {
  /** Made by whoever asks: once per key. */
  key: string
  hash: Buffer
  /** Of the return, for both sides to read. */
  reason: string
  lines: readonly TakenOut[]
  /** Of quality alone: rows that wait for inspection. */
  inspected: boolean
}

interface Going extends TakenOut {
  /** Own goods that go back, and of them what the order never counted. */
  quantity: Decimal
  beyond: Decimal
  lot: string | null
  serial: string | null
  agreed: AgreedScheduleLine
}

/**
 * The way out of a receipt in the caller's transaction, which holds the shipment and knows that the key is new: counters of the rows, of the
 * order (owed again), stock in one posting, accrual. The number of the return, where something goes back.
 * Errors: logistics.notFound, tooMuchReturned, awaitsInspection; those of inventory.
 */
export async function takeOut(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  { shipment, receipt }: { shipment: ShipmentRow; receipt: ReceiptRow },
  wanted: TakeOut,
): Promise<string | null> {
  const going = await goingLines(rooms, tx, receipt, wanted)
  const day = chinaDay(ctx.now)
  const id = uuidv7() as ReturnId
  const ours = going.filter(({ quantity }) => quantity > ZERO)
  const counted = ours.filter(({ quantity, beyond }) => quantity > beyond)
  if (counted.length > 0)
    await rooms.orders.addReceived(
      opaque(tx),
      ctx,
      counted.map(({ agreed, quantity, beyond }) => ({ id: agreed.id, accepted: beyond - quantity, rejected: quantity - beyond, day })),
    )
  await postMoves(rooms, tx, ctx, { id, day, receipt, wanted }, going)
  await noteReleases(tx, ctx, { day, receipt, key: wanted.key }, going)
  if (going.every((line) => line.back.length === 0)) return null
  const number = await nextNumber(opaque(tx), 'RT', day)
  await insertReturn(tx, ctx, { id, number, day, receipt, wanted })
  // The books know no places, and nothing of what was never the buyer's.
  const owed = ours.filter(({ agreed }) => !agreed.consigned)
  if (owed.length > 0)
    await rooms.finance.reverseReceipt(opaque(tx), ctx, {
      receiptId: id,
      number,
      supplier: receipt.supplier_org,
      day,
      lines: owed.map(({ agreed, receiptLineId, quantity }) => accruedLine(agreed, receiptLineId, quantity)),
    })
  await publish(tx, ctx, logisticsEvents.returned, shipment.id, { ...newsOf(shipment), returnId: id, returnNumber: number, day })
  return number
}

async function goingLines(rooms: Rooms, tx: LogisticsTx, receipt: ReceiptRow, { lines, inspected }: TakeOut): Promise<Going[]> {
  const wanted = new Map(lines.map((line) => [line.receiptLineId, line]))
  const rows = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.line as l', 'l.id', 'r.line_id')
    .selectAll('r')
    .select('l.schedule_line_id')
    .where('r.receipt_id', '=', receipt.id)
    .where('r.buyer_org', '=', tx.orgId)
    .where('r.id', 'in', [...wanted.keys()])
    .orderBy('r.id')
    .forUpdate('r')
    .execute()
  if (rows.length < wanted.size) throw logisticsErrors.notFound({ id: receipt.id })
  const schedules = await rooms.orders.lockScheduleLines(
    opaque(tx),
    rows.map((row) => row.schedule_line_id),
  )
  const agreed = new Map(schedules.map((line) => [line.id, line]))
  const going: Going[] = []
  for (const row of rows) {
    const schedule = agreed.get(row.schedule_line_id)
    const taken = wanted.get(row.id)
    if (!schedule || !taken) throw logisticsErrors.notFound({ id: row.id })
    const apart = taken.released > ZERO || taken.back.some((part) => part.from === 'quarantine')
    if (row.inspect && apart && !inspected) throw logisticsErrors.awaitsInspection({ material: schedule.materialCode })
    const kept = keptOf(row)
    if (!mayTake(kept, taken.back, taken.released)) throw logisticsErrors.tooMuchReturned({ material: schedule.materialCode })
    const sum = (from: Taking['from']) => sumOf(taken.back.flatMap((part) => (part.from === from ? [part.quantity] : [])))
    const quantity = sum('warehouse') + sum('quarantine')
    const beyond = beyondOrderOf(kept, quantity)
    await tx.sql
      .updateTable('logistics.receipt_line')
      .set({
        released: writeDecimal(kept.released + taken.released),
        returned: writeDecimal(kept.returned + quantity),
        returned_apart: writeDecimal(kept.returnedApart + sum('quarantine')),
        excess_returned: writeDecimal(kept.excessReturned + sum('excess')),
        excess_kept_back: writeDecimal(kept.excessKeptBack + beyond),
      })
      .where('id', '=', row.id)
      .where('buyer_org', '=', tx.orgId)
      .execute()
    going.push({ ...taken, quantity, beyond, lot: row.lot, serial: row.serial, agreed: schedule })
  }
  return going
}

interface Out {
  id: ReturnId
  day: string
  receipt: ReceiptRow
  wanted: TakeOut
}

async function postMoves(rooms: Rooms, tx: LogisticsTx, ctx: Context, out: Out, going: readonly Going[]): Promise<void> {
  const { id, day, receipt, wanted } = out
  const [supplier, quarantine] = [
    await rooms.inventory.systemLocation(opaque(tx), 'supplier'),
    await rooms.inventory.systemLocation(opaque(tx), 'quarantine'),
  ]
  const moves = going.flatMap(({ receiptLineId, released, back, lot, serial, agreed }): NewMove[] => {
    const of = { materialId: agreed.materialId, lot, serial, expires: null, day, reason: wanted.reason }
    const backs = back.map(
      ({ from, quantity }, i): NewMove => ({
        ...of,
        quantity: multiply(quantity, agreed.unitFactor),
        from: from === 'warehouse' ? receipt.warehouse_id : quarantine,
        to: supplier,
        ...(from === 'excess' ? { owner: receipt.supplier_org, unitCost: null } : ownershipOf(agreed)),
        source: { entity: 'logistics.goods_return', id, line: `${receiptLineId}.${i}` },
      }),
    )
    if (released === ZERO) return backs
    const shelf: NewMove = {
      ...of,
      quantity: multiply(released, agreed.unitFactor),
      from: quarantine,
      to: receipt.warehouse_id,
      owner: ownershipOf(agreed).owner,
      unitCost: null,
      source: { entity: 'logistics.release', id: wanted.key, line: receiptLineId },
    }
    return [shelf, ...backs]
  })
  await rooms.inventory.post(opaque(tx), ctx, moves)
}

async function noteReleases(
  tx: LogisticsTx,
  ctx: Context,
  { day, receipt, key }: { day: string; receipt: ReceiptRow; key: string },
  going: readonly Going[],
): Promise<void> {
  const rows = going
    .filter(({ released }) => released > ZERO)
    .map(({ receiptLineId, released }) => ({
      buyer_org: receipt.buyer_org,
      supplier_org: receipt.supplier_org,
      receipt_id: receipt.id,
      receipt_line_id: receiptLineId,
      release_key: key,
      quantity: writeDecimal(released),
      day,
      created_at: ctx.now,
    }))
  if (rows.length > 0) await tx.sql.insertInto('logistics.release').values(rows).execute()
}

async function insertReturn(tx: LogisticsTx, ctx: Context, { id, number, day, receipt, wanted }: Out & { number: string }): Promise<void> {
  const { buyer_org, supplier_org } = receipt
  await tx.sql
    .insertInto('logistics.goods_return')
    .values({
      id,
      buyer_org,
      supplier_org,
      number,
      receipt_id: receipt.id,
      shipment_id: receipt.shipment_id,
      return_key: wanted.key,
      content_hash: wanted.hash,
      day,
      reason: wanted.reason,
      created_at: ctx.now,
      created_by: ctx.actor.name ?? null,
    })
    .execute()
  const lines = wanted.lines.flatMap(({ receiptLineId, back }) =>
    back.map(({ from, quantity }) => ({
      id: uuidv7(),
      return_id: id,
      buyer_org,
      supplier_org,
      receipt_line_id: receiptLineId,
      quantity: writeDecimal(quantity),
      taken_from: from,
    })),
  )
  await tx.sql.insertInto('logistics.goods_return_line').values(lines).execute()
}
