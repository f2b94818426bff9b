import { hasCheckDigit } from './sscc.ts'

/** One application identifier with its value (GS1 General Specifications §3.2). */
export interface Element {
  ai: string
  value: string
}

export type ReadElements = { kind: 'elements'; elements: Element[] } | { kind: 'bad'; reason: ElementFault; ai: string }
export type ElementFault = 'unknownIdentifier' | 'length' | 'characters' | 'checkDigit' | 'date' | 'tooLong'

interface Identifier {
  /** Exactly so many characters; no separator follows. */
  length?: number
  /** At most so many; ends at a separator or with the code. */
  upTo?: number
  /** Digits only. */
  digits?: true
  check?: true
  date?: true
}

/** Those that stand on goods between manufacturers; the figures are those of §3.2, table 3.2-1. */
const identifiers: Record<string, Identifier> = {
  '00': { length: 18, digits: true, check: true },
  '01': { length: 14, digits: true, check: true },
  '02': { length: 14, digits: true, check: true },
  '10': { upTo: 20 },
  '11': { length: 6, digits: true, date: true },
  '12': { length: 6, digits: true, date: true },
  '13': { length: 6, digits: true, date: true },
  '15': { length: 6, digits: true, date: true },
  '16': { length: 6, digits: true, date: true },
  '17': { length: 6, digits: true, date: true },
  '20': { length: 2, digits: true },
  '21': { upTo: 20 },
  '22': { upTo: 20 },
  '30': { upTo: 8, digits: true },
  '37': { upTo: 8, digits: true },
  '240': { upTo: 30 },
  '241': { upTo: 30 },
  '242': { upTo: 6, digits: true },
  '243': { upTo: 20 },
  '250': { upTo: 30 },
  '251': { upTo: 30 },
  '400': { upTo: 30 },
  '401': { upTo: 30 },
  '402': { length: 17, digits: true, check: true },
  '403': { upTo: 30 },
  '410': { length: 13, digits: true, check: true },
  '411': { length: 13, digits: true, check: true },
  '412': { length: 13, digits: true, check: true },
  '413': { length: 13, digits: true, check: true },
  '414': { length: 13, digits: true, check: true },
  '420': { upTo: 20 },
  '422': { upTo: 3, digits: true },
  '90': { upTo: 30 },
  ...Object.fromEntries(['91', '92', '93', '94', '95', '96', '97', '98', '99'].map((ai) => [ai, { upTo: 90 }])),
}
/** Weights and measures: the fourth digit says how many decimals. */
const MEASURE: Identifier = { length: 6, digits: true }
const identifierOf = (ai: string): Identifier | undefined => identifiers[ai] ?? (/^3[1-6]\d[0-5]$/.test(ai) ? MEASURE : undefined)

const GS = '\u001d'
const MAX_CHARACTERS = 400
/** ISO/IEC 646 as GS1 allows it in values (§7.11). */
const VALUE = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/
/** Symbology identifiers of GS1 symbols (ISO/IEC 15424), as scanners put them before the data. */
const SYMBOLOGY = /^\](C1|e0|d2|Q3|J1)/

/** Whether the text says of itself that it is an element string. */
export const looksLikeElements = (text: string): boolean => SYMBOLOGY.test(text) || text.includes(GS) || /^\(\d{2,4}\)/.test(text)

/** Separators as scanners that type into a field write them. */
const withSeparators = (text: string): string => text.replace(/<GS>|\{GS\}/gi, GS)

/** An element string as scanned (FNC1 as the GS character) or as printed below the bars, `(00)…(10)…`. */
export function readElements(scanned: string): ReadElements {
  const text = withSeparators(scanned.trim()).replace(SYMBOLOGY, '')
  if (text.length > MAX_CHARACTERS) return { kind: 'bad', reason: 'tooLong', ai: '' }
  return /^\(\d{2,4}\)/.test(text) ? readBrackets(text) : readRaw(text)
}

function readBrackets(text: string): ReadElements {
  const elements: Element[] = []
  // An opening bracket within a value is told from the next identifier by what stands in it.
  for (const [, ai = '', value = ''] of text.matchAll(/\((\d{2,4})\)((?:(?!\(\d{2,4}\)).)*)/gsu)) {
    const fault = faultOf(ai, value)
    if (fault) return { kind: 'bad', reason: fault, ai }
    elements.push({ ai, value })
  }
  return { kind: 'elements', elements }
}

function readRaw(text: string): ReadElements {
  const elements: Element[] = []
  let at = text.startsWith(GS) ? 1 : 0
  while (at < text.length) {
    const ai = [2, 3, 4].map((n) => text.slice(at, at + n)).find((candidate) => identifierOf(candidate))
    const identifier = ai === undefined ? undefined : identifierOf(ai)
    if (ai === undefined || !identifier) return { kind: 'bad', reason: 'unknownIdentifier', ai: text.slice(at, at + 4) }
    at += ai.length
    const separator = text.indexOf(GS, at)
    const end = identifier.length === undefined ? (separator < 0 ? text.length : separator) : at + identifier.length
    const value = text.slice(at, end)
    const fault = faultOf(ai, value)
    if (fault) return { kind: 'bad', reason: fault, ai }
    elements.push({ ai, value })
    // A separator behind a value of fixed length is needless, and allowed.
    at = text[end] === GS ? end + 1 : end
  }
  return elements.length === 0 ? { kind: 'bad', reason: 'length', ai: '' } : { kind: 'elements', elements }
}

function faultOf(ai: string, value: string): ElementFault | undefined {
  const identifier = identifierOf(ai)
  if (!identifier) return 'unknownIdentifier'
  const { length, upTo = length ?? 0, digits, check, date } = identifier
  if (value === '' || value.length > upTo || (length !== undefined && value.length !== length)) return 'length'
  if (digits ? !/^\d+$/.test(value) : !VALUE.test(value)) return 'characters'
  if (check && !hasCheckDigit(value)) return 'checkDigit'
  return date && dayOfElement(value, '2026-01-01') === undefined ? 'date' : undefined
}

/** A value of YYMMDD as a day; day 00 is the month's last. The century is the one nearest to today (§7.12). */
export function dayOfElement(value: string, today: string): string | undefined {
  const [yy, month, day] = [Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4, 6))]
  const [century, thisYear] = [Math.floor(Number(today.slice(0, 4)) / 100), Number(today.slice(2, 4))]
  const ahead = yy - thisYear
  const year = (ahead >= 51 ? century - 1 : ahead <= -50 ? century + 1 : century) * 100 + yy
  if (month < 1 || month > 12) return undefined
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (day > last) return undefined
  return `${year}-${String(month).padStart(2, '0')}-${String(day === 0 ? last : day).padStart(2, '0')}`
}

/** As printed, and as a QR code holds it: every scanner reads brackets, not every one passes the separator on. */
export const writeElements = (elements: readonly Element[]): string => elements.map(({ ai, value }) => `(${ai})${value}`).join('')

/** `2026-11-26` → `261126`. */
export const elementDay = (day: string): string => day.slice(2).replaceAll('-', '')
/** Whether a text may stand in a value of that identifier; what may not is left off the code and printed beside it. */
export const fitsElement = (ai: string, value: string): boolean => faultOf(ai, value) === undefined
