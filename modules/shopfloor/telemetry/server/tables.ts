import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { IngestCount, RefusalReason } from '../contract.ts'

export interface TelemetryTables {
  'telemetry.rollup_state': { id: boolean; minutes_until: Date; hours_until: Date }
  'telemetry.dirty_hour': { org_no: number; series: number; hour: number; version: number }
  'telemetry.ingest_counter': { org_id: OrgId; hour: Date; device: string; count_of: IngestCount; n: number; last_at: Date }
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
