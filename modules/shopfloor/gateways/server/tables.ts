import type { ColumnType, Generated } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type {
  CommandAnswer,
  CommandId,
  CommandRequest,
  LinkId,
  PointTableId,
  RollOutId,
  Sequence,
  Settings,
  SourceTime,
  WireStatus,
} from '../contract.ts'
import type { TurnReason } from '../pair-contract.ts'
import type { PointRow } from '../point-rows.ts'
import type { RollOutState } from '../roll-out-contract.ts'
import type { LinkSecrets } from './link-secrets.ts'

/** Read as a value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>

/** Who started work that goes on after his request is over, and what he may do. */
export interface Acting {
  orgNo: number
  actor: Context['actor']
  locale: Context['locale']
  traceId: string
  address: string
  permissions: string[]
  sites: Context['scopes']['sites']
}

/** Why something could not be done: a code with words. */
export interface Reason {
  code: string
  details: Record<string, unknown>
}

export interface GatewaysTables {
  'gateways.gateway': {
    org_id: OrgId
    device_id: DeviceId
    code: string
    revision: Generated<number>
    backfill_samples_per_second: Generated<number>
    created_at: Date
    version: Generated<number>
  }
  'gateways.enrolment': {
    org_id: OrgId
    gateway_id: DeviceId
    code_hash: Buffer
    created_at: Date
    expires_at: Date
    used_at: Date | null
    used_from: string | null
  }
  'gateways.link': {
    org_id: OrgId
    id: Generated<LinkId>
    gateway_id: DeviceId
    name: string
    protocol: string
    connection: Json<Settings>
    secrets: ColumnType<LinkSecrets, string | undefined, string>
    enabled: boolean
    created_at: Date
    version: Generated<number>
  }
  'gateways.point_table': {
    org_id: OrgId
    id: Generated<PointTableId>
    name: string
    protocol: string
    model_code: string
    rows: Json<PointRow[]>
    created_at: Date
    version: Generated<number>
  }
  'gateways.point_table_revision': {
    org_id: OrgId
    point_table_id: PointTableId
    version: number
    rows: Json<PointRow[]>
    created_at: Date
  }
  'gateways.roll_out': {
    org_id: OrgId
    id: Generated<RollOutId>
    point_table_id: PointTableId
    to_version: number
    batch_size: number
    state: RollOutState
    acting: Json<Acting>
    started_at: Date
    ended_at: Date | null
    version: Generated<number>
  }
  'gateways.roll_out_device': {
    org_id: OrgId
    roll_out_id: RollOutId
    device_id: DeviceId
    code: string
    from_version: number
    state: 'waiting' | 'done' | 'failed' | 'rolledBack'
    reason: ColumnType<Reason | null, string | null, string | null>
  }
  'gateways.connection': {
    org_id: OrgId
    device_id: DeviceId
    code: string
    link_id: LinkId
    unit: Json<Settings>
    point_table_id: PointTableId
    /** The revision of the table's rows that the device is read by. */
    table_version: number
    source_time: ColumnType<z.infer<typeof SourceTime> | null, string | null, string | null>
    sequence: ColumnType<z.infer<typeof Sequence> | null, string | null, string | null>
    enabled: boolean
    created_at: Date
    version: Generated<number>
  }
  'gateways.report': { org_id: OrgId; gateway_id: DeviceId; received_at: Date; unbroken_since: Date; status: Json<WireStatus> }
  'gateways.pair': {
    org_id: OrgId
    gateway_id: DeviceId
    standby_id: DeviceId
    active_id: DeviceId
    epoch: Generated<number>
    reason: TurnReason
    silent_after_s: number
    writes_from: Date
    yield_revision: Generated<number>
    created_at: Date
  }
  'gateways.turn': {
    org_id: OrgId
    gateway_id: DeviceId
    epoch: number
    active_id: DeviceId
    began_at: Date
    reason: TurnReason
    heard_at: Date | null
  }
  'gateways.command': {
    org_id: OrgId
    id: Generated<CommandId>
    gateway_id: DeviceId
    request: Json<CommandRequest>
    answer: ColumnType<CommandAnswer | null, string | null, string | null>
    taken_at: Date | null
    expires_at: Date
  }
  'gateways.log': {
    org_id: OrgId
    id: Generated<string>
    gateway_id: DeviceId
    at: Date
    level: 'info' | 'warning' | 'error'
    code: string
    link_id: LinkId | null
    device_code: string | null
    details: Json<Record<string, string | number | boolean | null>>
  }
}
export type GatewaysDatabase = ModuleDatabase<GatewaysTables>
export type GatewaysSystem = SystemDatabase<GatewaysTables>
export type GatewaysTx = Tx<GatewaysTables>
