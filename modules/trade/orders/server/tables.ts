import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { OrderId } from '../contract.ts'

interface OrdersTables {
  'orders.order': { org_id: OrgId; id: Generated<OrderId>; name: string; version: Generated<number> }
}
export type OrdersDatabase = ModuleDatabase<OrdersTables>
export type OrdersTx = Tx<OrdersTables>
