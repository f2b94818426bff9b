import { sql } from 'kysely'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { LocationId } from '../contract.ts'
import { type BalanceKey, keyText } from './move-rules.ts'
import type { InventoryTx } from './tables.ts'

export interface StoredBalance {
  quantity: Decimal
  since: string
}

const keysOf = (keys: readonly BalanceKey[]) =>
  JSON.stringify(keys.map(({ materialId, locationId, owner, lot, serial }) => ({ materialId, locationId, owner, lot, serial })))

/** Under the items' locks. */
export async function readBalances(tx: InventoryTx, keys: readonly BalanceKey[]): Promise<Map<string, StoredBalance>> {
  const { rows } = await sql<BalanceKey & { quantity: string; since: string }>`
    select b.material_id as "materialId", b.location_id as "locationId", b.owner_org as owner, b.lot, b.serial, b.quantity, b.since
    from jsonb_to_recordset(${keysOf(keys)}::jsonb) as n("materialId" uuid, "locationId" uuid, owner uuid, lot text, serial text)
    join inventory.balance b on b.org_id = ${tx.orgId} and b.material_id = n."materialId" and b.location_id = n."locationId"
      and b.owner_org = n.owner and b.lot = n.lot and b.serial = n.serial`.execute(tx.sql)
  return new Map(rows.map((row) => [keyText(row), { quantity: decimal(row.quantity), since: row.since }]))
}

export interface NewBalance extends BalanceKey {
  quantity: Decimal
  since: string
  mayBeNegative: boolean
}

/** Quantities as they are from now on. What becomes less is written first: a serial number leaves one place before it is at another. */
export async function writeBalances(tx: InventoryTx, balances: readonly NewBalance[]): Promise<void> {
  const rows = balances.map((b) => ({ ...b, quantity: writeDecimal(b.quantity) }))
  await sql`insert into inventory.balance (org_id, material_id, location_id, owner_org, lot, serial, quantity, since, may_be_negative)
    select ${tx.orgId}, n."materialId", n."locationId", n.owner, n.lot, n.serial, n.quantity, n.since, n."mayBeNegative"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n("materialId" uuid, "locationId" uuid, owner uuid, lot text, serial text, quantity numeric, since date, "mayBeNegative" boolean)
    on conflict (org_id, material_id, location_id, owner_org, lot, serial) do update set quantity = excluded.quantity, since = excluded.since`.execute(
    tx.sql,
  )
}

/** Whether a serial number is at a place already, besides those that it is leaving. */
export async function serialsHeld(
  tx: InventoryTx,
  serials: readonly { materialId: MaterialId; serial: string }[],
): Promise<{ materialId: MaterialId; serial: string; locationId: LocationId; owner: OrgId; lot: string }[]> {
  const asked = new Map(serials.map(({ materialId, serial }) => [`${materialId}\n${serial}`, { materialId, serial }]))
  if (asked.size === 0) return []
  const { rows } = await sql<{ materialId: MaterialId; serial: string; locationId: LocationId; owner: OrgId; lot: string }>`
    select b.material_id as "materialId", b.serial, b.location_id as "locationId", b.owner_org as owner, b.lot
    from jsonb_to_recordset(${JSON.stringify([...asked.values()])}::jsonb) as n("materialId" uuid, serial text)
    join inventory.balance b on b.org_id = ${tx.orgId} and b.material_id = n."materialId" and b.serial = n.serial
      and b.serial <> '' and b.quantity > 0`.execute(tx.sql)
  return rows
}

/**
 * The least that was ever there at the end of a day from `from` on, per key: from the balance as it stands back through the moves of later
 * days. Answers the keys that were below zero then.
 */
export async function belowZeroSince(
  tx: InventoryTx,
  keys: readonly (BalanceKey & { from: string })[],
): Promise<(BalanceKey & { day: string; quantity: string })[]> {
  // As values the planner can look up, beside those it has to guess at: a posting of today finds nothing later, and an index.
  const earliest = keys.map((key) => key.from).sort()[0] ?? null
  const materials = [...new Set(keys.map((key) => key.materialId))]
  const { rows } = await sql<BalanceKey & { day: string; quantity: string }>`
    with wanted as (
      select n.*, b.quantity as now
      from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as n("materialId" uuid, "locationId" uuid, owner uuid, lot text, serial text, "from" date)
      join inventory.balance b on b.org_id = ${tx.orgId} and b.material_id = n."materialId" and b.location_id = n."locationId"
        and b.owner_org = n.owner and b.lot = n.lot and b.serial = n.serial
    ), later as (
      select w."materialId", w."locationId", w.owner, w.lot, w.serial, m.day,
        sum(case when m.to_id = w."locationId" then m.quantity else -m.quantity end) as net
      from wanted w join inventory.move m on m.org_id = ${tx.orgId} and m.material_id = w."materialId" and m.day > w."from"
        and m.day > ${earliest}::date and m.material_id = any(${materials}::uuid[])
        and w."locationId" in (m.from_id, m.to_id) and m.owner_org = w.owner and m.lot = w.lot and m.serial = w.serial
      group by 1, 2, 3, 4, 5, 6
    ), days as (
      select w."materialId", w."locationId", w.owner, w.lot, w.serial, w.now, w."from" as day, 0::numeric as net from wanted w
      union all
      select w."materialId", w."locationId", w.owner, w.lot, w.serial, w.now, l.day, l.net
      from wanted w join later l using ("materialId", "locationId", owner, lot, serial)
    ), ends as (
      select *, now - coalesce(sum(net) over (partition by "materialId", "locationId", owner, lot, serial order by day desc
        rows between unbounded preceding and 1 preceding), 0) as left_then
      from days
    )
    select "materialId", "locationId", owner, lot, serial, day, left_then as quantity from ends where left_then < 0 order by day limit 20`.execute(
    tx.sql,
  )
  return rows
}
