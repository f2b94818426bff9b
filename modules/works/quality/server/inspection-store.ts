import type { Selectable } from 'kysely'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { Finding, Inspection, InspectionId, InspectionSummary } from '../contract.ts'
import type { InspectionTable, QualityTx } from './tables.ts'

export type InspectionRow = Selectable<InspectionTable>

export const inspectionsOf = (tx: QualityTx) => tx.sql.selectFrom('quality.inspection as i').selectAll('i').where('i.org_id', '=', tx.orgId)

const short = (text: string) => writeDecimal(decimal(text))
const shortOrNull = (text: string | null) => (text === null ? null : short(text))

export const summaryOf = (row: InspectionRow): InspectionSummary => ({
  id: row.id,
  number: row.number,
  result: row.result,
  receivedAt: row.received_at.toISOString(),
  receiptNumber: row.receipt_number,
  shipmentId: row.shipment_id,
  shipmentNumber: row.shipment_number,
  supplier: { orgId: row.supplier_org, name: row.supplier_name, nameEn: row.supplier_name_en },
  orderNumber: row.order_number,
  materialId: row.material_id,
  materialCode: row.material_code,
  materialName: row.material_name,
  specification: row.specification,
  unit: row.unit,
  lot: row.lot,
  serial: row.serial,
  quantity: short(row.quantity),
  accepted: shortOrNull(row.accepted),
  rejected: shortOrNull(row.rejected),
  inspector: row.inspector,
  decidedAt: row.decided_at?.toISOString() ?? null,
  version: row.version,
})

export async function inspectionView(tx: QualityTx, row: InspectionRow): Promise<Inspection> {
  const findings = await tx.sql
    .selectFrom('quality.finding')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('inspection_id', '=', row.id)
    .orderBy('code')
    .execute()
  return {
    ...summaryOf(row),
    sampleSize: shortOrNull(row.sample_size),
    findings: findings.map(
      (one): Finding => ({
        defectId: one.defect_id,
        code: one.code,
        name: one.name,
        nameEn: one.name_en,
        severity: one.severity,
        quantity: short(one.quantity),
      }),
    ),
    remarks: row.remarks,
    returnNumber: row.return_number,
    claimNumber: row.claim_number,
  }
}

export const findInspection = (tx: QualityTx, id: InspectionId) => inspectionsOf(tx).where('i.id', '=', id).executeTakeFirst()
export const lockInspection = (tx: QualityTx, id: InspectionId) => inspectionsOf(tx).where('i.id', '=', id).forUpdate().executeTakeFirst()
