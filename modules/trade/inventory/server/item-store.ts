import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { MaterialFacts } from './rooms.ts'
import type { InventoryTx } from './tables.ts'

/**
 * Takes the locks under which everything of these materials is posted and reserved, in one fixed order: two transactions wait for each
 * other at most one way. Keeps the names of the day.
 */
export async function lockItems(tx: InventoryTx, materials: readonly MaterialFacts[]): Promise<void> {
  const rows = materials.map(({ id, code, name, specification, baseUnit, control }) => ({
    id,
    code,
    name,
    specification,
    unit: baseUnit,
    control,
  }))
  await sql`insert into inventory.item (org_id, material_id, code, name, specification, unit, control)
    select ${tx.orgId}, n.id, n.code, n.name, n.specification, n.unit, n.control
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, code text, name text, specification text, unit text, control text)
    order by n.id
    on conflict (org_id, material_id) do update set code = excluded.code, name = excluded.name, specification = excluded.specification,
      unit = excluded.unit, control = excluded.control`.execute(tx.sql)
}

/** The same locks, of those that have ever been stock. */
export async function lockKnownItems(tx: InventoryTx, ids: readonly MaterialId[]): Promise<void> {
  await sql`select from inventory.item where org_id = ${tx.orgId} and material_id = any(${[...new Set(ids)]}::uuid[])
    order by material_id for update`.execute(tx.sql)
}

export async function touchItems(
  tx: InventoryTx,
  days: readonly { materialId: MaterialId; inDay: string | null; outDay: string | null }[],
): Promise<void> {
  await sql`update inventory.item i set last_in_day = greatest(i.last_in_day, n."inDay"), last_out_day = greatest(i.last_out_day, n."outDay")
    from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as n("materialId" uuid, "inDay" date, "outDay" date)
    where i.org_id = ${tx.orgId} and i.material_id = n."materialId"`.execute(tx.sql)
}
