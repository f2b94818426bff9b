import { type SqlBool, sql } from 'kysely'
import { narrow } from '#kernel/postgres.ts'
import type { TodoKind } from '#kernel/todos.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { EXPIRY_WARNING_DAYS } from '../stock-contract.ts'
import type { Side } from './consigned-store.ts'
import type { InventoryTables, InventoryTx } from './tables.ts'

/** What expired before is found in the list of stock: a house that keeps it has seen it here, and all that ever expired is too much to read. */
const EXPIRED_DAYS = 90

/** Lots that lie here, of whomever, and expire soon or did so lately. */
export const expiringLots = (tx: InventoryTx, today: string) =>
  tx.sql
    .selectFrom('inventory.lot as t')
    .innerJoin('inventory.item as i', (join) => join.onRef('i.org_id', '=', 't.org_id').onRef('i.material_id', '=', 't.material_id'))
    .where('t.org_id', '=', tx.orgId)
    .where('t.expires', '>=', shiftDate(today, -EXPIRED_DAYS))
    .where('t.expires', '<=', shiftDate(today, EXPIRY_WARNING_DAYS))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('inventory.balance as b')
          .select(sql`1`.as('one'))
          .where('b.org_id', '=', tx.orgId)
          .whereRef('b.material_id', '=', 't.material_id')
          .whereRef('b.lot', '=', 't.lot')
          .where('b.may_be_negative', '=', false)
          .where('b.quantity', '<>', '0'),
      ),
    )

/** The rows of one side below their minimum: each side has them in an index of their own. */
export const belowMinimum = (tx: InventoryTx, side: Side) =>
  tx.sql
    .selectFrom('inventory.consignment')
    .where(side === 'buyer' ? 'buyer_org' : 'supplier_org', '=', tx.orgId)
    .where(sql<SqlBool>`quantity < min_quantity`)

const below = (name: string, permission: string, side: Side): TodoKind => ({
  name,
  permission,
  list: async (_, opaqueTx, limit) => {
    const tx = narrow<InventoryTables>(opaqueTx)
    const waiting = belowMinimum(tx, side)
    const rows = await waiting.select(['id', 'code', 'name']).orderBy('code').orderBy('id').limit(limit).execute()
    const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    return {
      total,
      items: rows.map((row) => ({
        label: `${row.code} · ${row.name}`,
        path: `/inventory/consigned?side=${side}&level=below&search=${encodeURIComponent(row.code)}`,
        due: null,
      })),
    }
  },
})

export const inventoryTodos: readonly TodoKind[] = [
  {
    // Who handed a sheet in does not approve it.
    name: 'approveCounts',
    permission: 'inventory.account',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<InventoryTables>(opaqueTx)
      const waiting = tx.sql
        .selectFrom('inventory.stocktake as s')
        .where('s.org_id', '=', tx.orgId)
        .where('s.state', '=', 'submitted')
        .where('s.submitted_by_id', 'is distinct from', ctx.actor.id)
      const rows = await waiting
        .innerJoin('inventory.location as l', (join) => join.onRef('l.org_id', '=', 's.org_id').onRef('l.id', '=', 's.location_id'))
        .select(['s.id', 's.number', 'l.name'])
        .orderBy('s.number')
        .limit(limit)
        .execute()
      const { total } = await waiting.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
      return {
        total,
        items: rows.map((row) => ({ label: `${row.number} · ${row.name}`, path: `/inventory/stocktakes/${row.id}`, due: null })),
      }
    },
  },
  {
    name: 'expiring',
    permission: 'inventory.move',
    list: async (ctx, opaqueTx, limit) => {
      const tx = narrow<InventoryTables>(opaqueTx)
      const lots = expiringLots(tx, chinaDay(ctx.now))
      const rows = await lots
        .select(['t.material_id', 't.lot', 't.expires', 'i.code', 'i.name'])
        .orderBy('t.expires')
        .orderBy('t.material_id')
        .orderBy('t.lot')
        .limit(limit)
        .execute()
      const { total } = await lots.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
      return {
        total,
        items: rows.map((row) => ({
          label: `${row.code} ${row.name} · ${row.lot}`,
          path: `/inventory/items/${row.material_id}`,
          due: row.expires,
        })),
      }
    },
  },
  below('consignedBelow', 'inventory.manageConsigned', 'buyer'),
  below('refill', 'inventory.readConsigned', 'supplier'),
]
