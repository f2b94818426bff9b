import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import type { ShareState } from '../chain-contract.ts'
import type { StockShareId } from '../contract.ts'
import type { Side } from './consigned-store.ts'
import type { MaterialFacts } from './rooms.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTx } from './tables.ts'

export const lockShare = (tx: InventoryTx, id: StockShareId) =>
  tx.sql
    .selectFrom('inventory.stock_share')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .forUpdate()
    .executeTakeFirst()
export type ShareRow = NonNullable<Awaited<ReturnType<typeof lockShare>>>

export const insertShare = (tx: InventoryTx, supplier: OrgId, facts: MaterialFacts, purpose: string, now: Date): Promise<ShareRow> =>
  tx.sql
    .insertInto('inventory.stock_share')
    .values({
      buyer_org: tx.orgId,
      supplier_org: supplier,
      state: 'requested',
      material_id: facts.id,
      code: facts.code,
      name: facts.name,
      specification: facts.specification,
      unit: facts.baseUnit,
      purpose,
      asked_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

type Change = Partial<Pick<ShareRow, 'own_material_id' | 'own_code' | 'quantity' | 'as_of' | 'agreed_at' | 'ended_at'>> & {
  state: ShareState
}
export const setShare = (tx: InventoryTx, id: StockShareId, change: Change): Promise<ShareRow> =>
  tx.sql
    .updateTable('inventory.stock_share')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .returningAll()
    .executeTakeFirstOrThrow()

/** One's own goods in one's warehouses, under the item's lock. */
export async function ownStock(tx: InventoryTx, materialId: MaterialId): Promise<string> {
  const { rows } = await sql<{ quantity: string }>`select coalesce(sum(on_hand), 0)::text as quantity from inventory.availability
    where org_id = ${tx.orgId} and material_id = ${materialId}`.execute(tx.sql)
  return rows[0]?.quantity ?? '0'
}

/** What partners see of these materials follows the posting, in its transaction. */
export async function refreshShares(tx: InventoryTx, now: Date, materials: readonly MaterialId[]): Promise<void> {
  await sql`update inventory.stock_share s set as_of = ${now}, quantity = (
      select coalesce(sum(a.on_hand), 0) from inventory.availability a where a.org_id = ${tx.orgId} and a.material_id = s.own_material_id)
    where s.supplier_org = ${tx.orgId} and s.state = 'shared' and s.own_material_id = any(${[...new Set(materials)]}::uuid[])`.execute(
    tx.sql,
  )
}

export function sharePage(tx: InventoryTx, list: ListQuery & { side: Side; state?: ShareState | undefined }) {
  let query = tx.sql
    .selectFrom('inventory.stock_share as s')
    .selectAll('s')
    .where(list.side === 'buyer' ? 's.buyer_org' : 's.supplier_org', '=', tx.orgId)
  // What has ended is history: shown when asked for.
  query = list.state === undefined ? query.where('s.state', '<>', 'ended') : query.where('s.state', '=', list.state)
  for (const part of likeParts(list.search)) query = query.where('s.search_text', 'like', part)
  return readPage(tx, query, list, { sorts: { code: { by: 's.code', type: 'text' } }, id: 's.id' }, (row) => row as ShareRow)
}
