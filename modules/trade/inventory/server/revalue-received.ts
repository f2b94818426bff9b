import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, divideRounded, sumOf, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay, nextDate } from '#values/instant.ts'
import type { MoveId } from '../contract.ts'
import type { Revalued } from '../public.ts'
import { lockKnownItems } from './item-store.ts'
import { revalue } from './revalue.ts'
import type { InventoryTx } from './tables.ts'
import type { ValuedMove } from './valuation-rules.ts'
import { holdSetting, type OfMaterial } from './valuation-store.ts'

interface Part {
  line: string
  moveId: MoveId
  materialId: MaterialId
  quantity: Decimal
  amount: bigint
}

/** See public.ts. Where the books are closed to this day or beyond it goes to the first day after it. */
export async function revalueReceived(
  tx: InventoryTx,
  ctx: Context,
  { entity, id, number }: { entity: string; id: string; number: string },
  lines: readonly Revalued[],
): Promise<void> {
  const parts: Part[] = []
  for (const line of lines) if (line.amount !== 0n && line.taken > ZERO) parts.push(...partsOf(line, await cameIn(tx, line)))
  if (parts.length === 0) return
  const setting = await holdSetting(tx, 'share')
  await lockKnownItems(
    tx,
    parts.map((part) => part.materialId),
  )
  const today = chinaDay(ctx.now)
  const day = setting.closed_until !== null && setting.closed_until >= today ? nextDate(setting.closed_until) : today
  const written = await tx.sql
    .insertInto('inventory.revaluation')
    .values(
      parts.map((part) => ({
        org_id: tx.orgId,
        material_id: part.materialId,
        move_id: part.moveId,
        day,
        quantity: writeDecimal(part.quantity),
        amount: part.amount,
        reason: number,
        source_entity: entity,
        source_id: id,
        source_line: part.line,
        posted_at: ctx.now,
      })),
    )
    .onConflict((conflict) => conflict.constraint('revaluation_source').doNothing())
    .returning(['id', 'seq', 'material_id', 'move_id', 'quantity', 'amount'])
    .execute()
  const valued = written.map(
    (row): OfMaterial<ValuedMove> => ({
      id: row.id,
      materialId: row.material_id,
      day,
      direction: 'revalue',
      seq: row.seq,
      quantity: decimal(row.quantity),
      unitCost: null,
      revalues: { moveId: row.move_id, amount: BigInt(row.amount) },
    }),
  )
  await revalue(tx, ctx, setting, valued)
}

interface CameIn {
  id: MoveId
  materialId: MaterialId
  quantity: string
}

/** A receipt's line may have come in as several lots; what was used of a consignment is its document's one line that came in. */
async function cameIn(tx: InventoryTx, { receiptId, receiptLineId }: Revalued): Promise<CameIn[]> {
  const { rows } = await sql<CameIn>`
    select m.id, m.material_id as "materialId", m.quantity from inventory.move m
    join inventory.cost c on c.org_id = m.org_id and c.move_id = m.id and c.direction = 0
    where m.org_id = ${tx.orgId} and m.source_id = ${receiptId}
      and (m.source_line = ${receiptLineId} or starts_with(m.source_line, ${`${receiptLineId}.`}) or ${receiptLineId} = ${receiptId})
    order by m.seq`.execute(tx.sql)
  return rows
}

/** By quantity; the last takes the last cent. */
function partsOf({ line, taken, whole, amount }: Revalued, moves: readonly CameIn[]): Part[] {
  const all = sumOf(moves.map((move) => decimal(move.quantity)))
  let [before, given] = [ZERO, 0n]
  return moves.flatMap(({ id: moveId, materialId, quantity: text }) => {
    const came = decimal(text)
    before += came
    const part = divideRounded(amount * before, all) - given
    given += part
    const quantity = divideRounded(came * taken, whole)
    return part === 0n || quantity <= ZERO ? [] : [{ line, moveId, materialId, quantity, amount: part }]
  })
}
