import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { chinaDay } from '#values/instant.ts'
import { type Money, readMoney } from '#values/money.ts'
import { financeEvents, type PayableId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Payable } from '../../payable-contract.ts'
import type { Rooms } from '../rooms.ts'
import { lockPayables, setPayable, toPayable } from './payable-store.ts'

/** Errors: finance.notFound, changedMeanwhile, tooMuch. */
export const disputePayable = (
  { db }: Rooms,
  ctx: Context,
  id: PayableId,
  given: { version: number; disputed: Money; reason: string },
): Promise<Payable> =>
  db.inTenant(ctx, async (tx) => {
    const [row] = await lockPayables(tx, [id])
    if (!row) throw financeErrors.notFound({ id })
    if (row.version !== given.version) throw financeErrors.changedMeanwhile({ id, version: row.version })
    const disputed = given.disputed.currency === row.currency ? readMoney(given.disputed) : -1n
    if (disputed < 0n || disputed > BigInt(row.gross) - BigInt(row.paid) || (disputed > 0n && given.reason === ''))
      throw financeErrors.tooMuch({ open: String(row.gross - row.paid) })
    await setPayable(tx, id, { disputed, dispute_reason: disputed === 0n ? null : given.reason })
    await publish(tx, ctx, financeEvents.payableDisputed, id, {
      payableId: id,
      buyerId: row.buyer_org,
      supplierId: row.supplier_org,
      disputed: given.disputed.amount,
      reason: given.reason,
    })
    const [after] = await lockPayables(tx, [id])
    if (!after) throw financeErrors.notFound({ id })
    return toPayable(tx, after, chinaDay(ctx.now))
  })
