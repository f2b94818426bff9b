import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { PlantNodeId, ShiftId } from '../contract.ts'
import type { Level } from '../levels.ts'
import type { HolidayKind } from '../work-calendar.ts'

export interface PlantTables {
  'plant.node': {
    org_id: OrgId
    id: Generated<PlantNodeId>
    parent_id: PlantNodeId | null
    level: Level
    code: string
    name: string
    name_en: string | null
    site_id: PlantNodeId | null
    retired_at: Date | null
    version: Generated<number>
  }
  'plant.site': { org_id: OrgId; id: PlantNodeId; time_zone: string; version: Generated<number> }
  'plant.day_start': { org_id: OrgId; site_id: PlantNodeId; valid_from: string; minute_of_day: number }
  'plant.shift': {
    org_id: OrgId
    id: Generated<ShiftId>
    site_id: PlantNodeId
    name: string
    start_minute: number
    end_minute: number
    valid_from: string
    valid_until: string | null
    version: Generated<number>
  }
  'plant.network': {
    org_id: OrgId
    id: Generated<string>
    site_id: PlantNodeId
    network: string
    note: string
    valid_from: string
    valid_until: string | null
  }
  'plant.holiday': { org_id: OrgId; site_id: PlantNodeId; date: string; kind: HolidayKind; name: string }
}
export type PlantDatabase = ModuleDatabase<PlantTables>
export type PlantTx = Tx<PlantTables>
