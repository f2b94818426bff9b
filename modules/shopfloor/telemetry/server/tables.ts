import type { Generated } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { IngestCount, NotStoredReason, RefusalReason } from '../contract.ts'
import type { Tier } from '../retention.ts'
import type { SampleFormat, WaveformId } from '../waveform.ts'

export interface TelemetryTables {
  'telemetry.rollup_state': { id: boolean; minutes_until: Date; hours_until: Date }
  'telemetry.dirty_hour': { org_no: number; series: number; hour: number; version: number }
  'telemetry.ingest_counter': { org_id: OrgId; hour: Date; device: string; count_of: IngestCount; n: number; last_at: Date }
  'telemetry.ingest_state': {
    process: string
    way: 'mqtt' | 'https'
    at: Date
    waiting_since: Date | null
    reason: NotStoredReason | null
    waiting_rows: number
  }
  'telemetry.retention': {
    org_id: OrgId
    own: boolean
    raw_months: number | null
    minute_months: number | null
    hour_months: number | null
    changed_at: Date
    version: Generated<number>
  }
  'telemetry.retention_horizon': {
    org_id: OrgId
    org_no: number
    tier: Tier
    refused_before: Date
    refused_since: Date
    deleting_before: Date | null
    gone_before: Date | null
  }
  'telemetry.waveform': {
    org_id: OrgId
    id: Generated<WaveformId>
    device_id: DeviceId
    point: string
    at: Date
    received_at: Date
    sample_rate_hz: number
    unit: string | null
    format: SampleFormat
    bytes: number
    sha256: Buffer
    object_key: string
  }
  'telemetry.quarantine': {
    org_id: OrgId
    id: string
    at: Date
    reason: RefusalReason
    device: string
    point: string | null
    piece: string
  }
}
export type TelemetryDatabase = ModuleDatabase<TelemetryTables>
export type TelemetrySystem = SystemDatabase<TelemetryTables>
export type TelemetryTx = Tx<TelemetryTables>
