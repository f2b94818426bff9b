import { choiceCell, clearable, codeCell, numberCell, textCell, yesNoCell } from '#kernel/imports/cells.ts'
import { optional, type RowOf } from '#kernel/imports/definition.ts'
import { CODE_PATTERN, Control, MaterialKind, type NewMaterial } from '../contract.ts'
import type { MaterialChange } from './change-material.ts'
import { unitCell } from './import-cells.ts'
import { type Barcode, MAX_LIST_CELL } from './list-cells.ts'
import type { MaterialRow } from './material-store.ts'

const forNew = { requiredForNew: true } as const
const list = () => clearable(textCell({ max: MAX_LIST_CELL, lines: true }))
/** The columns of the import, which are those of the export. */
export const materialColumns = {
  code: optional(codeCell({ pattern: CODE_PATTERN, problem: 'materials.importRows.problems.code' }), 'BRG-000001', {
    unique: true,
    width: 16,
  }),
  name: optional(textCell({ max: 120 }), 'materials.importRows.examples.name', { width: 24, ...forNew }),
  specification: optional(clearable(textCell({ max: 200 })), '6204-2RS', { width: 24 }),
  category: optional(textCell({ max: 400 }), 'materials.importRows.examples.category', { width: 20, ...forNew }),
  unit: optional(unitCell(), 'materials.importRows.examples.unit', { width: 8, ...forNew }),
  kind: optional(
    choiceCell(MaterialKind.options, (kind) => `materials.kinds.${kind}`),
    'materials.kinds.part',
    { width: 10 },
  ),
  control: optional(
    choiceCell(Control.options, (control) => `materials.controls.${control}`),
    'materials.controls.none',
    { width: 12 },
  ),
  shelfLifeDays: optional(clearable(numberCell({ min: 1, max: 36_500, whole: true })), '', { width: 12 }),
  inspectedOnReceipt: optional(yesNoCell(), 'imports.no', { width: 10 }),
  attributes: optional(list(), 'materials.importRows.examples.attributes', { width: 28 }),
  units: optional(list(), 'materials.importRows.examples.units', { width: 20 }),
  barcodes: optional(list(), '6901234567892', { width: 20 }),
  nameEn: optional(clearable(textCell({ max: 120 })), 'Deep groove ball bearing', { width: 24 }),
  reference: optional(textCell({ max: 300 }), 'sap/material:100023', { unique: true, width: 24 }),
  note: optional(clearable(textCell({ max: 1_000, lines: true })), '', { width: 20 }),
}
export type MaterialColumns = typeof materialColumns
export type MaterialColumn = Extract<keyof MaterialColumns, string>
export type MaterialSheetRow = RowOf<MaterialColumns>
export type Wrong = (column: MaterialColumn, code: string, details?: Record<string, unknown>) => void

/** What a row adds beside the material itself. */
export interface Beside {
  reference: string | null
  /** Those that are not there yet; `cleared`: those that are there go first. */
  barcodes: { cleared: boolean; added: Barcode[] }
}
export type ReadyMaterial = Beside & ({ material: NewMaterial } | { row: MaterialRow; change: MaterialChange })
