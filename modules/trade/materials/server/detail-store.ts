import { sql } from 'kysely'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { MaterialId } from '../contract.ts'
import type { BarcodeId, EquipmentId, MaterialDocumentId, SubstituteId } from '../detail-contract.ts'
import type { MaterialsTables, MaterialsTx } from './tables.ts'

export const barcodesOf = (tx: MaterialsTx, id: MaterialId) =>
  tx.sql
    .selectFrom('materials.barcode')
    .select(['id', 'code', 'unit'])
    .where('org_id', '=', tx.orgId)
    .where('material_id', '=', id)
    .orderBy('code')
    .execute()

export const barcodesOfMany = (tx: MaterialsTx, ids: readonly MaterialId[]) =>
  tx.sql
    .selectFrom('materials.barcode')
    .select(['material_id as materialId', 'code', 'unit'])
    .where('org_id', '=', tx.orgId)
    .where(sql<boolean>`material_id = any(${[...ids]}::uuid[])`)
    .orderBy('code')
    .execute()

/** Of both ways: what stands in for it, and what it stands in for where each may. */
export async function substitutesOf(tx: MaterialsTx, id: MaterialId) {
  const { rows } = await sql<{
    id: SubstituteId
    materialId: MaterialId
    code: string
    name: string
    nameEn: string | null
    specification: string
    retired: boolean
    bothWays: boolean
    note: string
  }>`
    select s.id, m.id as "materialId", m.code, m.name, m.name_en as "nameEn", m.specification, m.retired_at is not null as retired,
      s.both_ways as "bothWays", s.note
    from materials.substitute s
    join materials.material m on m.org_id = s.org_id and m.id = case when s.material_id = ${id} then s.substitute_id else s.material_id end
    where s.org_id = ${tx.orgId} and (s.material_id = ${id} or s.both_ways and s.substitute_id = ${id})
    order by m.code`.execute(tx.sql)
  return rows
}

export const equipmentOf = (tx: MaterialsTx, id: MaterialId) =>
  tx.sql
    .selectFrom('materials.equipment')
    .select(['id', 'device_id', 'model_code', 'position', sql<string>`trim_scale(quantity)::text`.as('quantity')])
    .where('org_id', '=', tx.orgId)
    .where('material_id', '=', id)
    .orderBy('id')
    .execute()

/** The newest revision of a drawing first. */
export const documentsOf = (tx: MaterialsTx, id: MaterialId) =>
  tx.sql
    .selectFrom('materials.document')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('material_id', '=', id)
    .where('removed_at', 'is', null)
    .orderBy('kind')
    .orderBy('name')
    .orderBy('effective_from', 'desc')
    .orderBy('id', 'desc')
    .execute()
export type DocumentRow = Awaited<ReturnType<typeof documentsOf>>[number]

export const insertBarcode = (tx: MaterialsTx, materialId: MaterialId, { code, unit }: { code: string; unit: string }) =>
  tx.sql.insertInto('materials.barcode').values({ org_id: tx.orgId, material_id: materialId, code, unit }).execute()

interface BarcodeRow {
  materialId: MaterialId
  code: string
  unit: string
}

/** Of any material of the organisation. */
export const barcodesAt = (tx: MaterialsTx, codes: readonly string[]): Promise<BarcodeRow[]> =>
  barcodeRows(tx)
    .where(sql<boolean>`code = any(${[...codes]}::text[])`)
    .execute()

export const barcodesOfAll = (tx: MaterialsTx, ids: readonly MaterialId[]): Promise<BarcodeRow[]> =>
  barcodeRows(tx)
    .where(sql<boolean>`material_id = any(${[...ids]}::uuid[])`)
    .orderBy('code')
    .execute()

const barcodeRows = (tx: MaterialsTx) =>
  tx.sql.selectFrom('materials.barcode').select(['material_id as materialId', 'code', 'unit']).where('org_id', '=', tx.orgId)

export async function insertBarcodes(tx: MaterialsTx, barcodes: readonly BarcodeRow[]): Promise<void> {
  if (barcodes.length === 0) return
  const rows = barcodes.map(({ materialId, code, unit }) => ({ org_id: tx.orgId, material_id: materialId, code, unit }))
  await tx.sql.insertInto('materials.barcode').values(rows).execute()
}

export const removeBarcodesOf = (tx: MaterialsTx, ids: readonly MaterialId[]) =>
  sql`delete from materials.barcode where org_id = ${tx.orgId} and material_id = any(${[...ids]}::uuid[])`.execute(tx.sql)

export const insertSubstitute = (tx: MaterialsTx, row: Omit<MaterialsTables['materials.substitute'], 'id' | 'org_id'>) =>
  tx.sql
    .insertInto('materials.substitute')
    .values({ org_id: tx.orgId, ...row })
    .execute()

export const insertEquipment = (
  tx: MaterialsTx,
  row: { material_id: MaterialId; device_id: DeviceId | null; model_code: string | null; quantity: string; position: string },
) =>
  tx.sql
    .insertInto('materials.equipment')
    .values({ org_id: tx.orgId, ...row })
    .execute()

export const insertDocument = (tx: MaterialsTx, row: Omit<MaterialsTables['materials.document'], 'id' | 'org_id' | 'removed_at'>) =>
  tx.sql
    .insertInto('materials.document')
    .values({ org_id: tx.orgId, removed_at: null, ...row })
    .execute()

type Part = 'materials.barcode' | 'materials.substitute' | 'materials.equipment'

/** False where there is no such part of this material, on either side of a substitute. */
export async function deletePart(
  tx: MaterialsTx,
  part: Part,
  id: MaterialId,
  partId: BarcodeId | SubstituteId | EquipmentId,
): Promise<boolean> {
  const own = part === 'materials.substitute' ? sql`(material_id = ${id} or substitute_id = ${id})` : sql`material_id = ${id}`
  const { numAffectedRows } = await sql`delete from ${sql.table(part)} where org_id = ${tx.orgId} and id = ${partId} and ${own}`.execute(
    tx.sql,
  )
  return (numAffectedRows ?? 0n) > 0n
}

export const markDocumentRemoved = (tx: MaterialsTx, id: MaterialDocumentId, at: Date) =>
  tx.sql.updateTable('materials.document').set({ removed_at: at }).where('org_id', '=', tx.orgId).where('id', '=', id).execute()
