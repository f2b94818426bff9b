import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { ConsignmentUsed } from '#modules/trade/inventory/contract.ts'
import { type Decimal, decimal, divide, least, multiply, ZERO } from '#values/decimal.ts'
import type { ShipmentId } from '../contract.ts'
import type { Rooms } from './rooms.ts'
import type { LogisticsTx } from './tables.ts'
import { keptOf, moveOfKept, type Part, partOf, writeGone } from './transit-parts.ts'

type Used = Pick<ConsignmentUsed, 'usageId' | 'number' | 'buyerId' | 'materialId' | 'quantity' | 'lot' | 'serial'>

/** What was sent of the buyer's material to be consigned, in the order it was sent. */
const sentOf = (tx: LogisticsTx, { buyerId, materialId }: Used) =>
  tx.sql
    .selectFrom('logistics.line as l')
    .innerJoin('logistics.transit as t', 't.line_id', 'l.id')
    .where('t.org_id', '=', tx.orgId)
    .where('l.supplier_org', '=', tx.orgId)
    .where('l.buyer_org', '=', buyerId)
    .where('l.material_id', '=', materialId)
    .where('l.consigned', '=', sql.lit(true))

/** Notices of it of which something is on the way still, or has arrived and nobody has noted it: news come in any order. */
export async function unsettled(tx: LogisticsTx, used: Used): Promise<ShipmentId[]> {
  const rows = await sentOf(tx, used)
    .select('t.shipment_id')
    .distinct()
    .where(sql<boolean>`t.delivered + t.lost + t.apart + t.home + t.forgone < t.quantity`)
    .execute()
  return rows.map((row) => row.shipment_id)
}

/**
 * In the supplier's tenant: what the buyer used leaves consignment, the lot or piece that he named before others. What the supplier's books
 * never sent is not there to be moved. Errors: those of inventory.
 */
export async function followUsed({ inventory }: Pick<Rooms, 'inventory'>, tx: LogisticsTx, ctx: Context, used: Used): Promise<void> {
  const first = await tx.sql
    .insertInto('logistics.followed_use')
    .values({ org_id: tx.orgId, usage_id: used.usageId })
    .onConflict((conflict) => conflict.doNothing())
    .returning('usage_id')
    .executeTakeFirst()
  if (!first) return
  const rows = await sentOf(tx, used)
    .selectAll('t')
    .select('l.unit_factor')
    .where(sql<boolean>`t.gone < t.delivered`)
    .orderBy('t.id')
    .forUpdate('t')
    .execute()
  if (rows.length === 0) return
  const named = used.serial ?? used.lot ?? ''
  const isNamed = (part: Part) => Number((part.serial ?? part.lot ?? '') === named)
  const sent = rows.map(({ unit_factor: factor, ...row }) => ({ part: partOf(row), unitFactor: decimal(factor ?? '1') }))
  const gone = new Map<string, Decimal>()
  const [from, to] = [await inventory.systemLocation(opaque(tx), 'consignment'), await inventory.systemLocation(opaque(tx), 'customer')]
  let left = decimal(used.quantity)
  const moves = sent
    .toSorted((a, b) => isNamed(b.part) - isNamed(a.part))
    .flatMap(({ part, unitFactor }) => {
      if (left <= ZERO) return []
      const factor = decimal(part.row.factor)
      const quantity = least(keptOf(part), divide(multiply(left, factor), unitFactor))
      if (quantity <= ZERO) return []
      left -= divide(multiply(quantity, unitFactor), factor)
      gone.set(part.id, quantity)
      return [moveOfKept(ctx, { part, quantity }, { gone, reason: used.number, from, to })]
    })
  await inventory.post(opaque(tx), ctx, moves)
  await writeGone(tx, gone)
}
