import type { ColumnType, Generated } from 'kysely'
import type { z } from 'zod'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type {
  CommandAnswer,
  CommandId,
  CommandRequest,
  LinkId,
  PointTableId,
  Sequence,
  Settings,
  SourceTime,
  WireStatus,
} from '../contract.ts'
import type { PointRow } from '../point-rows.ts'
import type { LinkSecrets } from './link-secrets.ts'

/** Read as a value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>

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
  'gateways.connection': {
    org_id: OrgId
    device_id: DeviceId
    code: string
    link_id: LinkId
    unit: Json<Settings>
    point_table_id: PointTableId
    source_time: ColumnType<z.infer<typeof SourceTime> | null, string | null, string | null>
    sequence: ColumnType<z.infer<typeof Sequence> | null, string | null, string | null>
    enabled: boolean
    created_at: Date
    version: Generated<number>
  }
  'gateways.report': { org_id: OrgId; gateway_id: DeviceId; received_at: Date; status: Json<WireStatus> }
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
