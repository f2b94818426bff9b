import { readPage } from '#kernel/page.ts'
import type { ListQuery } from '#values/list.ts'
import type { ShipmentId } from '../contract.ts'
import type { LogisticsTx } from './tables.ts'

const rows = (tx: LogisticsTx) => tx.sql.selectFrom('logistics.shipment').select(['id', 'name', 'version']).where('org_id', '=', tx.orgId)

export const listLogistics = (tx: LogisticsTx, list: ListQuery) =>
  readPage(
    tx,
    list.search ? rows(tx).where('name', 'like', `%${list.search.replace(/[\\%_]/g, '\\$&')}%`) : rows(tx),
    list,
    { sorts: { name: { by: 'name', type: 'text' } }, id: 'id' },
    ({ id, name, version }) => ({ id, name, version }),
  )

export const lockShipment = (tx: LogisticsTx, id: ShipmentId) => rows(tx).where('id', '=', id).forUpdate().executeTakeFirst()

export const insertShipment = (tx: LogisticsTx, name: string) =>
  tx.sql.insertInto('logistics.shipment').values({ org_id: tx.orgId, name }).returning(['id', 'name', 'version']).executeTakeFirstOrThrow()

export const setShipmentName = (tx: LogisticsTx, id: ShipmentId, name: string) =>
  tx.sql
    .updateTable('logistics.shipment')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .returning(['id', 'name', 'version'])
    .executeTakeFirstOrThrow()
