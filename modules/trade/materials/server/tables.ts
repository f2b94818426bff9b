import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { MaterialId } from '../contract.ts'

interface MaterialsTables {
  'materials.material': { org_id: OrgId; id: Generated<MaterialId>; name: string; version: Generated<number> }
}
export type MaterialsDatabase = ModuleDatabase<MaterialsTables>
export type MaterialsTx = Tx<MaterialsTables>
