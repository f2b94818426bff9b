import { sql } from 'kysely'
import type { AttributeValues } from '../attributes.ts'
import type { CategoryId, Control, MaterialId, MaterialKind, Package, UnitConversion } from '../contract.ts'
import type { MaterialFacts } from '../public.ts'
import type { MaterialsTx } from './tables.ts'

/** Without any filter; the lists narrow it. */
export const materialQuery = (tx: MaterialsTx) =>
  tx.sql
    .selectFrom('materials.material as m')
    .where('m.org_id', '=', tx.orgId)
    .select([
      'm.id',
      'm.code',
      'm.name',
      'm.name_en',
      'm.specification',
      'm.category_id',
      'm.base_unit',
      'm.kind',
      'm.control',
      'm.shelf_life_days',
      'm.inspected_on_receipt',
      'm.attributes',
      'm.units',
      'm.packages',
      'm.note',
      'm.created_at',
      'm.retired_at',
      'm.version',
    ])
export type MaterialRow = Awaited<ReturnType<ReturnType<typeof materialQuery>['executeTakeFirstOrThrow']>>

export const findMaterial = (tx: MaterialsTx, id: MaterialId) => materialQuery(tx).where('m.id', '=', id).executeTakeFirst()
export const lockMaterial = (tx: MaterialsTx, id: MaterialId) => materialQuery(tx).where('m.id', '=', id).forUpdate().executeTakeFirst()

export interface WrittenMaterial {
  category_id: CategoryId
  code: string
  name: string
  name_en: string | null
  specification: string
  base_unit: string
  kind: MaterialKind
  control: Control
  shelf_life_days: number | null
  inspected_on_receipt: boolean
  attributes: AttributeValues
  units: UnitConversion[]
  packages: Package[]
  note: string
  search_text: string
}

/** Ids in the order given. */
export async function insertMaterials(tx: MaterialsTx, materials: readonly WrittenMaterial[], createdAt: Date): Promise<MaterialId[]> {
  if (materials.length === 0) return []
  const { rows } = await sql<{ id: MaterialId; code: string }>`
    insert into materials.material (org_id, category_id, code, name, name_en, specification, base_unit, kind, control, shelf_life_days,
      inspected_on_receipt, attributes, units, packages, note, search_text, created_at)
    select ${tx.orgId}, m.category_id, m.code, m.name, m.name_en, m.specification, m.base_unit, m.kind, m.control, m.shelf_life_days,
      m.inspected_on_receipt, m.attributes, m.units, m.packages, m.note, m.search_text, ${createdAt}
    from jsonb_to_recordset(${JSON.stringify(materials)}::jsonb) as m(category_id uuid, code text, name text, name_en text, specification text,
      base_unit text, kind text, control text, shelf_life_days int, inspected_on_receipt boolean, attributes jsonb, units jsonb, packages jsonb,
      note text, search_text text)
    returning id, code`.execute(tx.sql)
  const byCode = new Map(rows.map((row) => [row.code, row.id]))
  return materials.map(({ code }) => byCode.get(code) as MaterialId)
}

export const changeMaterial = async (
  tx: MaterialsTx,
  id: MaterialId,
  { attributes, units, packages, ...change }: Partial<WrittenMaterial> & { retired_at?: Date | null },
): Promise<void> => {
  await tx.sql
    .updateTable('materials.material')
    .set((eb) => ({
      ...change,
      ...(attributes === undefined ? {} : { attributes: JSON.stringify(attributes) }),
      ...(units === undefined ? {} : { units: JSON.stringify(units) }),
      ...(packages === undefined ? {} : { packages: JSON.stringify(packages) }),
      version: eb('version', '+', 1),
    }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()
}

/** Until the transaction ends nobody else takes a number of this prefix. */
export async function lastNumber(tx: MaterialsTx, prefix: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('materials.' || ${tx.orgId}::text || ${prefix}, 0))`.execute(tx.sql)
  const { rows } = await sql<{ code: string }>`select code from materials.material
    where org_id = ${tx.orgId} and code >= ${`${prefix}-`} and code < ${`${prefix}.`} and code ~ ${`^${prefix.replaceAll('.', '\\.')}-[0-9]{6}$`}
    order by code desc limit 1`.execute(tx.sql)
  return Number(rows[0]?.code.slice(-6) ?? 0)
}

/** By code, whatever the case of its letters; `lock`: until the transaction ends, in one order for everybody. */
export const materialsByCodes = (tx: MaterialsTx, codes: readonly string[], lock: boolean): Promise<MaterialRow[]> =>
  materialQuery(tx)
    .where(sql<boolean>`m.code_key = any(${keysOf(codes)})`)
    .orderBy('m.id')
    .$if(lock, (query) => query.forUpdate())
    .execute()

const keysOf = (codes: readonly string[]): string[] => codes.map((code) => code.toLowerCase())

/** In the order of their codes, behind `after`; without those that are retired. */
export const materialsAfter = (tx: MaterialsTx, after: string, limit: number): Promise<MaterialRow[]> =>
  materialQuery(tx).where('m.retired_at', 'is', null).where('m.code', '>', after).orderBy('m.code').orderBy('m.id').limit(limit).execute()

const facts = (tx: MaterialsTx) =>
  materialQuery(tx)
    .clearSelect()
    .select([
      'm.id',
      'm.code',
      'm.name',
      'm.name_en as nameEn',
      'm.specification',
      'm.base_unit as baseUnit',
      'm.control',
      'm.shelf_life_days as shelfLifeDays',
      'm.inspected_on_receipt as inspectedOnReceipt',
      sql<boolean>`m.retired_at is not null`.as('retired'),
    ])

export const factsByIds = (tx: MaterialsTx, ids: readonly MaterialId[]): Promise<MaterialFacts[]> =>
  facts(tx)
    .where(sql<boolean>`m.id = any(${[...ids]}::uuid[])`)
    .execute()

export const factsByCodes = (tx: MaterialsTx, codes: readonly string[]): Promise<MaterialFacts[]> =>
  facts(tx)
    .where(sql<boolean>`m.code_key = any(${keysOf(codes)})`)
    .execute()

export async function unitsByIds(tx: MaterialsTx, ids: readonly MaterialId[]) {
  const rows = await materialQuery(tx)
    .clearSelect()
    .select(['m.id', 'm.base_unit', 'm.units'])
    .where(sql<boolean>`m.id = any(${[...new Set(ids)]}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.id, { baseUnit: row.base_unit, units: row.units }]))
}
