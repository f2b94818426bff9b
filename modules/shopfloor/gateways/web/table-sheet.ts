import type { z } from 'zod'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import en from '../en.json'
import zh from '../zh.json'
import { type DraftRow, emptyDraft, FILE_ROW, type GridColumn, type NewProperty, pastedCell } from './table-draft.ts'

const { element: Property } = devicesApi.createThingModel.body.shape.definition.shape.properties
type KnownProperty = z.output<typeof Property>

/** What a spreadsheet says of a property besides where it lies. */
const propertyKeys = ['label', 'labelEn', 'unit', 'valueType', 'kind', 'decimals'] as const

const choicesOf = (key: 'valueType' | 'kind') =>
  Object.entries(zh.choices[key]).map(([value, word]) => ({ value, zh: word, en: en.choices[key][value as never] as string }))

interface SheetColumn {
  key: string
  zh: string
  en: string
  choices?: { value: string; zh: string; en: string }[]
}

/** The columns of a point table's file, in their order. */
export function sheetColumns(columns: readonly GridColumn[]): SheetColumn[] {
  const worded = (key: string, column?: GridColumn): SheetColumn => ({
    key,
    ...(column?.words ?? { zh: zh.columns[key as never] as string, en: en.columns[key as never] as string }),
    ...(column?.choices ? { choices: column.choices } : {}),
    ...(key === 'valueType' || key === 'kind' ? { choices: choicesOf(key) } : {}),
  })
  const [name, ...rest] = columns
  return [
    ...(name ? [worded(name.key, name)] : []),
    ...propertyKeys.map((key) => worded(key)),
    ...rest.map((column) => worded(column.key, column)),
  ]
}

/** Rows as a file has them, choices in words. */
export function sheetRows(
  columns: readonly GridColumn[],
  drafts: readonly DraftRow[],
  properties: ReadonlyMap<string, Partial<KnownProperty>>,
  language: 'zh' | 'en',
): string[][] {
  return drafts.map((draft) => {
    const property: Record<string, unknown> = { ...properties.get(draft.name ?? '') }
    return sheetColumns(columns).map(({ key, choices }) => {
      const value = (propertyKeys as readonly string[]).includes(key) ? String(property[key] ?? '') : (draft[key] ?? '')
      return choices?.find((choice) => choice.value === value)?.[language] ?? value
    })
  })
}

export type SheetContent = { drafts: DraftRow[]; properties: NewProperty[] } | { missing: string[] }

/**
 * A file's rows as drafts, columns found by their titles in either language; and the properties that the thing model lacks, as far as the
 * file describes them. What is wrong in a row is kept, for the row to be marked.
 */
export function fromSheet(
  rows: readonly { rowNo: number; cells: readonly string[] }[],
  columns: readonly GridColumn[],
  known: ReadonlyMap<string, unknown>,
): SheetContent {
  const wanted = sheetColumns(columns)
  const plain = (title: string) => title.replace(/[\s*＊]/g, '').toLowerCase()
  const head = (rows[0]?.cells ?? []).map(plain)
  const positionOf = (column: SheetColumn) => {
    const titles = new Set([column.key, column.zh, column.en].map(plain))
    return head.findIndex((cell) => titles.has(cell))
  }
  const at = new Map(wanted.map((column) => [column.key, positionOf(column)]))
  const missing = wanted.filter(({ key }) => ['name', ...columns.slice(1, 3).map((c) => c.key)].includes(key) && (at.get(key) ?? -1) < 0)
  if (missing.length > 0) return { missing: missing.map((column) => column.zh) }
  const properties = new Map<string, NewProperty>()
  const drafts = rows.slice(1).map(({ rowNo, cells }) => {
    const cell = (key: string) => (cells[at.get(key) ?? -1] ?? '').trim()
    const draft: DraftRow = { ...emptyDraft(columns), [FILE_ROW]: String(rowNo) }
    for (const column of columns) if (cell(column.key) !== '') draft[column.key] = pastedCell(column, cell(column.key))
    const name = draft.name ?? ''
    if (!known.has(name) && !properties.has(name)) {
      const property = propertyOf(name, wanted, cell)
      if (property) properties.set(name, property)
    }
    return draft
  })
  return { drafts, properties: [...properties.values()] }
}

function propertyOf(name: string, wanted: readonly SheetColumn[], cell: (key: string) => string): NewProperty | undefined {
  const choice = (key: string) => {
    const word = cell(key).toLowerCase()
    return wanted
      .find((column) => column.key === key)
      ?.choices?.find((one) => [one.value, one.zh, one.en].some((w) => w.toLowerCase() === word))?.value
  }
  const parsed = Property.safeParse({
    name,
    label: cell('label') || name,
    labelEn: cell('labelEn') || null,
    valueType: choice('valueType') ?? 'number',
    unit: cell('unit') || null,
    kind: choice('kind') ?? 'instant',
    decimals: cell('decimals') === '' ? null : Number(cell('decimals')),
  })
  return parsed.success ? parsed.data : undefined
}
