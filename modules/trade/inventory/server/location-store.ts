import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { LocationId } from '../contract.ts'
import type { InventoryTx } from './tables.ts'

const rows = (tx: InventoryTx) => tx.sql.selectFrom('inventory.location').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const listInventory = (tx: InventoryTx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', `%${list.search.replace(/[\\%_]/g, '\\$&')}%`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lockLocation = (tx: InventoryTx, id: LocationId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertLocation = (tx: InventoryTx, name: string) =>
  tx.sql.insertInto('inventory.location').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const setLocationName = (tx: InventoryTx, id: LocationId, name: string) =>
  tx.sql
    .updateTable('inventory.location')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
