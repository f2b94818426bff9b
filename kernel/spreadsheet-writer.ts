import { writeXlsx, writeXlsxStream } from 'hucre/xlsx'

/** Text is written as text: what begins with = stays words and is never run (spreadsheet.test.ts). */
export type WrittenCell = string | number | null

export interface WrittenColumn {
  title: string
  /** In characters; a Chinese one counts two. */
  width?: number
  /** Offered for choice in every row below the head. */
  choices?: readonly string[]
}

interface Sheet {
  name: string
  columns: readonly WrittenColumn[]
  rows: readonly (readonly WrittenCell[])[]
}

const MAX_CELL = 32_767
/** Excel takes a list of choices up to this length and calls the workbook damaged beyond it. */
const MAX_CHOICES = 255
const CHOOSABLE_ROWS = 100_000
const DEFAULT_WIDTH = 16

/** A small workbook of several sheets, with choices in its columns. */
export const workbook = async (sheets: readonly Sheet[]): Promise<Uint8Array> =>
  writeXlsx({
    sheets: sheets.map(({ name, columns, rows }) => ({
      name: sheetName(name),
      columns: columns.map(({ width = DEFAULT_WIDTH }) => ({ width })),
      rows: [columns.map(({ title }) => title), ...rows].map((row) => row.map(writtenCell)),
      freezePane: { rows: 1 },
      dataValidations: columns.flatMap(({ choices }, i) => (choices && fits(choices) ? [validation(choices, letterOf(i))] : [])),
    })),
  })

/** A workbook of one sheet, written row by row as it is read. */
export const streamWorkbook = (
  name: string,
  columns: readonly WrittenColumn[],
  rows: AsyncIterable<readonly WrittenCell[]> | Iterable<readonly WrittenCell[]>,
): AsyncIterable<Uint8Array> =>
  writeXlsxStream(written(rows), {
    name: sheetName(name),
    columns: columns.map(({ title, width = DEFAULT_WIDTH }) => ({ header: title, width })),
    freezePane: { rows: 1 },
  }) as unknown as AsyncIterable<Uint8Array>

async function* written(rows: AsyncIterable<readonly WrittenCell[]> | Iterable<readonly WrittenCell[]>) {
  for await (const row of rows) yield row.map(writtenCell)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 has no way to write them
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** What a reader would take for an escaped sign (ECMA-376 part 1 §22.9.2.19): `u_xFF1e_c` would come back as `u＞c`. */
const LIKE_AN_ESCAPE = /_(?=x[\da-f]{4}_)/gi

const writtenCell = (cell: WrittenCell): WrittenCell =>
  typeof cell === 'string' ? cell.replace(NOT_IN_XML, '').toWellFormed().slice(0, MAX_CELL).replace(LIKE_AN_ESCAPE, '_x005F_') : cell

/** At most 31 characters, and none of those that Excel refuses. */
const sheetName = (name: string): string => name.replace(/[[\]:*?/\\']/g, ' ').slice(0, 31) || 'Sheet1'

// A comma would part one choice into two.
const fits = (choices: readonly string[]): boolean => choices.join(',').length <= MAX_CHOICES && choices.every((c) => !/[,"]/.test(c))

const validation = (choices: readonly string[], letter: string) => ({
  type: 'list' as const,
  values: [...choices],
  range: `${letter}2:${letter}${CHOOSABLE_ROWS + 1}`,
  showErrorMessage: true,
})

function letterOf(index: number): string {
  const rest = index % 26
  const above = Math.floor(index / 26)
  return `${above > 0 ? letterOf(above - 1) : ''}${String.fromCharCode(65 + rest)}`
}
