import { sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import { LOOKED_THROUGH, type SearchKind } from '#kernel/searches.ts'
import { likeParts } from './search-words.ts'
import type { InventoryTables } from './tables.ts'

export const inventorySearches: readonly SearchKind[] = [
  {
    name: 'lot',
    permission: 'inventory.read',
    find: async (_, opaqueTx, text, limit) => {
      const tx = narrow<InventoryTables>(opaqueTx)
      const [pattern, ...others] = likeParts(text)
      if (pattern === undefined || others.length > 0) return []
      const { rows } = await sql<{ material_id: string; lot: string; name: string }>`
        select l.material_id, l.lot, i.name
        from (select material_id, lot, first_day from inventory.lot where org_id = ${tx.orgId} order by first_day desc, lot limit ${LOOKED_THROUGH}) as l
        join inventory.item i on i.org_id = ${tx.orgId} and i.material_id = l.material_id
        where lower(l.lot) like ${pattern} order by l.first_day desc, l.lot limit ${limit}`.execute(tx.sql)
      return rows.map(({ material_id, lot, name }) => ({ label: `${lot} · ${name}`, path: `/inventory/items/${material_id}` }))
    },
  },
]
