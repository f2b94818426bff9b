import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import {
  CANDIDATES,
  documentSearch,
  LETTER_LOOKED_THROUGH,
  LOOKED_THROUGH,
  lookedUp,
  type SearchKind,
  searchWords,
} from '#kernel/searches.ts'
import type { InventoryTables, InventoryTx } from './tables.ts'

export const inventorySearches: readonly SearchKind[] = [
  {
    name: 'lot',
    permission: 'inventory.read',
    find: async (_, opaqueTx, text, limit) => {
      const tx = narrow<InventoryTables>(opaqueTx)
      const [word, ...others] = searchWords(text)
      if (word === undefined || others.length > 0) return []
      const rows = await findLots(tx, word, limit)
      return rows.map(({ material_id, lot, name }) => ({ label: `${lot} · ${name}`, path: `/inventory/items/${material_id}` }))
    },
  },
  documentSearch('document', 'inventory.read', (id) => `/inventory/documents/${id}`, [
    { table: 'inventory.document', own: 'org_id', time: 'created_at', number: 'number', name: 'reason', also: 'created_by' },
  ]),
  documentSearch('stocktake', 'inventory.read', (id) => `/inventory/stocktakes/${id}`, [
    { table: 'inventory.stocktake', own: 'org_id', time: 'created_at', number: 'number', name: 'created_by' },
  ]),
  documentSearch('reservation', 'inventory.read', (id) => `/inventory/reservations/${id}`, [
    { table: 'inventory.reservation_document', own: 'org_id', time: 'created_at', number: 'number', name: 'purpose', also: 'created_by' },
  ]),
]

interface FoundLot {
  material_id: string
  lot: string
  name: string
}

/** Whose number it is first, then the newest. */
async function findLots(tx: InventoryTx, word: string, limit: number): Promise<FoundLot[]> {
  const wanted = lookedUp([word])
  if (!wanted) return newestLots(tx, word, limit, LETTER_LOOKED_THROUGH)
  const { rows } = await sql<FoundLot & { found: number }>`
    select l.material_id, l.lot, i.name, l.found
    from (select l.*, count(*) over () as found from inventory.find_lots(${wanted}) as f
        join inventory.lot as l on l.org_id = ${tx.orgId} and l.material_id = f.material_id and l.lot = f.lot) as l
      join inventory.item as i on i.org_id = ${tx.orgId} and i.material_id = l.material_id
    order by lower(l.lot) = ${word} desc, l.first_day desc, l.lot limit ${limit}`.execute(tx.sql)
  const most = Math.max(0, ...rows.map(({ found }) => found))
  if (most < CANDIDATES) return rows
  const exact = rows.filter(({ lot }) => lot.toLowerCase() === word)
  const newest = await newestLots(tx, word, limit)
  return [...exact, ...newest.filter(({ lot }) => lot.toLowerCase() !== word)].slice(0, limit)
}

async function newestLots(tx: InventoryTx, word: string, limit: number, most = LOOKED_THROUGH): Promise<FoundLot[]> {
  const { rows } = await sql<FoundLot>`
    select l.material_id, l.lot, i.name
    from (select material_id, lot, first_day from inventory.lot where org_id = ${tx.orgId} order by first_day desc, lot limit ${most}) as l
      join inventory.item as i on i.org_id = ${tx.orgId} and i.material_id = l.material_id
    where strpos(lower(l.lot), ${word}) > 0 order by l.first_day desc, l.lot limit ${limit}`.execute(tx.sql)
  return rows
}
