import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { LocationId } from '../contract.ts'

interface InventoryTables {
  'inventory.location': { org_id: OrgId; id: Generated<LocationId>; name: string; version: Generated<number> }
}
export type InventoryDatabase = ModuleDatabase<InventoryTables>
export type InventoryTx = Tx<InventoryTables>
