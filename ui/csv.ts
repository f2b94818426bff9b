import { saveFile } from './save-file.ts'

export type CsvCell = string | number | boolean | null | undefined

/**
 * One cell by RFC 4180. A text that a spreadsheet would take for a formula (= + - @, tab, carriage return first; OWASP CSV injection)
 * gets an apostrophe; numbers are left as they are.
 */
export function csvCell(value: CsvCell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const isNumber = /^-?\d+(\.\d+)?$/.test(value)
  const text = !isNumber && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvText = (rows: readonly (readonly CsvCell[])[]): string => rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')

/** Hands the browser a file. The byte order mark lets Excel read the Chinese as UTF-8. */
export function downloadCsv(name: string, rows: readonly (readonly CsvCell[])[]): void {
  saveFile(name.endsWith('.csv') ? name : `${name}.csv`, new Blob(['\uFEFF', csvText(rows)], { type: 'text/csv;charset=utf-8' }))
}
