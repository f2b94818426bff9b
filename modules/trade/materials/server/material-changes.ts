import { isDeepStrictEqual } from 'node:util'
import type { Context } from '#kernel/context.ts'
import { CLEARED } from '#kernel/imports/cells.ts'
import type { Resolved, RowChange, RowProblem } from '#kernel/imports/definition.ts'
import { unitName } from '#values/units.ts'
import { templateOf } from './category-rules.ts'
import type { MaterialChange } from './change-material.ts'
import { categoryOf, categoryText, namesCategory, newBarcodes, newReference, type Stored } from './import-stored.ts'
import { readAttributes, readUnits, writeAttributes, writeBarcodes, writeUnits } from './list-cells.ts'
import type { MaterialColumn, MaterialSheetRow, ReadyMaterial, Wrong } from './material-sheet.ts'
import type { MaterialRow } from './material-store.ts'
import { hasUnitTwice } from './unit-rules.ts'

type Set = (column: MaterialColumn, old: RowChange['old'], change: MaterialChange) => void

/** What the row changes of the material that its code names. */
export function changeByRow(
  ctx: Context,
  row: MaterialSheetRow,
  record: MaterialRow,
  stored: Stored,
): Resolved<ReadyMaterial, MaterialColumn> {
  const problems: RowProblem<MaterialColumn>[] = []
  const changes: RowChange<MaterialColumn>[] = []
  const change: MaterialChange = {}
  const wrong: Wrong = (column, code, details = {}) => {
    problems.push({ column, code: `materials.importRows.problems.${code}`, details })
  }
  const set: Set = (column, old, part) => {
    changes.push({ column, old })
    Object.assign(change, part)
  }
  const english = ctx.locale === 'en-US'
  textChanges(row, record, set)
  describedChanges(row, record, stored, { set, wrong, english })
  unitChanges(row, record, stored, { set, wrong, english })
  const units = { baseUnit: change.baseUnit ?? record.base_unit, units: change.units ?? record.units }
  const added = newBarcodes(row, units, stored, wrong, record.id)
  const standing = stored.barcodesOf.get(record.id) ?? []
  const cleared = row.barcodes === CLEARED && standing.length > 0
  if (added.length > 0 || cleared) set('barcodes', writeBarcodes(standing, record.base_unit, english), {})
  const reference = newReference(row, stored, wrong, record.id)
  if (reference !== null) set('reference', '', {})
  if (record.retired_at && changes.length > 0) wrong('code', 'retired', { code: record.code })
  if (problems.length > 0) return { problems }
  return {
    ready: { row: record, change, reference, barcodes: { cleared, added } },
    known: { id: record.id, version: record.version, changes },
  }
}

/** A break in a line of a workbook's cell is a blank. */
const oneLine = (text: string) => text.replace(/\s*\r?\n\s*/g, ' ').trim()
const lines = (text: string) => text.replaceAll('\r\n', '\n').trim()

function textChanges(row: MaterialSheetRow, record: MaterialRow, set: Set): void {
  const { name, specification, nameEn, note, kind, control, shelfLifeDays, inspectedOnReceipt } = row
  if (name !== null && name !== oneLine(record.name)) set('name', record.name, { name })
  if (specification !== null) {
    const text = specification === CLEARED ? '' : specification
    if (text !== oneLine(record.specification)) set('specification', record.specification, { specification: text })
  }
  if (nameEn !== null) {
    const text = nameEn === CLEARED ? null : nameEn
    if (text !== (record.name_en && oneLine(record.name_en))) set('nameEn', record.name_en ?? '', { nameEn: text })
  }
  if (note !== null) {
    const text = note === CLEARED ? '' : note
    if (lines(text) !== lines(record.note)) set('note', record.note, { note: text })
  }
  if (kind !== null && kind !== record.kind) set('kind', { word: `materials.kinds.${record.kind}` }, { kind })
  if (control !== null && control !== record.control) set('control', { word: `materials.controls.${record.control}` }, { control })
  if (shelfLifeDays !== null) {
    const days = shelfLifeDays === CLEARED ? null : shelfLifeDays
    if (days !== record.shelf_life_days) set('shelfLifeDays', String(record.shelf_life_days ?? ''), { shelfLifeDays: days })
  }
  if (inspectedOnReceipt !== null && inspectedOnReceipt !== record.inspected_on_receipt)
    set('inspectedOnReceipt', { word: `imports.${record.inspected_on_receipt ? 'yes' : 'no'}` }, { inspectedOnReceipt })
}

interface Saying {
  set: Set
  wrong: Wrong
  english: boolean
}

/** Category and attributes fit each other: a category that asks for other attributes needs them said anew. */
function describedChanges(row: MaterialSheetRow, record: MaterialRow, stored: Stored, { set, wrong, english }: Saying): void {
  const { tree } = stored
  const stays = row.category === null || namesCategory(tree, record.category_id, row.category)
  const categoryId = stays ? record.category_id : categoryOf(row.category ?? '', stored, wrong)
  if (categoryId === undefined) return
  if (!stays) set('category', categoryText(tree, record.category_id), { categoryId })
  if (stays && row.attributes === null) return
  const template = templateOf(tree, categoryId)
  // What the category no longer asks for is not the row's to mend; one of another category must fit there.
  const kept = stays
    ? Object.fromEntries(Object.entries(record.attributes).filter(([key]) => template.some((one) => one.key === key)))
    : record.attributes
  const read = readAttributes(row.attributes, template, kept, { category: stays ? 'stays' : 'new' })
  if ('problems' in read) for (const { code, details } of read.problems) wrong('attributes', code, details)
  else if (!isDeepStrictEqual(read.value, kept)) {
    const yesNo = (yes: boolean) => (english ? (yes ? 'yes' : 'no') : yes ? '是' : '否')
    const old = writeAttributes(record.attributes, templateOf(tree, record.category_id), yesNo, english)
    set('attributes', old, { attributes: read.value })
  }
}

function unitChanges(row: MaterialSheetRow, record: MaterialRow, { namedBySources }: Stored, { set, wrong, english }: Saying): void {
  const baseUnit = row.unit ?? record.base_unit
  if (baseUnit !== record.base_unit) {
    if (namedBySources.has(record.id)) wrong('unit', 'baseUnitFixed')
    else set('unit', unitName(record.base_unit, english), { baseUnit: row.unit ?? undefined })
  }
  const read = readUnits(row.units, record.units)
  if ('problems' in read) {
    for (const { code, details } of read.problems) wrong('units', code, details)
    return
  }
  if (hasUnitTwice({ baseUnit, units: read.value })) wrong('units', 'unitTwice')
  else if (row.units !== null && !isDeepStrictEqual(read.value, record.units))
    set('units', writeUnits(record.units, english), { units: read.value })
}
