import { opaque } from '#kernel/postgres.ts'
import { referencesAt } from '#kernel/references.ts'
import { readReferenceKey, writeReferenceKey } from '#values/reference.ts'
import type { Category, CategoryId, MaterialId } from '../contract.ts'
import { pathTo, type Tree } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { barcodesAt, barcodesOfAll } from './detail-store.ts'
import { type Barcode, codesIn, readBarcodes } from './list-cells.ts'
import type { MaterialSheetRow, Wrong } from './material-sheet.ts'
import { type MaterialRow, materialsByCodes } from './material-store.ts'
import { namedBySources } from './source-store.ts'
import type { MaterialsTx } from './tables.ts'
import { factorOf } from './unit-rules.ts'

/** What rows are held against. */
export interface Stored {
  tree: Tree<Category>
  /** By code, name or way down from the root. */
  categoryOf(text: string): CategoryId | 'several' | undefined
  /** By code in small letters. */
  known: Map<string, MaterialRow>
  /** Whose base unit stays. */
  namedBySources: Set<MaterialId>
  /** Records by their number elsewhere. */
  references: Map<string, string>
  barcodes: Map<string, Barcode & { materialId: MaterialId }>
  barcodesOf: Map<MaterialId, Barcode[]>
  /** By rows before. */
  takenBarcodes: Set<string>
}

/** `lock`: the materials that may be changed, in one order for everybody. */
export async function readStored(tx: MaterialsTx, rows: readonly MaterialSheetRow[], lock: boolean): Promise<Stored> {
  const tree = await readTree(tx)
  const categories = byWords(tree)
  const known = await materialsByCodes(
    tx,
    rows.flatMap((row) => row.code ?? []),
    lock,
  )
  const ids = known.map((row) => row.id)
  const keys = rows.flatMap((row) => (row.reference === null ? [] : (readReferenceKey(row.reference) ?? [])))
  const codes = rows.flatMap((row) => (typeof row.barcodes === 'string' ? codesIn(row.barcodes) : []))
  const atCodes = await barcodesAt(tx, codes)
  return {
    tree,
    categoryOf: (text) => categories.get(normal(text)),
    known: new Map(known.map((row) => [row.code.toLowerCase(), row])),
    namedBySources: await namedBySources(tx, ids),
    references: new Map((await referencesAt(opaque(tx), keys)).map((one) => [writeReferenceKey(one), one.recordId])),
    barcodes: new Map(atCodes.map((one) => [one.code, one])),
    barcodesOf: Map.groupBy(await barcodesOfAll(tx, ids), (one) => one.materialId),
    takenBarcodes: new Set(),
  }
}

const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .split(/\s*[/\\>＞]\s*/)
    .filter(Boolean)
    .join('/')
    .trim()
    .toLowerCase()

/** By code, name or way down from the root; a name of several belongs to none. */
export function byWords(tree: Tree<Category>): Map<string, CategoryId | 'several'> {
  const found = new Map<string, CategoryId | 'several'>()
  const add = (word: string | null, id: CategoryId) => {
    if (word === null) return
    const before = found.get(normal(word))
    found.set(normal(word), before !== undefined && before !== id ? 'several' : id)
  }
  for (const category of tree.values()) if (!category.retired) for (const word of wordsOf(tree, category)) add(word, category.id)
  return found
}

const wordsOf = (tree: Tree<Category>, category: Category): (string | null)[] => [
  category.code,
  category.name,
  category.nameEn,
  pathTo(tree, category.id)
    .map((one) => one.name)
    .join('/'),
]

/** Also of one that is retired meanwhile, or whose name several have: the material is there already. */
export function namesCategory(tree: Tree<Category>, id: CategoryId, text: string): boolean {
  const category = tree.get(id)
  return category !== undefined && wordsOf(tree, category).some((word) => word !== null && normal(word) === normal(text))
}

/** As an export writes it: the way down from the root, or the code where that names another. */
export function categoryText(tree: Tree<Category>, id: CategoryId): string {
  const category = tree.get(id)
  if (!category) return ''
  const path = wordsOf(tree, category)[3] ?? ''
  const found = byWords(tree).get(normal(path))
  return category.retired || found === id ? path : category.code
}

export function categoryOf(text: string, stored: Stored, wrong: Wrong) {
  const categoryId = stored.categoryOf(text)
  if (categoryId === undefined) wrong('category', 'categoryUnknown', { text })
  else if (categoryId === 'several') wrong('category', 'categorySeveral', { text })
  else return categoryId
  return undefined
}

/** The number that is to be written down, null where none is; `owner`: the record that may have it already. */
export function newReference({ reference }: MaterialSheetRow, stored: Stored, wrong: Wrong, owner?: string): string | null {
  if (reference === null) return null
  const key = readReferenceKey(reference)
  if (!key) {
    wrong('reference', 'reference')
    return null
  }
  const taken = stored.references.get(writeReferenceKey(key))
  if (taken === undefined) return writeReferenceKey(key)
  if (taken !== owner) wrong('reference', 'referenceTaken', { text: reference })
  return null
}

/** Barcodes that are not there yet; `owner`: the material that may have them already. */
export function newBarcodes(
  { barcodes: text }: MaterialSheetRow,
  units: Parameters<typeof factorOf>[0],
  stored: Stored,
  wrong: Wrong,
  owner?: string,
): Barcode[] {
  if (typeof text !== 'string') return []
  const read = readBarcodes(text, units.baseUnit)
  if ('problems' in read) {
    for (const { code, details } of read.problems) wrong('barcodes', code, details)
    return []
  }
  return read.value.filter(({ code, unit }) => {
    const there = stored.barcodes.get(code)
    if (there?.materialId === owner && there?.unit === unit) return false
    if (there || stored.takenBarcodes.has(code)) wrong('barcodes', 'barcodeTaken', { text: code })
    if (factorOf(units, unit) === undefined) wrong('barcodes', 'unitUnknown', { text: unit })
    stored.takenBarcodes.add(code)
    return true
  })
}
