import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { isSscc } from './sscc.ts'

/**
 * How a supplier's own barcode is read, as data: `{material}|{lot}|{quantity}`. Literal text and named fields; a field runs up to the next
 * literal, or over as many characters as it says (`{material:10}`), the last one to the end. Read in one pass, from left to right: no text
 * can make it slow.
 */
const fieldNames = [
  'material',
  'supplierMaterial',
  'lot',
  'serial',
  'quantity',
  'productionDay',
  'expires',
  'order',
  'sscc',
  'ignore',
] as const
export type BarcodeField = (typeof fieldNames)[number]
/** `gtin`: a code of the goods themselves, which a template does not name. */
export type BarcodeValues = Partial<Record<Exclude<BarcodeField, 'ignore'> | 'gtin', string>>

const dateForms = {
  yyyyMMdd: /^(\d{4})(\d{2})(\d{2})$/,
  yyMMdd: /^(\d{2})(\d{2})(\d{2})$/,
  'yyyy-MM-dd': /^(\d{4})-(\d{2})-(\d{2})$/,
} as const
type DateForm = keyof typeof dateForms
const isDateForm = (text: string): text is DateForm => text in dateForms
const days: readonly BarcodeField[] = ['productionDay', 'expires']

type Part = { literal: string } | { field: BarcodeField; length: number | undefined; date: DateForm | undefined }
export type TemplateFault = 'empty' | 'noField' | 'unknownField' | 'fieldTwice' | 'adjacentFields' | 'badLength' | 'badDate' | 'openBracket'

const MAX_VALUE = 60

const isField = (text: string): text is BarcodeField => (fieldNames as readonly string[]).includes(text)

/** The parts of a template, or what is wrong with it. */
export function compileTemplate(text: string): { parts: Part[] } | { fault: TemplateFault } {
  if (text.trim() === '') return { fault: 'empty' }
  const parts: Part[] = []
  const seen = new Set<string>()
  for (const piece of text.split(/(\{[^{}]*\})/).filter((one) => one !== '')) {
    if (!piece.startsWith('{') || !piece.endsWith('}')) {
      if (/[{}]/.test(piece)) return { fault: 'openBracket' }
      parts.push({ literal: piece })
      continue
    }
    const part = fieldOf(piece.slice(1, -1))
    if ('fault' in part) return part
    const before = parts.at(-1)
    if (before && 'field' in before && before.length === undefined) return { fault: 'adjacentFields' }
    if (part.field !== 'ignore' && seen.has(part.field)) return { fault: 'fieldTwice' }
    seen.add(part.field)
    parts.push(part)
  }
  return [...seen].some((field) => field !== 'ignore') ? { parts } : { fault: 'noField' }
}

function fieldOf(text: string): Extract<Part, { field: unknown }> | { fault: TemplateFault } {
  const [name = '', form] = text.split(':')
  if (!isField(name)) return { fault: 'unknownField' }
  if (days.includes(name)) {
    const date = form ?? 'yyyyMMdd'
    return isDateForm(date) ? { field: name, length: date.length, date } : { fault: 'badDate' }
  }
  if (form === undefined) return { field: name, length: undefined, date: undefined }
  const length = /^\d{1,2}$/.test(form) ? Number(form) : 0
  return length >= 1 && length <= MAX_VALUE ? { field: name, length, date: undefined } : { fault: 'badLength' }
}

/** The fields of a scanned text; undefined where it is not of this form. */
export function readByTemplate(parts: readonly Part[], scanned: string): BarcodeValues | undefined {
  const values: BarcodeValues = {}
  let at = 0
  for (const [i, part] of parts.entries()) {
    if ('literal' in part) {
      if (!scanned.startsWith(part.literal, at)) return undefined
      at += part.literal.length
      continue
    }
    const next = parts[i + 1]
    const until = next && 'literal' in next ? scanned.indexOf(next.literal, at) : scanned.length
    const end = part.length === undefined ? until : at + part.length
    if (end < 0 || end > scanned.length) return undefined
    const value = fieldValue(part, scanned.slice(at, end).trim())
    if (value === undefined) return undefined
    if (part.field !== 'ignore') values[part.field] = value
    at = end
  }
  return at === scanned.length ? values : undefined
}

function fieldValue({ field, date }: Extract<Part, { field: unknown }>, text: string): string | undefined {
  if (field === 'ignore') return text
  if (text === '' || text.length > MAX_VALUE) return undefined
  if (field === 'quantity') {
    const quantity = readDecimal(text.replace(/^0+(?=\d)/, ''))
    return quantity === undefined || quantity <= 0n ? undefined : writeDecimal(quantity)
  }
  if (field === 'sscc') return isSscc(text) ? text : undefined
  if (date === undefined) return text
  const [, year = '', month = '', day = ''] = dateForms[date].exec(text) ?? []
  const written = `${year.length === 2 ? `20${year}` : year}-${month}-${day}`
  const parsed = Date.parse(`${written}T00:00:00Z`)
  return Number.isNaN(parsed) || new Date(parsed).toISOString().slice(0, 10) !== written ? undefined : written
}
