import type { Context } from '#kernel/context.ts'
import { publishAll } from '#kernel/outbox.ts'
import { checkAttributes } from '../attributes.ts'
import { type Category, type CategoryId, type MaterialId, materialsEvents, type NewMaterial } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import { prefixOf, type Tree, templateOf } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { insertMaterials, lastNumber, type WrittenMaterial } from './material-store.ts'
import { searchText } from './search-text.ts'
import type { MaterialsTx } from './tables.ts'
import { hasUnitTwice } from './unit-rules.ts'

/**
 * Materials with their numbers, and the news of it; ids in the same order. A code that is taken violates the index `material_code`.
 * Errors: materials.categoryNotFound, noNumbering, attributesWrong, unitTwice.
 */
export async function makeMaterials(tx: MaterialsTx, ctx: Context, materials: readonly NewMaterial[]): Promise<MaterialId[]> {
  const tree = await readTree(tx)
  const plates = materials.map((material) => plateOf(tree, material))
  const codes = await numbered(tx, tree, materials)
  const rows = plates.map((plate, i): WrittenMaterial => {
    const code = codes[i] as string
    return {
      ...plate,
      code,
      search_text: searchText({ code, name: plate.name, nameEn: plate.name_en, specification: plate.specification }),
    }
  })
  const ids = await insertMaterials(tx, rows, ctx.now)
  const news = rows.map(({ code, name }, i) => ({ key: ids[i] as string, payload: { materialId: ids[i] as MaterialId, code, name } }))
  await publishAll(tx, ctx, materialsEvents.created, news)
  return ids
}

export function usableCategory(tree: Tree<Category>, id: CategoryId): Category {
  const category = tree.get(id)
  if (!category || category.retired) throw materialsErrors.categoryNotFound({ id })
  return category
}

function plateOf(tree: Tree<Category>, material: NewMaterial) {
  usableCategory(tree, material.categoryId)
  const checked = checkAttributes(templateOf(tree, material.categoryId), material.attributes ?? {})
  if ('problems' in checked) throw materialsErrors.attributesWrong({ problems: checked.problems })
  const units = material.units ?? []
  if (hasUnitTwice({ baseUnit: material.baseUnit, units })) throw materialsErrors.unitTwice()
  return {
    category_id: material.categoryId,
    name: material.name,
    name_en: material.nameEn ?? null,
    specification: material.specification ?? '',
    base_unit: material.baseUnit,
    kind: material.kind,
    control: material.control ?? 'none',
    shelf_life_days: material.shelfLifeDays ?? null,
    inspected_on_receipt: material.inspectedOnReceipt ?? false,
    attributes: checked.values,
    units,
    packages: material.packages ?? [],
    note: material.note ?? '',
  }
}

const DIGITS = 6

/** The given codes, and the next numbers of the prefixes where none is given. */
async function numbered(tx: MaterialsTx, tree: Tree, materials: readonly NewMaterial[]): Promise<string[]> {
  const prefixes = materials.map(({ code, categoryId }) => (code == null ? (prefixOf(tree, categoryId) ?? null) : undefined))
  if (prefixes.includes(null)) throw materialsErrors.noNumbering()
  const last = new Map<string, number>()
  // In one order for everybody, so that no two wait for each other.
  for (const prefix of [...new Set(prefixes.filter((one) => one != null))].sort()) last.set(prefix, await lastNumber(tx, prefix))
  return materials.map(({ code }, i) => {
    const prefix = prefixes[i]
    if (code != null || prefix == null) return code ?? ''
    const next = (last.get(prefix) ?? 0) + 1
    last.set(prefix, next)
    return `${prefix}-${String(next).padStart(DIGITS, '0')}`
  })
}
