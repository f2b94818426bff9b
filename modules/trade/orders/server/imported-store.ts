import type { Insertable } from 'kysely'
import type { OrdersTables, OrdersTx } from './tables.ts'

/** Numbers of the orders that references have become already, by the key of the reference. */
export async function importedAs(tx: OrdersTx, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.sql
    .selectFrom('orders.imported_order as i')
    .innerJoin('orders.order as o', (join) => join.onRef('o.id', '=', 'i.order_id').on('o.buyer_org', '=', tx.orgId))
    .select(['i.reference_key', 'o.number'])
    .where('i.org_id', '=', tx.orgId)
    .where('i.reference_key', 'in', [...keys])
    .execute()
  return new Map(rows.map((row) => [row.reference_key, row.number]))
}

export const insertImported = (tx: OrdersTx, row: Omit<Insertable<OrdersTables['orders.imported_order']>, 'org_id'>) =>
  tx.sql
    .insertInto('orders.imported_order')
    .values({ ...row, org_id: tx.orgId })
    .execute()
