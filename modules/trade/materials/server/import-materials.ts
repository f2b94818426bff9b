import type { Cleared } from '#kernel/imports/cells.ts'
import type { ImportDefinition, Resolved, RowProblem } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import { insertReferences } from '#kernel/references.ts'
import { readReferenceKey } from '#values/reference.ts'
import { prefixOf, templateOf } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { changeRow, publishChanged } from './change-material.ts'
import { insertBarcodes, removeBarcodesOf } from './detail-store.ts'
import { categoryOf, newBarcodes, newReference, readStored, type Stored } from './import-stored.ts'
import { readAttributes, readUnits } from './list-cells.ts'
import { makeMaterials } from './make-materials.ts'
import { changeByRow } from './material-changes.ts'
import {
  type MaterialColumn,
  type MaterialColumns,
  type MaterialSheetRow,
  materialColumns,
  type ReadyMaterial,
  type Wrong,
} from './material-sheet.ts'
import type { MaterialRow } from './material-store.ts'
import type { MaterialsTables, MaterialsTx } from './tables.ts'
import { hasUnitTwice } from './unit-rules.ts'

/** New materials, and those whose code is known changed: an empty cell leaves what stands, [清空] takes it away. */
export const materialImportDefinition = (): ImportDefinition<MaterialColumns, ReadyMaterial> => ({
  kind: 'materials.material',
  wordsAt: 'materials.importRows',
  columns: materialColumns,
  resolve: async (ctx, opaqueTx, rows, { writing }) => {
    const tx = narrow<MaterialsTables>(opaqueTx)
    const stored = await readStored(tx, rows, writing)
    return rows.map((row) => {
      const known = row.code === null ? undefined : stored.known.get(row.code.toLowerCase())
      return known ? changeByRow(ctx, row, known, stored) : newByRow(row, stored)
    })
  },
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<MaterialsTables>(opaqueTx)
    const made = await makeMaterials(
      tx,
      ctx,
      rows.flatMap((row) => ('material' in row ? [row.material] : [])),
    )
    const tree = await readTree(tx)
    let next = 0
    const ids = rows.map((row) => ('material' in row ? made[next++] : row.row.id) as MaterialRow['id'])
    const changed: { id: MaterialRow['id']; code: string; name: string }[] = []
    for (const row of rows) {
      if ('material' in row) continue
      changed.push({ id: row.row.id, code: row.row.code, name: (await changeRow(tx, row.row, row.change, tree)).name })
    }
    await publishChanged(tx, ctx, changed)
    await writeBeside(tx, ids, rows)
    const references = rows.flatMap(({ reference }, i) => {
      const key = readReferenceKey(reference ?? '')
      return key ? [{ ...key, entity: 'materials.material', recordId: ids[i] as string }] : []
    })
    await insertReferences(opaqueTx, references, ctx.now)
    return ids.map((id) => ({ id }))
  },
})

async function writeBeside(tx: MaterialsTx, ids: readonly MaterialRow['id'][], rows: readonly ReadyMaterial[]): Promise<void> {
  const cleared = ids.filter((_, i) => rows[i]?.barcodes.cleared)
  if (cleared.length > 0) await removeBarcodesOf(tx, cleared)
  await insertBarcodes(
    tx,
    rows.flatMap(({ barcodes }, i) => barcodes.added.map((one) => ({ ...one, materialId: ids[i] as MaterialRow['id'] }))),
  )
}

const none = <Value>(value: Value | Cleared | null): Value | null => (typeof value === 'symbol' ? null : (value as Value | null))

function newByRow(row: MaterialSheetRow, stored: Stored): Resolved<ReadyMaterial, MaterialColumn> {
  const problems: RowProblem<MaterialColumn>[] = []
  const wrong: Wrong = (column, code, details = {}) => {
    problems.push({ column, code: `materials.importRows.problems.${code}`, details })
  }
  const { name, category, unit } = row
  for (const column of ['name', 'category', 'unit'] as const) if (row[column] === null) problems.push({ column, code: 'required' })
  const reference = newReference(row, stored, wrong)
  if (category === null) return { problems }
  const categoryId = categoryOf(category, stored, wrong)
  if (categoryId === undefined) return { problems }
  if (row.code === null && prefixOf(stored.tree, categoryId) === undefined) wrong('code', 'codeNeeded')
  const attributes = readAttributes(row.attributes, templateOf(stored.tree, categoryId), {}, { category: 'new' })
  if ('problems' in attributes) for (const { code, details } of attributes.problems) wrong('attributes', code, details)
  const units = readUnits(row.units, [])
  if ('problems' in units) for (const { code, details } of units.problems) wrong('units', code, details)
  if (unit === null || name === null || 'problems' in units || 'problems' in attributes) return { problems }
  if (hasUnitTwice({ baseUnit: unit, units: units.value })) wrong('units', 'unitTwice')
  const barcodes = newBarcodes(row, { baseUnit: unit, units: units.value }, stored, wrong)
  if (problems.length > 0) return { problems }
  return {
    ready: {
      material: {
        code: row.code,
        categoryId,
        name,
        nameEn: none(row.nameEn),
        specification: none(row.specification) ?? '',
        kind: row.kind ?? 'part',
        control: row.control ?? 'none',
        baseUnit: unit,
        shelfLifeDays: none(row.shelfLifeDays),
        inspectedOnReceipt: row.inspectedOnReceipt ?? false,
        attributes: attributes.value,
        units: units.value,
        note: none(row.note) ?? '',
      },
      reference,
      barcodes: { cleared: false, added: barcodes },
    },
  }
}
