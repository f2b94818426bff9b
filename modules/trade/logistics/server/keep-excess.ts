import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import { type Decimal, multiply, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsErrors } from '../errors.ts'
import type { ClaimId } from '../receiving-contract.ts'
import { accruedLine, unitCostOf } from './post-receipt.ts'
import { ownPartsOf, remainsOf } from './quarantine-rules.ts'
import { keptOf } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { type LineRow, linesOf, type ShipmentRow } from './shipment-store.ts'
import type { LogisticsTx } from './tables.ts'

export interface KeptClaim {
  id: ClaimId
  number: string
  receipt_id: string
  line_id: LineRow['id']
}

/**
 * The buyer keeps what came beyond the tolerance and lies in quarantine still (留用): his own from today on, at the order's price, accrued
 * under the claim that both sides stand behind. The order's counters stay: it was never for so much. The shipment is locked.
 * Errors: logistics.nothingToKeep, inspectedNotKept; those of inventory and finance.
 */
export async function keepExcess(rooms: Rooms, tx: LogisticsTx, ctx: Context, shipment: ShipmentRow, claim: KeptClaim): Promise<void> {
  const rows = await tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .selectAll('r')
    .select('g.warehouse_id')
    .where('r.receipt_id', '=', claim.receipt_id as never)
    .where('r.line_id', '=', claim.line_id)
    .where('r.buyer_org', '=', tx.orgId)
    .orderBy('r.id')
    .forUpdate('r')
    .execute()
  const kept = rows
    .map((row) => ({ row, of: keptOf(row), quantity: remainsOf(keptOf(row)).excess }))
    .filter(({ quantity }) => quantity > ZERO)
  const line = (await linesOf(tx, shipment.id)).find((one) => one.id === claim.line_id)
  const [agreed] = line ? await rooms.orders.lockScheduleLines(opaque(tx), [line.schedule_line_id]) : []
  if (kept.length === 0 || !agreed) throw logisticsErrors.nothingToKeep({ claim: claim.number })
  if (kept.some(({ row }) => row.inspect)) throw logisticsErrors.inspectedNotKept({ material: agreed.materialCode })
  const day = chinaDay(ctx.now)
  const supplier = await rooms.inventory.systemLocation(opaque(tx), 'supplier')
  const quarantine = await rooms.inventory.systemLocation(opaque(tx), 'quarantine')
  const moves = kept.flatMap(({ row, of, quantity }): NewMove[] => {
    const { shelf, apart } = ownPartsOf(of, quantity)
    const move = (amount: Decimal, part: string, way: Pick<NewMove, 'from' | 'to' | 'owner' | 'unitCost'>): NewMove => ({
      ...way,
      materialId: agreed.materialId,
      quantity: multiply(amount, agreed.unitFactor),
      lot: row.lot,
      serial: row.serial,
      expires: row.expires_on,
      day,
      reason: claim.number,
      source: { entity: 'logistics.claim', id: claim.id, line: `${row.id}.${part}` },
    })
    const ours = { from: supplier, owner: tx.orgId, unitCost: unitCostOf(agreed) }
    return [
      move(quantity, 'theirs', { from: quarantine, to: supplier, owner: shipment.supplier_org, unitCost: null }),
      move(shelf, 'shelf', { ...ours, to: row.warehouse_id }),
      move(apart, 'apart', { ...ours, to: quarantine }),
    ].filter((one) => one.quantity > ZERO)
  })
  await rooms.inventory.post(opaque(tx), ctx, moves)
  for (const { row, of, quantity } of kept)
    await tx.sql
      .updateTable('logistics.receipt_line')
      .set({ excess_kept: writeDecimal(of.excessKept + quantity) })
      .where('id', '=', row.id)
      .where('buyer_org', '=', tx.orgId)
      .execute()
  await rooms.finance.accrueReceipt(opaque(tx), ctx, {
    receiptId: claim.id,
    number: claim.number,
    supplier: shipment.supplier_org,
    day,
    lines: kept.map(({ row, quantity }) => accruedLine(agreed, row.id, quantity)),
  })
}
