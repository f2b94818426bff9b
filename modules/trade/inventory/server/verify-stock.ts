import { type RawBuilder, sql } from 'kysely'
import type { InventoryTx } from './tables.ts'

export interface StockReport {
  moves: number
  balances: number
  reservations: number
  problems: { check: StockCheck; found: string }[]
}

const MAX_PROBLEMS = 20

/** What must hold of every organisation's stock at any moment; each query finds what does not. */
const checks = {
  /** Every balance is what its moves add up to, and no moves are without a balance. */
  balancesAreTheMoves: (tx: InventoryTx) => sql`
    with flows as (
      select material_id, to_id as location_id, owner_org, lot, serial, quantity from inventory.move where org_id = ${tx.orgId}
      union all
      select material_id, from_id, owner_org, lot, serial, -quantity from inventory.move where org_id = ${tx.orgId}
    ), sums as (select material_id, location_id, owner_org, lot, serial, sum(quantity) as quantity from flows group by 1, 2, 3, 4, 5)
    select material_id || ' ' || location_id || ' ' || lot || serial || ': ' || coalesce(b.quantity, 0) || ' <> ' || coalesce(s.quantity, 0) as found
    from sums s full join (select * from inventory.balance where org_id = ${tx.orgId}) b using (material_id, location_id, owner_org, lot, serial)
    where coalesce(b.quantity, 0) <> coalesce(s.quantity, 0)`,
  /** What is somewhere came from somewhere: over all places nothing is left. */
  sumOverPlacesIsZero: (tx: InventoryTx) => sql`
    select material_id || ' ' || lot || serial || ': ' || sum(quantity) as found from inventory.balance where org_id = ${tx.orgId}
    group by material_id, owner_org, lot, serial having sum(quantity) <> 0`,
  availabilityIsTheBalances: (tx: InventoryTx) => sql`
    with held as (
      select b.material_id, coalesce(l.warehouse_id, l.id) as warehouse_id, sum(b.quantity) as quantity
      from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
      where b.org_id = ${tx.orgId} and b.owner_org = ${tx.orgId} and l.kind in ('warehouse', 'bin') group by 1, 2
    )
    select material_id || ' ' || warehouse_id || ': ' || coalesce(a.on_hand, 0) || ' <> ' || coalesce(h.quantity, 0) as found
    from held h full join (select * from inventory.availability where org_id = ${tx.orgId}) a using (material_id, warehouse_id)
    where coalesce(a.on_hand, 0) <> coalesce(h.quantity, 0)`,
  /** What is promised is the sum of the reservations, and there. */
  reservationsAreThere: (tx: InventoryTx) => sql`
    with promised as (select material_id, warehouse_id, sum(quantity) as quantity from inventory.reservation where org_id = ${tx.orgId} group by 1, 2)
    select material_id || ' ' || warehouse_id || ': ' || coalesce(a.reserved, 0) || ' / ' || coalesce(p.quantity, 0) || ' / ' || coalesce(a.on_hand, 0) as found
    from promised p full join (select * from inventory.availability where org_id = ${tx.orgId}) a using (material_id, warehouse_id)
    where coalesce(a.reserved, 0) <> coalesce(p.quantity, 0) or coalesce(p.quantity, 0) > coalesce(a.on_hand, 0)`,
  serialsAreOnce: (tx: InventoryTx) => sql`
    select material_id || ' ' || serial || ': ' || count(*) as found from inventory.balance
    where org_id = ${tx.orgId} and serial <> '' and quantity > 0 group by material_id, serial having count(*) > 1 or max(quantity) <> 1`,
} satisfies Record<string, (tx: InventoryTx) => RawBuilder<unknown>>

export type StockCheck = keyof typeof checks
export const stockChecks = Object.keys(checks) as StockCheck[]

/** Everything of the acting organisation, from the ledger up. Reads only. */
export async function verifyStock(tx: InventoryTx): Promise<StockReport> {
  const problems: StockReport['problems'] = []
  for (const check of stockChecks) {
    const { rows } = await sql<{ found: string }>`select found from (${checks[check](tx)}) as wrong limit ${MAX_PROBLEMS}`.execute(tx.sql)
    problems.push(...rows.map(({ found }) => ({ check, found })))
  }
  const { rows } = await sql<Omit<StockReport, 'problems'>>`select
    (select count(*)::int from inventory.move where org_id = ${tx.orgId}) as moves,
    (select count(*)::int from inventory.balance where org_id = ${tx.orgId}) as balances,
    (select count(*)::int from inventory.reservation where org_id = ${tx.orgId}) as reservations`.execute(tx.sql)
  const [counts] = rows
  if (!counts) throw new Error('Counting answered nothing.')
  return { ...counts, problems }
}
