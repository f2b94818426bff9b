import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { ShipmentId } from '../contract.ts'

interface LogisticsTables {
  'logistics.shipment': { org_id: OrgId; id: Generated<ShipmentId>; name: string; version: Generated<number> }
}
export type LogisticsDatabase = ModuleDatabase<LogisticsTables>
export type LogisticsTx = Tx<LogisticsTables>
