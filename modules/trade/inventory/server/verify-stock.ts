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
  /** The goods that have a cost are the goods that are there. */
  valuedIsOnHand: (tx: InventoryTx) => sql`
    with held as (
      select material_id, sum(quantity) as quantity from inventory.balance
      where org_id = ${tx.orgId} and owner_org = ${tx.orgId} and not may_be_negative group by material_id
    ), ends as (
      select distinct on (material_id) material_id, quantity_after from inventory.cost where org_id = ${tx.orgId}
      order by material_id, day desc, direction desc, seq desc
    )
    select material_id || ': ' || coalesce(h.quantity, 0) || ' <> ' || coalesce(e.quantity_after, 0) as found
    from held h full join ends e using (material_id) where coalesce(h.quantity, 0) <> coalesce(e.quantity_after, 0)`,
  /** What the owners of goods that lie here see is what lies here of theirs. */
  consignedIsThere: (tx: InventoryTx) => sql`
    with held as (
      select owner_org as supplier_org, material_id, sum(quantity) as quantity from inventory.balance
      where org_id = ${tx.orgId} and owner_org <> ${tx.orgId} and not may_be_negative group by 1, 2
    )
    select material_id || ' ' || supplier_org || ': ' || coalesce(h.quantity, 0) || ' <> ' || coalesce(c.quantity, 0) as found
    from held h full join (select * from inventory.consignment where buyer_org = ${tx.orgId}) c using (supplier_org, material_id)
    where coalesce(h.quantity, 0) <> coalesce(c.quantity, 0)`,
  serialsAreOnce: (tx: InventoryTx) => sql`
    select material_id || ' ' || serial || ': ' || count(*) as found from inventory.balance
    where org_id = ${tx.orgId} and serial <> '' and quantity > 0 group by material_id, serial having count(*) > 1 or max(quantity) <> 1`,
  /** Each move of one's own goods in or out and each revaluation has its cost, each cost its move, and they run on from one to the next. */
  costsAreTheMoves: (tx: InventoryTx) => sql`
    with valued as (
      select m.id, m.material_id, m.day, m.seq, m.quantity, case when f.may_be_negative then 0 else 1 end as direction
      from inventory.move m
      join inventory.location f on f.org_id = m.org_id and f.id = m.from_id
      join inventory.location t on t.org_id = m.org_id and t.id = m.to_id
      where m.org_id = ${tx.orgId} and m.owner_org = ${tx.orgId} and f.may_be_negative <> t.may_be_negative
      union all
      select id, material_id, day, seq, quantity, 2 from inventory.revaluation where org_id = ${tx.orgId}
    ), running as (
      select *, sum(case direction when 0 then quantity when 1 then -quantity else 0 end) over w as quantity_so_far,
        sum(case direction when 1 then -value else value end) over w as value_so_far
      from inventory.cost where org_id = ${tx.orgId} window w as (partition by material_id order by day, direction, seq)
    )
    select coalesce(v.id, r.move_id) || ': ' || coalesce(v.quantity, 0) || ' / ' || coalesce(r.quantity, 0) || ' / ' || coalesce(r.value_so_far, 0) as found
    from valued v full join running r on r.move_id = v.id
    where v.id is null or r.move_id is null or (v.material_id, v.day, v.seq, v.quantity, v.direction) <> (r.material_id, r.day, r.seq, r.quantity, r.direction)
      or r.quantity_after <> r.quantity_so_far or r.value_after <> r.value_so_far`,
  /** First in, first out: the layers hold what the stock holds, in quantity and in value, and lack what was taken from them. */
  layersAreTheStock: (tx: InventoryTx) => sql`
    with ends as (
      select distinct on (material_id) material_id, quantity_after, value_after from inventory.cost where org_id = ${tx.orgId}
      order by material_id, day desc, direction desc, seq desc
    ), layers as (
      select l.material_id, sum(l.left_quantity) as quantity, sum(l.left_value) as value,
        sum(l.quantity - l.left_quantity - coalesce(u.quantity, 0)) as lost, sum(l.value - l.left_value - coalesce(u.value, 0)) as lost_value
      from inventory.layer l left join (
        select layer_id, sum(quantity) as quantity, sum(value) as value from inventory.layer_use where org_id = ${tx.orgId} group by layer_id
      ) u on u.layer_id = l.move_id
      where l.org_id = ${tx.orgId} group by l.material_id
    )
    select material_id || ': ' || coalesce(l.quantity, 0) || ' / ' || coalesce(e.quantity_after, 0) || ', ' || coalesce(l.value, 0) || ' / ' || coalesce(e.value_after, 0) as found
    from ends e full join layers l using (material_id)
    where exists (select from inventory.setting where org_id = ${tx.orgId} and method = 'fifo')
      and (coalesce(l.quantity, 0) <> coalesce(e.quantity_after, 0) or coalesce(l.value, 0) <> coalesce(e.value_after, 0) or l.lost <> 0 or l.lost_value <> 0)`,
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
