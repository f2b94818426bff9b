import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, decimal, multiply, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsEvents } from '../contract.ts'
import { logisticsErrors } from '../errors.ts'
import type { GoodsReturn, ReceiptLineId, ReturnId, ReturnInput } from '../receiving-contract.ts'
import { newsOf } from './issue-shipment.ts'
import { unitCostOf } from './post-receipt.ts'
import { type ReceiptRow, returnsOf } from './receipt-store.ts'
import { accruedLine } from './receive-goods.ts'
import type { Rooms } from './rooms.ts'
import { lockShipment } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

interface Going {
  receiptLineId: ReceiptLineId
  quantity: Decimal
  from: 'warehouse' | 'quarantine'
  lot: string | null
  serial: string | null
  agreed: AgreedScheduleLine
}

/** The way back in one transaction: stock, order counters (owed again), accrual. Errors: see the contract. */
export const returnGoods = (rooms: Rooms, ctx: Context, input: ReturnInput): Promise<GoodsReturn> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const hash = createHash('sha256').update(JSON.stringify(input)).digest()
    const receipt = await tx.sql.selectFrom('logistics.receipt').selectAll().where('id', '=', input.receiptId).executeTakeFirst()
    if (!receipt) throw logisticsErrors.notFound({ id: input.receiptId })
    if (receipt.buyer_org !== tx.orgId) throw logisticsErrors.notYourSide()
    // The order of locks is that of receiving.
    const shipment = await lockShipment(tx, receipt.shipment_id)
    if (!shipment) throw logisticsErrors.notFound({ id: input.receiptId })
    const before = await known(tx, input, hash)
    if (before) return before
    const going = await goingLines(rooms, tx, receipt, input)
    const id = uuidv7() as ReturnId
    const day = chinaDay(ctx.now)
    await rooms.orders.addReceived(
      opaque(tx),
      ctx,
      going.map(({ agreed, quantity }) => ({ id: agreed.id, accepted: -quantity, rejected: quantity, day })),
    )
    await postReturn(rooms, tx, ctx, { id, day, receipt, reason: input.reason }, going)
    const number = await nextNumber(opaque(tx), 'RT', day)
    await insertReturn(tx, ctx, { id, number, day, hash, receipt, input })
    await rooms.finance.reverseReceipt(opaque(tx), ctx, {
      receiptId: id,
      number,
      supplier: receipt.supplier_org,
      day,
      lines: perReceiptLine(going),
    })
    await publish(tx, ctx, logisticsEvents.returned, shipment.id, { ...newsOf(shipment), returnId: id, returnNumber: number, day })
    const made = await known(tx, input, hash)
    if (!made) throw new Error('A return without its row.')
    return made
  })

/** The books know no places: what goes back of one line is one line. */
function perReceiptLine(going: readonly Going[]) {
  return [...Map.groupBy(going, (line) => line.receiptLineId).values()].flatMap((parts) => {
    const [first] = parts
    return first ? [accruedLine(first.agreed, first.receiptLineId, sumOf(parts.map((part) => part.quantity)))] : []
  })
}

async function known(tx: LogisticsTx, { returnKey }: ReturnInput, hash: Buffer): Promise<GoodsReturn | undefined> {
  const [found] = await returnsOf(tx, { key: returnKey })
  if (!found) return undefined
  const { hash: sent, ...view } = found
  if (!sent.equals(hash)) throw logisticsErrors.receiptDiffers({ number: view.number })
  return view
}

async function goingLines(rooms: Rooms, tx: LogisticsTx, receipt: ReceiptRow, { lines }: ReturnInput): Promise<Going[]> {
  const wanted = Map.groupBy(lines, (line) => line.receiptLineId)
  const rows = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.line as l', 'l.id', 'r.line_id')
    .selectAll('r')
    .select('l.schedule_line_id')
    .where('r.receipt_id', '=', receipt.id)
    .where('r.id', 'in', [...wanted.keys()])
    .orderBy('r.id')
    .forUpdate('r')
    .execute()
  if (rows.length < wanted.size) throw logisticsErrors.notFound({ id: receipt.id })
  const agreed = new Map(
    (
      await rooms.orders.lockScheduleLines(
        opaque(tx),
        rows.map((row) => row.schedule_line_id),
      )
    ).map((line) => [line.id, line]),
  )
  const going: Going[] = []
  for (const row of rows) {
    const schedule = agreed.get(row.schedule_line_id)
    if (!schedule) throw logisticsErrors.notFound({ id: row.id })
    const parts = (wanted.get(row.id) ?? []).map(({ quantity, from }) => ({ quantity: decimal(quantity), from }))
    const returned = parts.reduce((sum, part) => sum + part.quantity, decimal(row.returned))
    if (returned > decimal(row.accepted) + decimal(row.quarantined) - decimal(row.excess))
      throw logisticsErrors.tooMuchReturned({ material: schedule.materialCode })
    await tx.sql
      .updateTable('logistics.receipt_line')
      .set({ returned: writeDecimal(returned) })
      .where('id', '=', row.id)
      .execute()
    for (const part of parts) going.push({ ...part, receiptLineId: row.id, lot: row.lot, serial: row.serial, agreed: schedule })
  }
  return going
}

async function postReturn(
  rooms: Rooms,
  tx: LogisticsTx,
  ctx: Context,
  { id, day, receipt, reason }: { id: ReturnId; day: string; receipt: ReceiptRow; reason: string },
  going: readonly Going[],
): Promise<void> {
  const to = await rooms.inventory.systemLocation(opaque(tx), 'supplier')
  const apart = going.some((line) => line.from === 'quarantine')
  const quarantine = apart ? await rooms.inventory.systemLocation(opaque(tx), 'quarantine') : receipt.warehouse_id
  const moves = going.map(
    ({ receiptLineId, quantity, from, lot, serial, agreed }, i): NewMove => ({
      materialId: agreed.materialId,
      quantity: multiply(quantity, agreed.unitFactor),
      from: from === 'quarantine' ? quarantine : receipt.warehouse_id,
      to,
      owner: tx.orgId,
      lot,
      serial,
      expires: null,
      day,
      unitCost: unitCostOf(agreed),
      reason,
      source: { entity: 'logistics.goods_return', id, line: `${receiptLineId}.${i}` },
    }),
  )
  await rooms.inventory.post(opaque(tx), ctx, moves)
}

async function insertReturn(
  tx: LogisticsTx,
  ctx: Context,
  {
    id,
    number,
    day,
    hash,
    receipt,
    input,
  }: { id: ReturnId; number: string; day: string; hash: Buffer; receipt: ReceiptRow; input: ReturnInput },
): Promise<void> {
  const { buyer_org, supplier_org } = receipt
  await tx.sql
    .insertInto('logistics.goods_return')
    .values({
      id,
      buyer_org,
      supplier_org,
      number,
      receipt_id: receipt.id,
      return_key: input.returnKey,
      content_hash: hash,
      day,
      reason: input.reason,
      created_at: ctx.now,
      created_by: ctx.actor.name ?? null,
    })
    .execute()
  const lines = input.lines.filter((line) => decimal(line.quantity) > ZERO)
  await tx.sql
    .insertInto('logistics.goods_return_line')
    .values(
      lines.map((line) => ({
        id: uuidv7(),
        return_id: id,
        buyer_org,
        supplier_org,
        receipt_line_id: line.receiptLineId,
        quantity: line.quantity,
        taken_from: line.from,
      })),
    )
    .execute()
}
