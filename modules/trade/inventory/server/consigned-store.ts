import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import type { ConsignmentId } from '../contract.ts'
import type { MaterialFacts } from './rooms.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTx } from './tables.ts'

export type Side = 'buyer' | 'supplier'

/** The acting organisation's rows of one side, each by its index. */
export function consignedQuery(
  tx: InventoryTx,
  { side, search, level }: { side: Side; search?: string | undefined; level?: string | undefined },
) {
  let query = tx.sql
    .selectFrom('inventory.consignment as c')
    .selectAll()
    .where(side === 'buyer' ? 'c.buyer_org' : 'c.supplier_org', '=', tx.orgId)
  for (const part of likeParts(search)) query = query.where('c.search_text', 'like', part)
  if (level === 'below') query = query.whereRef('c.quantity', '<', 'c.min_quantity')
  if (level === 'above') query = query.whereRef('c.quantity', '>', 'c.max_quantity')
  // What lies nowhere and is not agreed on any more says nothing.
  return query.where((eb) =>
    eb.or([eb('c.quantity', '>', '0'), eb('c.min_quantity', 'is not', null), eb('c.max_quantity', 'is not', null)]),
  )
}
export type ConsignmentRow = Awaited<ReturnType<ReturnType<typeof consignedQuery>['executeTakeFirstOrThrow']>>

export const listConsigned = (tx: InventoryTx, list: ListQuery & { side: Side; level?: string | undefined }) =>
  readPage(tx, consignedQuery(tx, list), list, { sorts: { code: { by: 'c.code', type: 'text' } }, id: 'c.id' }, (row) => row)

export const lockConsignment = (tx: InventoryTx, id: ConsignmentId) =>
  tx.sql
    .selectFrom('inventory.consignment')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const findConsignment = (tx: InventoryTx, supplier: OrgId, materialId: MaterialId) =>
  tx.sql
    .selectFrom('inventory.consignment')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('supplier_org', '=', supplier)
    .where('material_id', '=', materialId)
    .executeTakeFirst()

/** Makes the row where there is none, keeps the names of the day, adds to the quantity. In the order of supplier and material. */
export async function addConsigned(
  tx: InventoryTx,
  changes: readonly { supplier: OrgId; facts: MaterialFacts; change: Decimal }[],
): Promise<void> {
  const rows = changes.map(({ supplier, facts, change }) => ({
    supplier,
    id: facts.id,
    code: facts.code,
    name: facts.name,
    specification: facts.specification,
    unit: facts.baseUnit,
    change: writeDecimal(change),
  }))
  const given = JSON.stringify(rows)
  await sql`insert into inventory.consignment (buyer_org, supplier_org, material_id, code, name, specification, unit)
    select ${tx.orgId}, n.supplier, n.id, n.code, n.name, n.specification, n.unit
    from jsonb_to_recordset(${given}::jsonb) as n(supplier uuid, id uuid, code text, name text, specification text, unit text)
    order by n.supplier, n.id
    on conflict on constraint consignment_of do update set code = excluded.code, name = excluded.name,
      specification = excluded.specification, unit = excluded.unit`.execute(tx.sql)
  await sql`update inventory.consignment c set quantity = c.quantity + n.change
    from jsonb_to_recordset(${given}::jsonb) as n(supplier uuid, id uuid, change numeric)
    where c.buyer_org = ${tx.orgId} and c.supplier_org = n.supplier and c.material_id = n.id and n.change <> 0`.execute(tx.sql)
}

export const writeBounds = (tx: InventoryTx, id: ConsignmentId, { min, max }: { min: string | null; max: string | null }) =>
  tx.sql
    .updateTable('inventory.consignment')
    .set((eb) => ({ min_quantity: min, max_quantity: max, version: eb('version', '+', 1) }))
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
