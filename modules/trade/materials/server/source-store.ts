import { sql } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { MaterialId, SourceId } from '../contract.ts'
import type { SourceState } from '../supply-contract.ts'
import type { MaterialsTx } from './tables.ts'

export const isNamedBySource = async (tx: MaterialsTx, id: MaterialId): Promise<boolean> =>
  (await tx.sql
    .selectFrom('materials.source')
    .select('id')
    .where('buyer_org', '=', tx.orgId)
    .where('material_id', '=', id)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** Which of the materials are named by sources. */
export async function namedBySources(tx: MaterialsTx, ids: readonly MaterialId[]): Promise<Set<MaterialId>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: MaterialId }>`select distinct material_id as id from materials.source
    where buyer_org = ${tx.orgId} and material_id = any(${[...ids]}::uuid[])`.execute(tx.sql)
  return new Set(rows.map((row) => row.id))
}

export interface WrittenSource {
  supplier_org: OrgId
  supplier_name: string
  supplier_name_en: string | null
  buyer_name: string
  buyer_name_en: string | null
  material_id: MaterialId
  supplier_item_code: string | null
  supplier_item_name: string | null
  lead_time_days: number | null
  minimum: string | null
  multiple: string | null
  valid_from: string
  valid_until: string | null
  state: 'proposed' | 'approved'
}

/** What the supplier is to see of the material is copied; a source that is there already is left as it is. Ids of the new ones. */
export async function insertSources(tx: MaterialsTx, sources: readonly WrittenSource[], createdAt: Date): Promise<SourceId[]> {
  if (sources.length === 0) return []
  const { rows } = await sql<{ id: SourceId }>`
    insert into materials.source (buyer_org, supplier_org, buyer_name, buyer_name_en, supplier_name, supplier_name_en, material_id, material_code,
      material_name, material_name_en, specification, base_unit, supplier_item_code, supplier_item_name, lead_time_days, minimum, multiple, valid_from,
      valid_until, state, created_at)
    select ${tx.orgId}, s.supplier_org, s.buyer_name, s.buyer_name_en, s.supplier_name, s.supplier_name_en, m.id, m.code, m.name, m.name_en, m.specification,
      m.base_unit, s.supplier_item_code, s.supplier_item_name, s.lead_time_days, s.minimum, s.multiple, s.valid_from, s.valid_until, s.state, ${createdAt}
    from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as s(supplier_org uuid, buyer_name text, buyer_name_en text, supplier_name text,
      supplier_name_en text, material_id uuid, supplier_item_code text, supplier_item_name text, lead_time_days int, minimum numeric, multiple numeric,
      valid_from date, valid_until date, state text)
    join materials.material m on m.org_id = ${tx.orgId} and m.id = s.material_id
    on conflict on constraint source_once do nothing
    returning id`.execute(tx.sql)
  return rows.map((row) => row.id)
}

/** The buyer's own, in force on that day. */
export const approvedSources = (tx: MaterialsTx, supplier: OrgId, ids: readonly MaterialId[], day: string) =>
  tx.sql
    .selectFrom('materials.source')
    .select(['id', 'material_id', 'supplier_item_code', 'supplier_item_name', 'lead_time_days', 'minimum', 'multiple'])
    .where('buyer_org', '=', tx.orgId)
    .where('supplier_org', '=', supplier)
    .where('state', '=', 'approved')
    .where(sql<boolean>`material_id = any(${[...ids]}::uuid[])`)
    .where('valid_from', '<=', day)
    .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>=', day)]))
    .execute()

export const lockSource = (tx: MaterialsTx, id: SourceId, side: 'buyer' | 'supplier') =>
  tx.sql
    .selectFrom('materials.source')
    .select(['id', 'supplier_org', 'material_id', 'state', 'valid_from', 'valid_until', 'version'])
    .where('id', '=', id)
    .where(side === 'buyer' ? 'buyer_org' : 'supplier_org', '=', tx.orgId)
    .forUpdate()
    .executeTakeFirst()

export interface SourceChange {
  supplier_item_code?: string | null
  supplier_item_name?: string | null
  lead_time_days?: number | null
  minimum?: string | null
  multiple?: string | null
  valid_from?: string
  valid_until?: string | null
  state?: SourceState
}

export const changeSource = (tx: MaterialsTx, id: SourceId, change: SourceChange) =>
  tx.sql
    .updateTable('materials.source')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute()

/** What suppliers see of a material follows the catalogue. */
export const renameInSources = (
  tx: MaterialsTx,
  id: MaterialId,
  copy: { material_name: string; material_name_en: string | null; specification: string; base_unit: string },
) => tx.sql.updateTable('materials.source').set(copy).where('buyer_org', '=', tx.orgId).where('material_id', '=', id).execute()

/** Every supplier the organisation lists, by what he is called. */
export const knownSuppliers = (tx: MaterialsTx) =>
  tx.sql
    .selectFrom('materials.source')
    .select(['supplier_org', 'supplier_name', 'supplier_name_en'])
    .distinct()
    .where('buyer_org', '=', tx.orgId)
    .execute()

export const sourceKeys = async (tx: MaterialsTx, ids: readonly MaterialId[]): Promise<Set<string>> => {
  const rows = await tx.sql
    .selectFrom('materials.source')
    .select(['supplier_org', 'material_id'])
    .where('buyer_org', '=', tx.orgId)
    .where(sql<boolean>`material_id = any(${[...new Set(ids)]}::uuid[])`)
    .execute()
  return new Set(rows.map((row) => `${row.supplier_org} ${row.material_id}`))
}
