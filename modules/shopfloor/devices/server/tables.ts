import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { AttachmentId, AttachmentKind } from '../attachments.ts'
import type { CredentialId, DeviceId, DeviceStatus, MeasuringPointId, ThingModelId } from '../contract.ts'
import type { Definition, PointKind, States, ValueType } from '../thing-model.ts'

/** Objects leave the driver parsed and are handed to it as text. */
type Json<T> = ColumnType<T, string, string>
type NullableJson<T> = ColumnType<T | null, string | null, string | null>

interface Quantity {
  name: string
  label: string
  label_en: string | null
  value_type: ValueType
  unit: string | null
  kind: PointKind
  states: NullableJson<States>
  decimals: number | null
}

export interface DevicesTables {
  'devices.thing_model': {
    org_id: OrgId
    id: Generated<ThingModelId>
    code: string
    version_no: number
    name: string
    name_en: string | null
    description: string
    definition: Json<Definition>
    created_at: Date
    retired_at: Date | null
  }
  'devices.device': {
    org_id: OrgId
    id: Generated<DeviceId>
    code: string
    name: string
    name_en: string | null
    model_id: ThingModelId
    maker: string
    model: string
    serial: string
    status: DeviceStatus
    note: string
    created_at: Date
    retired_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
    code_key: GeneratedAlways<string>
  }
  'devices.placement': {
    org_id: OrgId
    id: Generated<string>
    device_id: DeviceId
    node_id: PlantNodeId
    site_id: PlantNodeId
    valid_from: Date
    valid_until: Date | null
  }
  'devices.point': Quantity & {
    org_id: OrgId
    id: Generated<string>
    series: Generated<number>
    device_id: DeviceId
    position: number
    min: number | null
    max: number | null
    access: 'r' | 'rw'
  }
  'devices.measuring_point': Quantity & {
    org_id: OrgId
    id: Generated<MeasuringPointId>
    code: string
    created_at: Date
    retired_at: Date | null
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  'devices.binding': {
    org_id: OrgId
    id: Generated<string>
    measuring_point_id: MeasuringPointId
    device_id: DeviceId
    point_id: string
    valid_from: Date
    valid_until: Date | null
  }
  'devices.credential': {
    org_id: OrgId
    id: Generated<CredentialId>
    device_id: DeviceId
    secret_hash: Buffer
    created_at: Date
    disabled_at: Date | null
  }
  'devices.attachment': {
    org_id: OrgId
    id: Generated<AttachmentId>
    device_id: DeviceId
    file_id: string
    sha256: Buffer
    kind: AttachmentKind
    name: string
    valid_until: string | null
    main: Generated<boolean>
    created_at: Date
    removed_at: Date | null
    version: Generated<number>
  }
}
export type DevicesDatabase = ModuleDatabase<DevicesTables>
export type DevicesSystem = SystemDatabase<DevicesTables>
export type DevicesTx = Tx<DevicesTables>
