import { createHash } from 'node:crypto'
import type { Context } from '#kernel/context.ts'
import { type Decimal, decimal, ZERO } from '#values/decimal.ts'
import { logisticsErrors } from '../errors.ts'
import type { GoodsReturn, Receipt, ReceiptId, ReceiptLineId, ReleaseInput, ReturnInput } from '../receiving-contract.ts'
import { receiptView, returnsOf } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { lockShipment } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'
import { takeOut } from './take-out.ts'

/** The receipt as it is, its shipment locked: the order of locks is that of receiving. Errors: logistics.notFound, notYourSide. */
export async function lockReceipt(tx: LogisticsTx, id: ReceiptId) {
  const find = () => tx.sql.selectFrom('logistics.receipt').selectAll().where('id', '=', id).executeTakeFirst()
  const receipt = await find()
  if (!receipt) throw logisticsErrors.notFound({ id })
  if (receipt.buyer_org !== tx.orgId) throw logisticsErrors.notYourSide()
  const shipment = await lockShipment(tx, receipt.shipment_id)
  if (!shipment) throw logisticsErrors.notFound({ id })
  return { receipt, shipment }
}

/** The way back in one transaction: stock, order counters (owed again), accrual. Errors: see the contract. */
export const returnGoods = (rooms: Rooms, ctx: Context, input: ReturnInput): Promise<GoodsReturn> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const hash = createHash('sha256').update(JSON.stringify(input)).digest()
    const held = await lockReceipt(tx, input.receiptId)
    const before = await known(tx, input, hash)
    if (before) return before
    const lines = [...Map.groupBy(input.lines, (line) => line.receiptLineId)].map(([receiptLineId, parts]) => ({
      receiptLineId,
      released: ZERO,
      back: parts.map(({ quantity, from }) => ({ quantity: decimal(quantity), from })),
    }))
    await takeOut(rooms, tx, ctx, held, { key: input.returnKey, hash, reason: input.reason, lines, inspected: false })
    const made = await known(tx, input, hash)
    if (!made) throw new Error('A return without its row.')
    return made
  })

async function known(tx: LogisticsTx, { returnKey }: ReturnInput, hash: Buffer): Promise<GoodsReturn | undefined> {
  const [found] = await returnsOf(tx, { key: returnKey })
  if (!found) return undefined
  const { hash: sent, ...view } = found
  if (!sent.equals(hash)) throw logisticsErrors.receiptDiffers({ number: view.number })
  return view
}

/** Own goods out of quarantine onto the shelf of the receipt's warehouse, once per key. Errors: see the contract. */
export const releaseGoods = (rooms: Rooms, ctx: Context, { releaseKey, receiptId, lines }: ReleaseInput): Promise<Receipt> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const held = await lockReceipt(tx, receiptId)
    const sums = new Map<string, Decimal>()
    for (const { receiptLineId, quantity } of lines) sums.set(receiptLineId, (sums.get(receiptLineId) ?? ZERO) + decimal(quantity))
    const before = await tx.sql
      .selectFrom('logistics.release')
      .select(['receipt_line_id', 'quantity'])
      .where('buyer_org', '=', tx.orgId)
      .where('release_key', '=', releaseKey)
      .execute()
    const same = before.length === sums.size && before.every((row) => sums.get(row.receipt_line_id) === decimal(row.quantity))
    if (before.length > 0 && !same) throw logisticsErrors.receiptDiffers({ number: held.receipt.number })
    if (before.length === 0) {
      await takeOut(rooms, tx, ctx, held, {
        key: releaseKey,
        hash: Buffer.alloc(0),
        reason: held.receipt.number,
        lines: [...sums].map(([receiptLineId, released]) => ({ receiptLineId: receiptLineId as ReceiptLineId, released, back: [] })),
        inspected: false,
      })
    }
    return receiptView(tx, held.receipt)
  })
