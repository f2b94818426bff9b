/** What stands in a cell as a workbook says it. */
export type RawCell = string | number | boolean | Date | null | undefined

/** Excel keeps 15 digits of a number: a longer code typed as a number is no longer what was typed. */
const EXACT_BELOW = 1e15

export const isApproximate = (cell: RawCell): boolean => typeof cell === 'number' && Number.isInteger(cell) && Math.abs(cell) >= EXACT_BELOW

/** A cell as the text a person would read in it; a date as 2026-11-22 or 2026-11-22 14:05:30. */
export function cellText(cell: RawCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cleanText(cell)
  if (typeof cell === 'number') return Number.isFinite(cell) ? plainNumber(cell) : ''
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  return Number.isNaN(cell.getTime()) ? '' : dateText(cell)
}

/** Without blanks at its ends (full-width and no-break ones too) and without what cannot be seen: marks of direction, zero-width, control. */
export const cleanText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]/g, '')
    .toWellFormed()
    .trim()

/** 0.1 + 0.2 is shown as 0.3 by Excel, which keeps 15 digits; without an exponent as far as a number of the plant reaches. */
function plainNumber(value: number): string {
  const rounded = Number(value.toPrecision(15))
  if (Number.isInteger(rounded) && Math.abs(rounded) < 1e21) return BigInt(rounded).toString()
  const text = String(rounded)
  return text.includes('e-') ? rounded.toFixed(20).replace(/0+$/, '') : text
}

/** A workbook's dates are readings of a wall clock without a zone; they come as if they were UTC. */
function dateText(date: Date): string {
  // A serial number keeps the time of day as a fraction: 14:05 may come as 14:04:59.9999.
  const text = new Date(Math.round(date.getTime() / 1000) * 1000).toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ')
}

/** A text file's words: by its byte order mark, else UTF-8 where it is that, else GB18030, which Excel in China writes. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return decodeAs('utf-8', bytes)
  if (a === 0xff && b === 0xfe) return decodeAs('utf-16le', bytes)
  if (a === 0xfe && b === 0xff) return decodeAs('utf-16be', bytes)
  return decodeAs('utf-8', bytes) ?? decodeAs('gb18030', bytes)
}

function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Comma, tab or semicolon: the one that stands most often outside quotes in the first lines. */
export function delimiterOf(text: string): string {
  const head = text.slice(0, 20_000).replace(/"[^"]*"/g, '')
  const counts = [',', '\t', ';'].map((mark) => [mark, head.split(mark).length - 1] as const)
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}

/** `'=1+1` is how ui/csv.ts, and many a ledger, keeps a text from being run as a formula. */
export const withoutFormulaGuard = (text: string): string => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text)
