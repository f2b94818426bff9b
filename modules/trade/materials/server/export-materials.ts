import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import { referenceQuery } from '#kernel/references.ts'
import { streamWorkbook, type WrittenCell } from '#kernel/spreadsheet-writer.ts'
import type { Translate } from '#kernel/words.ts'
import { IMPORT_MAX_ROWS } from '#values/import.ts'
import { chinaDay } from '#values/instant.ts'
import { writeReferenceKey } from '#values/reference.ts'
import { unitName } from '#values/units.ts'
import type { Category } from '../contract.ts'
import { type Tree, templateOf } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { barcodesOfAll } from './detail-store.ts'
import { categoryText } from './import-stored.ts'
import { type Barcode, writeAttributes, writeBarcodes, writeUnits } from './list-cells.ts'
import { type MaterialColumn, materialColumns } from './material-sheet.ts'
import { type MaterialRow, materialsAfter } from './material-store.ts'
import type { Rooms } from './rooms.ts'
import type { MaterialsTx } from './tables.ts'

const CHUNK = 1_000

/** Materials in use in the columns of the import: what comes back unchanged changes nothing. As many as one import takes. */
export function exportMaterials({ db }: Pick<Rooms, 'db'>, ctx: Context, translate: Translate): FileAnswer {
  const word = (key: string) => translate(ctx.locale, key) ?? key
  const columns = Object.entries(materialColumns).map(([key, { width = 16 }]) => ({
    title: word(`materials.importRows.columns.${key}`),
    width,
  }))
  async function* rows() {
    let after = ''
    for (let left = IMPORT_MAX_ROWS; left > 0; left -= CHUNK) {
      const written = await db.inTenant(ctx, (tx) => writtenAfter(tx, ctx, word, after))
      for (const { cells } of written) yield cells
      if (written.length < CHUNK) return
      after = written.at(-1)?.code ?? after
    }
  }
  const sheet = word('materials.importRows.sheet')
  return { fileName: `${sheet}-${chinaDay(ctx.now)}.xlsx`, bytes: streamWorkbook(sheet, columns, rows()) }
}

async function writtenAfter(tx: MaterialsTx, ctx: Context, word: (key: string) => string, after: string) {
  const materials = await materialsAfter(tx, after, CHUNK)
  const ids = materials.map((row) => row.id)
  const tree = await readTree(tx)
  const barcodes = Map.groupBy(await barcodesOfAll(tx, ids), (one) => one.materialId)
  if (ids.length === 0) return []
  const references = await referenceQuery(opaque(tx))
    .where('entity', '=', 'materials.material')
    .where('entity_id', 'in', ids)
    .orderBy('id', 'desc')
    .execute()
  // A material may have several numbers elsewhere; the column takes one, and the others stay.
  const first = new Map(references.map((one) => [one.recordId, writeReferenceKey(one)]))
  const english = ctx.locale === 'en-US'
  return materials.map((row) => ({
    code: row.code,
    cells: cellsOf(row, { tree, word, english, barcodes: barcodes.get(row.id) ?? [], reference: first.get(row.id) ?? '' }),
  }))
}

interface Around {
  tree: Tree<Category>
  word: (key: string) => string
  english: boolean
  barcodes: readonly Barcode[]
  reference: string
}

function cellsOf(row: MaterialRow, { tree, word, english, barcodes, reference }: Around): WrittenCell[] {
  const yesNo = (yes: boolean) => word(yes ? 'imports.yes' : 'imports.no')
  const cells: Record<MaterialColumn, WrittenCell> = {
    code: row.code,
    name: row.name,
    specification: row.specification,
    category: categoryText(tree, row.category_id),
    unit: unitName(row.base_unit, english),
    kind: word(`materials.kinds.${row.kind}`),
    control: word(`materials.controls.${row.control}`),
    shelfLifeDays: row.shelf_life_days,
    inspectedOnReceipt: yesNo(row.inspected_on_receipt),
    attributes: writeAttributes(row.attributes, templateOf(tree, row.category_id), yesNo, english),
    units: writeUnits(row.units, english),
    barcodes: writeBarcodes(barcodes, row.base_unit, english),
    nameEn: row.name_en,
    reference,
    note: row.note,
  }
  return Object.keys(materialColumns).map((key) => cells[key as MaterialColumn])
}
