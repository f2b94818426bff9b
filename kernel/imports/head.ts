import { importErrors } from '#values/import.ts'
import type { SheetRow } from '../spreadsheet.ts'
import type { Translate } from '../words.ts'
import type { AnyImportDefinition } from './definition.ts'
import { headNames } from './words.ts'

/** Where each column of the definition stands in the file. */
export interface Head {
  rowNo: number
  positions: Map<string, number>
  unknown: string[]
}

/** The names of the columns stand within the first so many rows: above them there may be a title, a note, a date. */
export const HEAD_WITHIN_ROWS = 20

/** As people write heads: with a star, a unit or a note in brackets, blanks, full-width letters, in either case. */
const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[(（【[].*?[)）】\]]/g, '')
    .replace(/[\s*：:]/g, '')
    .toLowerCase()

/** The row that names most columns. Errors: imports.noHeader, imports.missingColumns, imports.doubledColumn. */
export function findHead(definition: AnyImportDefinition, rows: readonly SheetRow[], translate: Translate): Head {
  const keyOf = new Map<string, string>()
  for (const key of Object.keys(definition.columns)) for (const name of headNames(definition, key, translate)) keyOf.set(normal(name), key)
  const named = (row: SheetRow): number => new Set(row.cells.map((cell) => keyOf.get(normal(cell))).filter(Boolean)).size
  const best = rows.reduce<SheetRow | undefined>((a, b) => (a !== undefined && named(a) >= named(b) ? a : b), undefined)
  if (!best || named(best) === 0) throw importErrors.noHeader({ columnWords: wordsOf(definition, requiredOf(definition)) })
  const positions = new Map<string, number>()
  const unknown: string[] = []
  for (const [at, cell] of best.cells.entries()) {
    const key = keyOf.get(normal(cell))
    if (key !== undefined && positions.has(key)) throw importErrors.doubledColumn({ column: cell })
    if (key !== undefined) positions.set(key, at)
    else if (cell) unknown.push(cell)
  }
  const missing = requiredOf(definition).filter((key) => !positions.has(key))
  if (missing.length > 0) throw importErrors.missingColumns({ columnWords: wordsOf(definition, missing), row: best.rowNo })
  return { rowNo: best.rowNo, positions, unknown }
}

const wordsOf = (definition: AnyImportDefinition, keys: readonly string[]): string[] =>
  keys.map((key) => `${definition.wordsAt}.columns.${key}`)

const requiredOf = (definition: AnyImportDefinition): string[] =>
  Object.keys(definition.columns).filter((key) => definition.columns[key]?.required)
