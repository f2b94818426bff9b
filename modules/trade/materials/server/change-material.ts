import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish, publishAll } from '#kernel/outbox.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import { type AttributeValues, checkAttributes } from '../attributes.ts'
import {
  type Category,
  type CategoryId,
  type Material,
  type MaterialId,
  type materialsApi,
  materialsEvents,
  type NewMaterial,
} from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { type Tree, templateOf } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { makeMaterials, usableCategory } from './make-materials.ts'
import { changeMaterial, findMaterial, lockMaterial, type MaterialRow } from './material-store.ts'
import { materialView } from './material-view.ts'
import type { Rooms } from './rooms.ts'
import { searchText } from './search-text.ts'
import { isNamedBySource, renameInSources } from './source-store.ts'
import type { MaterialsTx } from './tables.ts'
import { hasUnitTwice } from './unit-rules.ts'

export const readMaterial = ({ db }: Rooms, ctx: Context, id: MaterialId): Promise<Material> => db.inTenant(ctx, (tx) => viewOf(tx, id))

/** Errors: materials.categoryNotFound, codeTaken, noNumbering, attributesWrong, unitTwice. */
export const createMaterials = ({ db }: Rooms, ctx: Context, materials: readonly NewMaterial[]): Promise<MaterialId[]> =>
  db
    .inTenant(ctx, (tx) => makeMaterials(tx, ctx, materials))
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'material_code' ? materialsErrors.codeTaken() : error
    })

export async function createMaterial(rooms: Rooms, ctx: Context, material: NewMaterial): Promise<Material> {
  const [id] = await createMaterials(rooms, ctx, [material])
  return readMaterial(rooms, ctx, id as MaterialId)
}

type Change = z.output<typeof materialsApi.update.body>
/** What of a material is to become otherwise. */
export type MaterialChange = Omit<Change, 'version'>

export const updateMaterial = ({ db }: Rooms, ctx: Context, id: MaterialId, { version, ...change }: Change): Promise<Material> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, version)
    if (row.retired_at) throw materialsErrors.retired({ id })
    const { name } = await changeRow(tx, row, change)
    await publishChanged(tx, ctx, [{ id, code: row.code, name }])
    return viewOf(tx, id)
  })

export const publishChanged = (tx: MaterialsTx, ctx: Context, materials: readonly { id: MaterialId; code: string; name: string }[]) =>
  publishAll(
    tx,
    ctx,
    materialsEvents.changed,
    materials.map(({ id, code, name }) => ({ key: id, payload: { materialId: id, code, name } })),
  )

/**
 * A material in use that the transaction has locked; `tree` where it is read already.
 * Errors: materials.categoryNotFound, attributesWrong, unitTwice, baseUnitFixed.
 */
export async function changeRow(
  tx: MaterialsTx,
  row: MaterialRow,
  change: MaterialChange,
  tree?: Tree<Category>,
): Promise<{ name: string }> {
  const { id } = row
  const { baseUnit = row.base_unit, units = row.units } = change
  if (hasUnitTwice({ baseUnit, units })) throw materialsErrors.unitTwice()
  if (baseUnit !== row.base_unit && (await isNamedBySource(tx, id))) throw materialsErrors.baseUnitFixed()
  const named = {
    code: row.code,
    name: change.name ?? row.name,
    nameEn: change.nameEn === undefined ? row.name_en : change.nameEn,
    specification: change.specification ?? row.specification,
  }
  await changeMaterial(tx, id, {
    ...(await described(tx, row, change, tree)),
    name: named.name,
    name_en: named.nameEn,
    specification: named.specification,
    base_unit: baseUnit,
    units,
    search_text: searchText(named),
    ...(change.packages === undefined ? {} : { packages: change.packages }),
    ...(change.kind === undefined ? {} : { kind: change.kind }),
    ...(change.control === undefined ? {} : { control: change.control }),
    ...(change.shelfLifeDays === undefined ? {} : { shelf_life_days: change.shelfLifeDays }),
    ...(change.inspectedOnReceipt === undefined ? {} : { inspected_on_receipt: change.inspectedOnReceipt }),
    ...(change.note === undefined ? {} : { note: change.note }),
  })
  await renameInSources(tx, id, {
    material_name: named.name,
    material_name_en: named.nameEn,
    specification: named.specification,
    base_unit: baseUnit,
  })
  return { name: named.name }
}

/** Category and attributes fit each other: a category that asks for other attributes needs them said anew. */
async function described(
  tx: MaterialsTx,
  row: MaterialRow,
  { categoryId, attributes }: MaterialChange,
  given?: Tree<Category>,
): Promise<{ category_id?: CategoryId; attributes?: AttributeValues }> {
  if (categoryId === undefined && attributes === undefined) return {}
  const tree = given ?? (await readTree(tx))
  const category = categoryId ?? row.category_id
  if (categoryId !== undefined && categoryId !== row.category_id) usableCategory(tree, categoryId)
  const checked = checkAttributes(templateOf(tree, category), attributes ?? row.attributes)
  if ('problems' in checked) throw materialsErrors.attributesWrong({ problems: checked.problems })
  return { category_id: category, attributes: checked.values }
}

export const retireMaterial = ({ db }: Rooms, ctx: Context, id: MaterialId, version: number): Promise<Material> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, version)
    if (row.retired_at) return viewOf(tx, id)
    await changeMaterial(tx, id, { retired_at: ctx.now })
    await publish(tx, ctx, materialsEvents.retired, id, { materialId: id, code: row.code, name: row.name })
    return viewOf(tx, id)
  })

export const reactivateMaterial = ({ db }: Rooms, ctx: Context, id: MaterialId, version: number): Promise<Material> =>
  db.inTenant(ctx, async (tx) => {
    const row = await lock(tx, id, version)
    if (!row.retired_at) return viewOf(tx, id)
    await changeMaterial(tx, id, { retired_at: null })
    await publish(tx, ctx, materialsEvents.changed, id, { materialId: id, code: row.code, name: row.name })
    return viewOf(tx, id)
  })

async function lock(tx: MaterialsTx, id: MaterialId, version: number): Promise<MaterialRow> {
  const row = await lockMaterial(tx, id)
  if (!row) throw materialsErrors.notFound({ id })
  if (row.version !== version) throw materialsErrors.changedMeanwhile({ id, version: row.version })
  return row
}

async function viewOf(tx: MaterialsTx, id: MaterialId): Promise<Material> {
  const row = await findMaterial(tx, id)
  if (!row) throw materialsErrors.notFound({ id })
  const tree: Tree<Category> = await readTree(tx)
  return materialView(row, tree)
}
