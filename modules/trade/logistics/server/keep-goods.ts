import type { Selectable } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type Decimal, decimal, least, multiply, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { logisticsErrors } from '../errors.ts'
import { accruedLine, ownershipOf } from './post-receipt.ts'
import { ownPartsOf, remainsOf } from './quarantine-rules.ts'
import { keptOf } from './receipt-store.ts'
import type { Rooms } from './rooms.ts'
import { linesOf, type ShipmentRow } from './shipment-store.ts'
import type { ClaimTable, LogisticsTx } from './tables.ts'

export type KeptClaim = Selectable<ClaimTable>

/**
 * The buyer keeps goods that he had not taken for his own (留用): what came beyond the tolerance and lies in quarantine still, or what came
 * damaged and was refused at the door (让步接收). His own from today on, at the order's price, accrued under the claim that both sides stand
 * behind; consigned ones stay the supplier's until they are used. The shipment is locked. Errors: logistics.notKept, nothingToKeep, inspectedNotKept; those of orders, inventory and finance.
 */
export async function keepGoods(rooms: Rooms, tx: LogisticsTx, ctx: Context, shipment: ShipmentRow, claim: KeptClaim): Promise<void> {
  if (claim.kind !== 'over' && claim.kind !== 'damaged') throw logisticsErrors.notKept({ material: claim.material_code })
  const line = (await linesOf(tx, shipment.id)).find((one) => one.id === claim.line_id)
  const [agreed] = line ? await rooms.orders.lockScheduleLines(opaque(tx), [line.schedule_line_id]) : []
  const rows = await rowsOf(tx, claim)
  const kept = claim.kind === 'over' ? keptExcess(rows) : keptDamaged(rows, claim)
  if (kept.length === 0 || !agreed) throw logisticsErrors.nothingToKeep({ claim: claim.number })
  if (kept.some(({ row }) => row.inspect)) throw logisticsErrors.inspectedNotKept({ material: agreed.materialCode })
  const of = { rooms, tx, ctx, shipment, claim, agreed, day: chinaDay(ctx.now) }
  if (claim.kind === 'over') await keepExcess(of, kept)
  else await keepDamaged(of, kept)
  if (agreed.consigned) return
  await rooms.finance.accrueReceipt(opaque(tx), ctx, {
    receiptId: claim.id,
    number: claim.number,
    supplier: shipment.supplier_org,
    day: of.day,
    lines: kept.map(({ row, quantity }) => accruedLine(agreed, row.id, quantity)),
  })
}

const rowsOf = (tx: LogisticsTx, claim: KeptClaim) =>
  tx.sql
    .selectFrom('logistics.receipt_line as r')
    .innerJoin('logistics.receipt as g', 'g.id', 'r.receipt_id')
    .selectAll('r')
    .select('g.warehouse_id')
    .where('r.receipt_id', '=', claim.receipt_id)
    .where('r.line_id', '=', claim.line_id)
    .where('r.buyer_org', '=', tx.orgId)
    .orderBy('r.id')
    .forUpdate('r')
    .execute()

type Row = Awaited<ReturnType<typeof rowsOf>>[number]
interface KeptRow {
  row: Row
  quantity: Decimal
}

const keptExcess = (rows: readonly Row[]): KeptRow[] =>
  rows.map((row) => ({ row, quantity: remainsOf(keptOf(row)).excess })).filter(({ quantity }) => quantity > ZERO)

/** What the supplier has taken back meanwhile, or awaits no more, is not there to be kept. */
function keptDamaged(rows: readonly Row[], claim: KeptClaim): KeptRow[] {
  let left = decimal(claim.quantity) - decimal(claim.came_back) - decimal(claim.forgone)
  const kept: KeptRow[] = []
  for (const row of rows) {
    const quantity = least(decimal(row.damaged) - decimal(row.damaged_kept), left)
    if (quantity <= ZERO) continue
    kept.push({ row, quantity })
    left -= quantity
  }
  return kept
}

interface Keeping {
  rooms: Rooms
  tx: LogisticsTx
  ctx: Context
  shipment: ShipmentRow
  claim: KeptClaim
  agreed: AgreedScheduleLine
  day: string
}

type Way = Pick<NewMove, 'from' | 'to' | 'owner' | 'unitCost' | 'consigned'>

const moveOf = ({ claim, agreed, day }: Keeping, row: Row, amount: Decimal, part: string, way: Way): NewMove => ({
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

async function placesOf({ rooms, tx }: Keeping): Promise<Record<'supplier' | 'quarantine', LocationId>> {
  const place = (kind: 'supplier' | 'quarantine') => rooms.inventory.systemLocation(opaque(tx), kind)
  return { supplier: await place('supplier'), quarantine: await place('quarantine') }
}

/** The order's counters stay: it was never for so much. */
async function keepExcess(of: Keeping, kept: readonly KeptRow[]): Promise<void> {
  const { rooms, tx, ctx, shipment, agreed } = of
  const { supplier, quarantine } = await placesOf(of)
  const ours = { from: supplier, ...ownershipOf(agreed) }
  const moves = kept.flatMap(({ row, quantity }) => {
    const { shelf, apart } = ownPartsOf(keptOf(row), quantity)
    return [
      moveOf(of, row, quantity, 'theirs', { from: quarantine, to: supplier, owner: shipment.supplier_org, unitCost: null }),
      moveOf(of, row, shelf, 'shelf', { ...ours, to: row.warehouse_id }),
      moveOf(of, row, apart, 'apart', { ...ours, to: quarantine }),
    ].filter((one) => one.quantity > ZERO)
  })
  await rooms.inventory.post(opaque(tx), ctx, moves)
  for (const { row, quantity } of kept) await setKept(tx, row, { excess_kept: writeDecimal(keptOf(row).excessKept + quantity) })
}

/** Damaged is what was ordered: it counts for the order after all, and lies in quarantine until somebody has looked at it. */
async function keepDamaged(of: Keeping, kept: readonly KeptRow[]): Promise<void> {
  const { rooms, tx, ctx, agreed, day } = of
  const { supplier, quarantine } = await placesOf(of)
  const total = sumOf(kept.map(({ quantity }) => quantity))
  await rooms.orders.addReceived(opaque(tx), ctx, [{ id: agreed.id, accepted: total, rejected: -total, day }])
  const way = { from: supplier, to: quarantine, ...ownershipOf(agreed) }
  await rooms.inventory.post(
    opaque(tx),
    ctx,
    kept.map(({ row, quantity }) => moveOf(of, row, quantity, 'damaged', way)),
  )
  for (const { row, quantity } of kept) await setKept(tx, row, { damaged_kept: writeDecimal(decimal(row.damaged_kept) + quantity) })
}

const setKept = (tx: LogisticsTx, row: Row, counters: { excess_kept: string } | { damaged_kept: string }) =>
  tx.sql.updateTable('logistics.receipt_line').set(counters).where('id', '=', row.id).where('buyer_org', '=', tx.orgId).execute()
