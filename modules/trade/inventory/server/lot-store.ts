import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { InventoryTx } from './tables.ts'

export interface LotFacts {
  materialId: MaterialId
  lot: string
  expires: string | null
  day: string
}

/** New ones are made, an expiry date is kept from its first mention on. Answers those that are known with another date. */
export async function keepLots(tx: InventoryTx, lots: readonly LotFacts[]): Promise<{ lot: string; expires: string }[]> {
  const given = JSON.stringify(lots)
  await sql`insert into inventory.lot (org_id, material_id, lot, expires, first_day)
    select ${tx.orgId}, n."materialId", n.lot, max(n.expires), min(n.day)
    from jsonb_to_recordset(${given}::jsonb) as n("materialId" uuid, lot text, expires date, day date)
    group by n."materialId", n.lot
    on conflict (org_id, material_id, lot) do update set expires = excluded.expires
      where inventory.lot.expires is null and excluded.expires is not null`.execute(tx.sql)
  const { rows } = await sql<{ lot: string; expires: string }>`select l.lot, l.expires
    from jsonb_to_recordset(${given}::jsonb) as n("materialId" uuid, lot text, expires date, day date)
    join inventory.lot l on l.org_id = ${tx.orgId} and l.material_id = n."materialId" and l.lot = n.lot and l.expires <> n.expires`.execute(
    tx.sql,
  )
  return rows
}
