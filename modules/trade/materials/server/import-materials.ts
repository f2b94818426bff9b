import { choiceCell, codeCell, numberCell, textCell, yesNoCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import { insertReferences, referencesAt } from '#kernel/references.ts'
import { readReferenceKey, writeReferenceKey } from '#values/reference.ts'
import { type Attribute, type AttributeValues, checkAttributes } from '../attributes.ts'
import { type Category, type CategoryId, CODE_PATTERN, Control, MaterialKind, type NewMaterial } from '../contract.ts'
import { pathTo, prefixOf, type Tree, templateOf } from './category-rules.ts'
import { readTree } from './category-store.ts'
import { unitCell } from './import-cells.ts'
import { makeMaterials } from './make-materials.ts'
import { takenCodes } from './material-store.ts'
import type { MaterialsTables } from './tables.ts'

const columns = {
  code: optional(codeCell({ pattern: CODE_PATTERN, problem: 'materials.importRows.problems.code' }), 'BRG-000001', {
    unique: true,
    width: 16,
  }),
  name: required(textCell({ max: 120 }), 'materials.importRows.examples.name', { width: 24 }),
  specification: optional(textCell({ max: 200 }), '6204-2RS', { width: 24 }),
  category: required(textCell({ max: 400 }), 'materials.importRows.examples.category', { width: 20 }),
  unit: required(unitCell(), 'materials.importRows.examples.unit', { width: 8 }),
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
  shelfLifeDays: optional(numberCell({ min: 1, max: 36_500, whole: true }), '', { width: 12 }),
  inspectedOnReceipt: optional(yesNoCell(), 'imports.no', { width: 10 }),
  attributes: optional(textCell({ max: 1_000 }), 'materials.importRows.examples.attributes', { width: 28 }),
  nameEn: optional(textCell({ max: 120 }), 'Deep groove ball bearing', { width: 24 }),
  reference: optional(textCell({ max: 300 }), 'sap/material:100023', { unique: true, width: 24 }),
  note: optional(textCell({ max: 1_000, lines: true }), '', { width: 20 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>
interface Ready {
  material: NewMaterial
  reference: string | null
}

export const materialImportDefinition = (): ImportDefinition<Columns, Ready> => ({
  kind: 'materials.material',
  wordsAt: 'materials.importRows',
  columns,
  resolve: async (_ctx, opaqueTx, rows) => {
    const tx = narrow<MaterialsTables>(opaqueTx)
    const tree = await readTree(tx)
    const keys = rows.flatMap((row) => (row.reference === null ? [] : (readReferenceKey(row.reference) ?? [])))
    const stored = {
      tree,
      categories: byWords(tree),
      taken: await takenCodes(
        tx,
        rows.flatMap((row) => row.code ?? []),
      ),
      references: new Set((await referencesAt(opaqueTx, keys)).map(writeReferenceKey)),
    }
    return rows.map((row) => resolveRow(row, stored))
  },
  apply: async (ctx, opaqueTx, rows) => {
    const ids = await makeMaterials(
      narrow<MaterialsTables>(opaqueTx),
      ctx,
      rows.map((row) => row.material),
    )
    const references = ids.flatMap((recordId, i) => {
      const key = readReferenceKey(rows[i]?.reference ?? '')
      return key ? [{ ...key, entity: 'materials.material', recordId }] : []
    })
    await insertReferences(opaqueTx, references, ctx.now)
    return ids.map((id) => ({ id }))
  },
})

const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .split(/\s*[/\\>＞]\s*/)
    .filter(Boolean)
    .join('/')
    .trim()
    .toLowerCase()

/** By code, name or way down from the root; a name of several belongs to none. */
function byWords(tree: Tree<Category>): Map<string, CategoryId | 'several'> {
  const found = new Map<string, CategoryId | 'several'>()
  const add = (word: string | null, id: CategoryId) => {
    if (word === null) return
    const before = found.get(normal(word))
    found.set(normal(word), before !== undefined && before !== id ? 'several' : id)
  }
  for (const category of tree.values()) {
    if (category.retired) continue
    const path = pathTo(tree, category.id)
    for (const word of [category.code, category.name, category.nameEn, path.map((one) => one.name).join('/')]) add(word, category.id)
  }
  return found
}

interface Stored {
  tree: Tree<Category>
  categories: Map<string, CategoryId | 'several'>
  taken: Set<string>
  references: Set<string>
}

function resolveRow(row: Row, stored: Stored): Resolved<Ready, Key> {
  const problems: RowProblem<Key>[] = []
  const wrong = (column: Key, code: string, details: Record<string, unknown> = {}) => {
    problems.push({ column, code: `materials.importRows.problems.${code}`, details })
  }
  if (row.code !== null && stored.taken.has(row.code.toLowerCase())) wrong('code', 'codeTaken', { code: row.code })
  const reference = row.reference === null ? null : readReferenceKey(row.reference)
  if (reference === undefined) wrong('reference', 'reference')
  else if (reference && stored.references.has(writeReferenceKey(reference))) wrong('reference', 'referenceTaken', { text: row.reference })
  const categoryId = stored.categories.get(normal(row.category))
  if (categoryId === undefined) wrong('category', 'categoryUnknown', { text: row.category })
  else if (categoryId === 'several') wrong('category', 'categorySeveral', { text: row.category })
  if (categoryId === undefined || categoryId === 'several') return { problems }
  if (row.code === null && prefixOf(stored.tree, categoryId) === undefined) wrong('code', 'codeNeeded')
  const attributes = attributesOf(row.attributes, templateOf(stored.tree, categoryId), wrong)
  if (problems.length > 0) return { problems }
  const { code, name, nameEn, note, specification, unit, kind, control, shelfLifeDays, inspectedOnReceipt } = row
  return {
    ready: {
      material: {
        code,
        categoryId,
        name,
        nameEn,
        specification: specification ?? '',
        kind: kind ?? 'part',
        control: control ?? 'none',
        baseUnit: unit,
        shelfLifeDays,
        inspectedOnReceipt: inspectedOnReceipt ?? false,
        attributes,
        units: [],
        note: note ?? '',
      },
      reference: row.reference,
    },
  }
}

/** 内径=20; 密封=2RS: by label or key. */
function attributesOf(
  text: string | null,
  template: readonly Attribute[],
  wrong: (column: Key, code: string, details: Record<string, unknown>) => void,
): AttributeValues {
  const values: AttributeValues = {}
  for (const part of (text ?? '').split(/[;；\n]/).filter((one) => one.trim() !== '')) {
    const [, name = '', value = ''] = /^([^=＝:：]+)[=＝:：](.*)$/.exec(part) ?? []
    const attribute = template.find((one) =>
      [one.key, one.label, one.labelEn].some((word) => word?.toLowerCase() === name.trim().toLowerCase()),
    )
    if (!attribute) {
      wrong('attributes', 'attributeUnknown', { text: part.trim() })
      continue
    }
    const written = value.trim()
    const yes = /^(是|y|yes|true|1|√)$/i.test(written)
    values[attribute.key] = attribute.type !== 'yesNo' ? written : yes || (/^(否|n|no|false|0|×)$/i.test(written) ? false : written)
  }
  const checked = checkAttributes(template, values)
  if ('values' in checked) return checked.values
  for (const { key, problem } of checked.problems)
    wrong('attributes', `attribute.${problem}`, { label: template.find((one) => one.key === key)?.label ?? key })
  return {}
}
