import type { Category, CategoryId } from '../contract.ts'
import type { MaterialsTx } from './tables.ts'

/** A catalogue has some hundred categories: they are read at once. Parents before their children, siblings by code. */
export async function readTree(tx: MaterialsTx): Promise<Map<CategoryId, Category>> {
  const rows = await tx.sql.selectFrom('materials.category').selectAll().where('org_id', '=', tx.orgId).orderBy('code').execute()
  const children = Map.groupBy(rows, (row) => row.parent_id)
  const tree = new Map<CategoryId, Category>()
  const add = (parent: CategoryId | null) => {
    for (const row of children.get(parent) ?? []) {
      tree.set(row.id, viewOf(row))
      add(row.id)
    }
  }
  add(null)
  return tree
}

interface Row {
  id: CategoryId
  parent_id: CategoryId | null
  code: string
  name: string
  name_en: string | null
  prefix: string | null
  attributes: Category['attributes']
  retired_at: Date | null
  version: number
}

const viewOf = (row: Row): Category => ({
  id: row.id,
  parentId: row.parent_id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  prefix: row.prefix,
  attributes: row.attributes,
  retired: row.retired_at !== null,
  version: row.version,
})

interface Written {
  parent_id: CategoryId | null
  code: string
  name: string
  name_en: string | null
  prefix: string | null
  attributes: string
  retired_at: Date | null
}

export const insertCategory = async (tx: MaterialsTx, category: Written): Promise<Category> =>
  viewOf(
    await tx.sql
      .insertInto('materials.category')
      .values({ org_id: tx.orgId, ...category })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )

export const changeCategory = async (tx: MaterialsTx, id: CategoryId, change: Partial<Written>): Promise<Category> =>
  viewOf(
    await tx.sql
      .updateTable('materials.category')
      .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  )

export const lockCategory = (tx: MaterialsTx, id: CategoryId) =>
  tx.sql
    .selectFrom('materials.category')
    .select(['id', 'version'])
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const hasMaterials = async (tx: MaterialsTx, id: CategoryId): Promise<boolean> =>
  (await tx.sql
    .selectFrom('materials.material')
    .select('id')
    .where('org_id', '=', tx.orgId)
    .where('category_id', '=', id)
    .where('retired_at', 'is', null)
    .limit(1)
    .executeTakeFirst()) !== undefined
