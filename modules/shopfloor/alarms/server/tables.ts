import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId, MeasuringPointId } from '#modules/shopfloor/devices/contract.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { AlarmState } from '../alarm-states.ts'
import type { Condition, Suppression } from '../condition.ts'
import type { AlarmEventId, AlarmFloodId, AlarmId, AlarmRuleId, EventKind, Priority } from '../contract.ts'

/** Objects leave the driver parsed and are handed to it as text. */
type Json<T> = ColumnType<T, string, string>
type NullableJson<T> = ColumnType<T | null, string | null, string | null>

export interface AlarmsTables {
  'alarms.rule': {
    org_id: OrgId
    id: Generated<AlarmRuleId>
    name: string
    name_en: string | null
    device_id: DeviceId | null
    model_code: string | null
    point_name: string
    condition: Json<Condition>
    on_delay_s: number
    off_delay_s: number
    bad_quality: 'ignore' | 'raise'
    suppression: NullableJson<Suppression>
    priority: Priority
    latched: boolean
    cause: string
    consequence: string
    response: string
    response_minutes: number | null
    notify: boolean
    escalate_minutes: number | null
    created_at: Date
    retired_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'alarms.alarm': {
    org_id: OrgId
    id: Generated<AlarmId>
    rule_id: AlarmRuleId
    device_id: DeviceId
    site_id: PlantNodeId | null
    measuring_point_id: MeasuringPointId | null
    state: Generated<AlarmState>
    rank: number
    active: Generated<boolean>
    suppressed: Generated<boolean>
    changed_ms: Generated<number>
    seen_received_ms: Generated<number>
    seen_at_ms: Generated<number>
    suppressed_received_ms: Generated<number>
    suppressed_at_ms: Generated<number>
    raised_at: Date | null
    since: Date
    value: number | null
    first_out: Generated<boolean>
    shelved_until: Date | null
    reason: Generated<string>
    escalated_at: Date | null
    flood_id: AlarmFloodId | null
    version: Generated<number>
  }
  'alarms.flood': {
    org_id: OrgId
    id: Generated<AlarmFloodId>
    site_id: PlantNodeId | null
    begun_at: Date
    ends_at: Date
    raised: number
    first_alarm_id: AlarmId
    told_at: Date | null
    escalated_at: Date | null
  }
  'alarms.event': {
    org_id: OrgId
    id: Generated<AlarmEventId>
    alarm_id: AlarmId
    device_id: DeviceId
    site_id: PlantNodeId | null
    kind: EventKind
    at: Date
    recorded_at: Date
    late: boolean
    from_state: AlarmState
    to_state: AlarmState
    told: boolean
    rank: number
    value: number | null
    first_out: Generated<boolean>
    actor_id: string | null
    actor_name: string | null
    comment: Generated<string>
    until: Date | null
  }
  'alarms.progress': { id: Generated<boolean>; received_ms: number; holder: string; renewed_at: Date }
}
export type AlarmsDatabase = ModuleDatabase<AlarmsTables>
export type AlarmsSystem = SystemDatabase<AlarmsTables>
export type AlarmsTx = Tx<AlarmsTables>
