import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import type { LocationId, LocationKind } from '../contract.ts'
import type { Candidate } from './pick-rules.ts'
import type { InventoryTx } from './tables.ts'

export interface PickCandidate extends Candidate {
  locationId: LocationId
  kind: LocationKind
  locationName: string
}

/** One's own goods of a material in a warehouse and its bins. */
export async function candidatesIn(tx: InventoryTx, materialId: MaterialId, warehouseId: LocationId): Promise<PickCandidate[]> {
  const { rows } = await sql<Omit<PickCandidate, 'onHand'> & { onHand: string }>`
    select l.id as "locationId", l.kind, l.code as "locationCode", l.name as "locationName", b.lot, b.serial, b.quantity as "onHand",
      t.expires, coalesce(t.first_day, b.since) as since
    from inventory.balance b
    join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
    -- Lot by lot: how many are left of all that ever were is nothing the planner can know.
    left join lateral (select expires, first_day from inventory.lot where org_id = b.org_id and material_id = b.material_id and lot = b.lot limit 1) t on true
    where b.org_id = ${tx.orgId} and b.material_id = ${materialId} and b.owner_org = ${tx.orgId} and b.quantity > 0
      and ${warehouseId} in (l.id, l.warehouse_id)`.execute(tx.sql)
  return rows.map((row) => ({ ...row, onHand: decimal(row.onHand) }))
}
