import type { ColumnType, Generated } from 'kysely'
import type { z } from 'zod'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { CommandId } from '#modules/shopfloor/gateways/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { CommandAction, CommandState, CommandSummary, PointSetting, WriteId } from '../contract.ts'

/** Read as a value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>
type DefaultJson<Value> = ColumnType<Value, string | undefined, string>

export type PointWords = Pick<CommandSummary, 'label' | 'labelEn' | 'unit' | 'valueType' | 'decimals' | 'states' | 'parameters'>

export interface CommandTable {
  org_id: OrgId
  id: Generated<WriteId>
  number: string
  device_id: DeviceId
  device_code: string
  device_name: string
  device_name_en: string | null
  site_id: PlantNodeId
  point_name: string
  point_words: Json<PointWords>
  setting: Json<z.infer<typeof PointSetting>>
  interlock_points: Json<Record<string, PointWords>>
  value: Json<CommandSummary['value']>
  purpose: string
  state: CommandState
  requested_by: string
  requested_by_name: string
  requested_at: Date
  approved_by: string | null
  approved_by_name: string | null
  gateway_command_id: CommandId | null
  value_before: DefaultJson<CommandSummary['valueBefore']>
  read_back: DefaultJson<CommandSummary['readBack']>
  differs: Generated<boolean>
  outcome: string | null
  outcome_details: DefaultJson<Record<string, string>>
  due_at: Date | null
  ended_at: Date | null
  search_text: string
  version: Generated<number>
}

export interface CommandsTables {
  'commands.site_switch': {
    org_id: OrgId
    id: Generated<string>
    site_id: PlantNodeId
    on_since: Date | null
    changed_at: Date
    changed_by: string
    reason: string
    version: Generated<number>
  }
  'commands.point': {
    org_id: OrgId
    id: Generated<string>
    device_id: DeviceId
    name: string
    setting: Json<z.infer<typeof PointSetting>>
    version: Generated<number>
  }
  'commands.command': CommandTable
  'commands.step': {
    org_id: OrgId
    id: Generated<string>
    command_id: WriteId
    action: CommandAction
    at: Date
    by_name: string | null
    note: string
  }
}
export type CommandsDatabase = ModuleDatabase<CommandsTables>
export type CommandsSystem = SystemDatabase<CommandsTables>
export type CommandsTx = Tx<CommandsTables>
