import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import type { LocationId } from '../contract.ts'
import type { Stocktake, StocktakeId, StocktakeLineId, StocktakeState } from '../stocktake-contract.ts'
import type { InventoryTx } from './tables.ts'

const sheets = (tx: InventoryTx) =>
  tx.sql
    .selectFrom('inventory.stocktake as s')
    .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 's.org_id').onRef('l.id', '=', 's.location_id'))
    .where('s.org_id', '=', tx.orgId)
    .selectAll('s')
    .select([
      'l.kind',
      'l.code',
      'l.name',
      sql<{ lines: number; counted: number; different: number }>`(
        select json_build_object('lines', count(*), 'counted', count(n.counted), 'different', count(*) filter (where n.counted <> n.expected))
        from inventory.stocktake_line n where n.org_id = s.org_id and n.stocktake_id = s.id)`.as('totals'),
    ])
type SheetRow = Awaited<ReturnType<ReturnType<typeof sheets>['executeTakeFirstOrThrow']>>

const view = (row: SheetRow): Stocktake => ({
  id: row.id,
  number: row.number,
  location: { id: row.location_id, kind: row.kind, code: row.code, name: row.name },
  state: row.state,
  ...row.totals,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  submittedBy: row.submitted_by,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at?.toISOString() ?? null,
  version: row.version,
})

export const listStocktakes = (tx: InventoryTx, list: ListQuery & { state?: StocktakeState | undefined }) => {
  let query = sheets(tx)
  if (list.search) query = query.where('s.number', 'like', `%${list.search.toUpperCase().replace(/[\\%_]/g, '\\$&')}%`)
  if (list.state !== undefined) query = query.where('s.state', '=', list.state)
  return readPage(tx, query, list, { sorts: { number: { by: 's.number', type: 'text' } }, id: 's.id' }, view)
}

export const findStocktake = async (tx: InventoryTx, id: StocktakeId): Promise<Stocktake | undefined> => {
  const row = await sheets(tx).where('s.id', '=', id).executeTakeFirst()
  return row && view(row)
}

export const lockStocktake = (tx: InventoryTx, id: StocktakeId) =>
  tx.sql.selectFrom('inventory.stocktake').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate().executeTakeFirst()

export const updateStocktake = (
  tx: InventoryTx,
  id: StocktakeId,
  change: {
    state: StocktakeState
    submitted_by?: string | null
    submitted_by_id?: string | null
    decided_at?: Date
    decided_by?: string
  },
) =>
  tx.sql
    .updateTable('inventory.stocktake')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export const insertStocktake = async (
  tx: InventoryTx,
  sheet: { number: string; location_id: LocationId; created_at: Date; created_by: string },
): Promise<StocktakeId> =>
  (
    await tx.sql
      .insertInto('inventory.stocktake')
      .values({
        org_id: tx.orgId,
        state: 'counting',
        submitted_by: null,
        submitted_by_id: null,
        decided_at: null,
        decided_by: null,
        ...sheet,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id

/** A row for whatever the books have there now. Answers how many. */
export async function writeSheet(tx: InventoryTx, id: StocktakeId, locationId: LocationId): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into inventory.stocktake_line (org_id, stocktake_id, material_id, owner_org, lot, serial, book)
    select org_id, ${id}, material_id, owner_org, lot, serial, quantity from inventory.balance
    where org_id = ${tx.orgId} and location_id = ${locationId} and quantity <> 0`.execute(tx.sql)
  return Number(numAffectedRows)
}

export interface LineKey {
  materialId: MaterialId
  owner: OrgId
  lot: string
  serial: string
}

/** Answers the line that there was, too. */
export async function insertLine(tx: InventoryTx, id: StocktakeId, { materialId, owner, lot, serial }: LineKey): Promise<StocktakeLineId> {
  const { rows } = await sql<{ id: StocktakeLineId }>`
    insert into inventory.stocktake_line (org_id, stocktake_id, material_id, owner_org, lot, serial, book)
    values (${tx.orgId}, ${id}, ${materialId}, ${owner}, ${lot}, ${serial}, 0)
    on conflict on constraint stocktake_line_of do update set lot = excluded.lot returning id`.execute(tx.sql)
  const [row] = rows
  if (!row) throw new Error('A line was written and answers nothing.')
  return row.id
}

const lines = (tx: InventoryTx, id: StocktakeId) =>
  tx.sql
    .selectFrom('inventory.stocktake_line as n')
    .innerJoin('inventory.item as i', (join) => join.onRef('i.org_id', '=', 'n.org_id').onRef('i.material_id', '=', 'n.material_id'))
    .where('n.org_id', '=', tx.orgId)
    .where('n.stocktake_id', '=', id)
    .selectAll('n')
    .select(['i.code', 'i.name', 'i.specification', 'i.unit', 'i.control'])

export const readLines = (tx: InventoryTx, id: StocktakeId) =>
  lines(tx, id).orderBy('i.code').orderBy('n.lot').orderBy('n.serial').orderBy('n.id').execute()
export type LineRow = Awaited<ReturnType<typeof readLines>>[number]

export const readLine = (tx: InventoryTx, id: StocktakeId, lineId: StocktakeLineId) =>
  lines(tx, id).where('n.id', '=', lineId).executeTakeFirst()

/** What was counted, and what the books say at that moment: what moved since the sheet was made is no difference. */
export async function writeCount(
  tx: InventoryTx,
  line: { id: StocktakeLineId; stocktakeId: StocktakeId; locationId: LocationId },
  count: { counted: string; at: Date; by: string; byId: string },
): Promise<void> {
  await sql`update inventory.stocktake_line n
    set counted = ${count.counted}::numeric, counted_at = ${count.at}, counted_by = ${count.by}, counted_by_id = ${count.byId},
      expected = coalesce((select b.quantity from inventory.balance b where b.org_id = n.org_id and b.location_id = ${line.locationId}
        and b.material_id = n.material_id and b.owner_org = n.owner_org and b.lot = n.lot and b.serial = n.serial), 0)
    where n.org_id = ${tx.orgId} and n.stocktake_id = ${line.stocktakeId} and n.id = ${line.id}`.execute(tx.sql)
}

export const amount = (text: string | null): string | null => (text === null ? null : writeDecimal(decimal(text)))
