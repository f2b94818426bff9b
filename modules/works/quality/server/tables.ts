import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { ShipmentId } from '#modules/trade/logistics/contract.ts'
import type { LotToInspect } from '#modules/trade/logistics/public.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { DefectId, InspectionId, InspectionResult, Severity } from '../contract.ts'

export interface DefectTable {
  org_id: OrgId
  id: Generated<DefectId>
  code: string
  name: string
  name_en: string | null
  severity: Severity
  retired_at: Date | null
  version: Generated<number>
}

export interface InspectionTable {
  org_id: OrgId
  id: Generated<InspectionId>
  number: string
  receipt_line_id: LotToInspect['receiptLineId']
  receipt_id: LotToInspect['receiptId']
  receipt_number: string
  received_at: Date
  shipment_id: ShipmentId
  shipment_number: string
  supplier_org: OrgId
  supplier_name: string
  supplier_name_en: string | null
  order_number: string
  material_id: MaterialId
  material_code: string
  material_name: string
  specification: string
  unit: string
  lot: string | null
  serial: string | null
  quantity: string
  result: Generated<InspectionResult | null>
  accepted: Generated<string | null>
  rejected: Generated<string | null>
  sample_size: Generated<string | null>
  remarks: Generated<string>
  inspector: Generated<string | null>
  decided_at: Generated<Date | null>
  return_number: Generated<string | null>
  claim_number: Generated<string | null>
  search_text: string
  version: Generated<number>
}

export interface QualityTables {
  'quality.defect': DefectTable
  'quality.inspection': InspectionTable
  'quality.finding': {
    org_id: OrgId
    id: Generated<string>
    inspection_id: InspectionId
    defect_id: DefectId
    code: string
    name: string
    name_en: string | null
    severity: Severity
    quantity: string
  }
}
export type QualityDatabase = ModuleDatabase<QualityTables>
export type QualityTx = Tx<QualityTables>
