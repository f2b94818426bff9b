import { isDeepStrictEqual } from 'node:util'
import { CLEARED, type Cleared } from '#kernel/imports/cells.ts'
import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { readUnit, unitName } from '#values/units.ts'
import { type Attribute, type AttributeValues, checkAttributes } from '../attributes.ts'
import type { UnitConversion } from '../contract.ts'
import { BarcodeText } from '../detail-contract.ts'

/** Several things in one cell: parted by semicolons; what holds one itself, or a sign that parts a name from its value, stands in quotes. */
const ITEM = /(?:"(?:[^"]|"")*"|[^;；\n])+/g
const PAIR = /^\s*("(?:[^"]|"")*"|[^=＝:：]+?)\s*[=＝:：](.*)$/s
/** What one cell of an import may hold. */
export const MAX_LIST_CELL = 2_000

const itemsOf = (text: string): string[] => (text.match(ITEM) ?? []).map((item) => item.trim()).filter(Boolean)
const unquoted = (text: string): string => {
  const bare = text.trim()
  return bare.length > 1 && bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare
}
const quoted = (text: string): string => (text === '' || /[;；\n"=＝:：]|^\s|\s$|^\[/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
/** Left empty where it would not be read again: an empty cell changes nothing. */
const written = (items: readonly string[]): string => {
  const text = items.join('; ')
  return text.length > MAX_LIST_CELL ? '' : text
}
const isClearing = (text: string): boolean => /^[[【](清空|clear)[\]】]$/i.test(text.trim())

type Problem = { code: string; details: Record<string, unknown> }
export type Read<Value> = { value: Value } | { problems: Problem[] }

/** 内径=20; 密封=2RS: by label or key. Those that are not named stay as they stand. */
export function readAttributes(
  text: string | Cleared | null,
  template: readonly Attribute[],
  standing: AttributeValues,
  { category }: { category: 'stays' | 'new' },
): Read<AttributeValues> {
  const values: AttributeValues = text === CLEARED ? {} : { ...standing }
  const problems: Problem[] = []
  for (const item of typeof text === 'string' ? itemsOf(text) : []) {
    const [, name = '', value = ''] = PAIR.exec(item) ?? []
    const wanted = unquoted(name).toLowerCase()
    const attribute = template.find((one) => [one.key, one.label, one.labelEn].some((word) => word?.toLowerCase() === wanted))
    if (!attribute) problems.push({ code: 'attributeUnknown', details: { text: item } })
    else if (isClearing(value)) delete values[attribute.key]
    else values[attribute.key] = attributeValue(attribute, unquoted(value))
  }
  // What the category came to ask for later is not the matter of a row that changes nothing.
  if (category === 'stays' && problems.length === 0 && isDeepStrictEqual(values, standing)) return { value: standing }
  const checked = checkAttributes(template, values)
  if ('values' in checked && problems.length === 0) return { value: checked.values }
  const more = 'problems' in checked ? checked.problems : []
  const labelOf = (key: string) => template.find((one) => one.key === key)?.label ?? key
  return {
    problems: [...problems, ...more.map(({ key, problem }) => ({ code: `attribute.${problem}`, details: { label: labelOf(key) } }))],
  }
}

function attributeValue({ type }: Attribute, text: string): string | boolean {
  if (type !== 'yesNo') return text
  if (/^(是|y|yes|true|1|√)$/i.test(text)) return true
  return /^(否|n|no|false|0|×)$/i.test(text) ? false : text
}

export const writeAttributes = (
  values: AttributeValues,
  template: readonly Attribute[],
  yesNo: (yes: boolean) => string,
  english: boolean,
): string =>
  written(
    template.flatMap(({ key, label, labelEn }) => {
      const value = values[key]
      if (value === undefined) return []
      return `${quoted((english && labelEn) || label)}=${typeof value === 'boolean' ? yesNo(value) : quoted(value)}`
    }),
  )

/** 箱=20; 托=400: how many base units one of it is; those that are not named stay as they stand. */
export function readUnits(text: string | Cleared | null, standing: readonly UnitConversion[]): Read<UnitConversion[]> {
  const units = new Map(text === CLEARED ? [] : standing.map((one) => [one.unit, one]))
  const problems: Problem[] = []
  for (const item of typeof text === 'string' ? itemsOf(text) : []) {
    const [, name = '', value = ''] = PAIR.exec(item) ?? []
    const unit = readUnit(unquoted(name))
    const factor = readDecimal(value.normalize('NFKC').trim().replaceAll(',', ''))
    if (!unit) problems.push({ code: 'unit', details: { text: item } })
    else if (isClearing(value)) units.delete(unit)
    else if (factor === undefined || factor <= 0n) problems.push({ code: 'unitFactor', details: { text: item } })
    else units.set(unit, { unit, factor: writeDecimal(factor) })
  }
  return problems.length > 0 ? { problems } : { value: [...units.values()] }
}

export const writeUnits = (units: readonly UnitConversion[], english: boolean): string =>
  written(units.map(({ unit, factor }) => `${unitName(unit, english)}=${factor}`))

export interface Barcode {
  code: string
  unit: string
}

const BARCODE = /^("(?:[^"]|"")*"|\S+)(?:\s+(.+))?$/s
const codeIn = (item: string): string => unquoted(BARCODE.exec(item)?.[1] ?? '').normalize('NFKC')

/** The codes alone, right or wrong. */
export const codesIn = (text: string): string[] => itemsOf(text).map(codeIn)

/** 6901234567892; 6901234567908 箱: each for the base unit, or for the unit behind it. */
export function readBarcodes(text: string, baseUnit: string): Read<Barcode[]> {
  const problems: Problem[] = []
  const barcodes = itemsOf(text).flatMap((item): Barcode[] => {
    const name = BARCODE.exec(item)?.[2] ?? ''
    const code = codeIn(item)
    const read = BarcodeText.safeParse(code)
    const unit = name === '' ? baseUnit : readUnit(unquoted(name))
    if (read.success && unit) return [{ code: read.data, unit }]
    problems.push(read.success ? { code: 'unit', details: { text: name } } : { code: 'barcode', details: { text: code } })
    return []
  })
  return problems.length > 0 ? { problems } : { value: barcodes }
}

export const writeBarcodes = (barcodes: readonly Barcode[], baseUnit: string, english: boolean): string =>
  written(barcodes.map(({ code, unit }) => (unit === baseUnit ? quotedCode(code) : `${quotedCode(code)} ${unitName(unit, english)}`)))
const quotedCode = (code: string): string => (/[;"]|^\[/.test(code) ? `"${code.replaceAll('"', '""')}"` : code)
