import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { OrderId } from '../contract.ts'
import type { OrdersTx } from './tables.ts'

const rows = (tx: OrdersTx) => tx.sql.selectFrom('orders.order').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const listOrders = (tx: OrdersTx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', `%${list.search.replace(/[\\%_]/g, '\\$&')}%`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lockOrder = (tx: OrdersTx, id: OrderId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertOrder = (tx: OrdersTx, name: string) =>
  tx.sql.insertInto('orders.order').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const setOrderName = (tx: OrdersTx, id: OrderId, name: string) =>
  tx.sql
    .updateTable('orders.order')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
