import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import type { InventoryTables } from './tables.ts'

const MOST = 500

export const inventoryTodos: readonly TodoKind[] = [
  {
    // Who handed a sheet in does not approve it.
    name: 'approveCounts',
    permission: 'inventory.account',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<InventoryTables>(opaqueTx)
      const rows = await tx.sql
        .selectFrom('inventory.stocktake as s')
        .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 's.org_id').onRef('l.id', '=', 's.location_id'))
        .select(['s.id', 's.number', 'l.name'])
        .where('s.org_id', '=', tx.orgId)
        .where('s.state', '=', 'submitted')
        .where('s.submitted_by_id', 'is distinct from', ctx.actor.id)
        .orderBy('s.number')
        .limit(MOST)
        .execute()
      const items = rows.slice(0, limit).map((row) => ({
        label: `${row.number} · ${row.name}`,
        path: `/inventory/stocktakes/${row.id}`,
        due: null,
      }))
      return { total: rows.length, items }
    },
  },
]
