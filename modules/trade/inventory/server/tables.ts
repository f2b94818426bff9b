import type { Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { LocationId, LocationKind, MoveId } from '../contract.ts'

/** numeric(18, 6) as text. */
type Numeric = string
export type Control = 'none' | 'lot' | 'serial'

export interface InventoryTables {
  'inventory.location': {
    org_id: OrgId
    id: Generated<LocationId>
    kind: LocationKind
    code: string
    name: string
    warehouse_id: LocationId | null
    may_be_negative: boolean
    closed_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'inventory.item': {
    org_id: OrgId
    material_id: MaterialId
    code: string
    name: string
    specification: string
    unit: string
    control: Control
    last_in_day: string | null
    last_out_day: string | null
    search_text: GeneratedAlways<string>
  }
  'inventory.lot': { org_id: OrgId; material_id: MaterialId; lot: string; expires: string | null; first_day: string }
  'inventory.move': {
    org_id: OrgId
    id: Generated<MoveId>
    seq: GeneratedAlways<number>
    material_id: MaterialId
    quantity: Numeric
    from_id: LocationId
    to_id: LocationId
    owner_org: OrgId
    lot: string
    serial: string
    expires: string | null
    day: string
    posted_at: Date
    unit_cost: Numeric | null
    reason: string
    source_entity: string
    source_id: string
    source_line: string
    actor: { kind: string; id: string; name?: string }
  }
  'inventory.balance': {
    org_id: OrgId
    id: Generated<string>
    material_id: MaterialId
    location_id: LocationId
    owner_org: OrgId
    lot: string
    serial: string
    quantity: Numeric
    since: string
    may_be_negative: boolean
  }
  'inventory.availability': { org_id: OrgId; material_id: MaterialId; warehouse_id: LocationId; on_hand: Numeric; reserved: Numeric }
  'inventory.reservation': {
    org_id: OrgId
    id: Generated<string>
    material_id: MaterialId
    warehouse_id: LocationId
    quantity: Numeric
    source_entity: string
    source_id: string
    source_line: string
    created_at: Date
  }
}
export type InventoryDatabase = ModuleDatabase<InventoryTables>
export type InventoryTx = Tx<InventoryTables>
