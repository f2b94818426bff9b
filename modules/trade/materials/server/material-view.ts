import type { Category, CategoryId, Material, MaterialSummary } from '../contract.ts'
import { type Tree, templateOf } from './category-rules.ts'
import type { MaterialRow } from './material-store.ts'

export const summaryOf = (row: MaterialRow, tree: Tree<Category>): MaterialSummary => ({
  id: row.id,
  code: row.code,
  name: row.name,
  nameEn: row.name_en,
  specification: row.specification,
  categoryId: row.category_id as CategoryId,
  categoryName: tree.get(row.category_id)?.name ?? '',
  categoryNameEn: tree.get(row.category_id)?.nameEn ?? null,
  kind: row.kind,
  control: row.control,
  baseUnit: row.base_unit,
  retired: row.retired_at !== null,
  createdAt: row.created_at.toISOString(),
})

export const materialView = (row: MaterialRow, tree: Tree<Category>): Material => ({
  ...summaryOf(row, tree),
  shelfLifeDays: row.shelf_life_days,
  inspectedOnReceipt: row.inspected_on_receipt,
  attributes: row.attributes,
  template: templateOf(tree, row.category_id),
  units: row.units,
  packages: row.packages,
  note: row.note,
  retiredAt: row.retired_at?.toISOString() ?? null,
  version: row.version,
})
