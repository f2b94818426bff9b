import { writeXlsxStream } from 'hucre/xlsx'
import type { CsvCell } from './csv.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 has no way to write them
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const MAX_CELL = 32_767
const [MIN_WIDTH, MAX_WIDTH] = [8, 60]

/** A list as a workbook. Fetched with its first use (ui/table-toolbar.tsx): it stays out of the first script. */
export const listWorkbook = (titles: readonly string[], rows: readonly (readonly CsvCell[])[]): Promise<Blob> =>
  new Response(
    writeXlsxStream(
      rows.map((row) => row.map(cellOf)),
      {
        name: 'Sheet1',
        columns: titles.map((title, i) => ({ header: title, width: widthOf([title, ...rows.slice(0, 100).map((row) => row[i])]) })),
        freezePane: { rows: 1 },
      },
    ),
    { headers: { 'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' } },
  ).blob()

/** A text stays a text cell, whatever it begins with: nothing in it is run. */
const cellOf = (cell: CsvCell): string | number | boolean | null =>
  typeof cell === 'string' ? cell.replace(NOT_IN_XML, '').toWellFormed().slice(0, MAX_CELL) : (cell ?? null)

// A Chinese character is as wide as two digits.
const widthOf = (cells: readonly CsvCell[]): number => {
  const longest = Math.max(...cells.map((cell) => String(cell ?? '').replace(/[^\u0020-\u00ff]/g, 'xx').length))
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest + 2))
}
