import type { Context } from '../context.ts'
import type { FileAnswer } from '../file-answer.ts'
import { streamWorkbook, type WrittenColumn, workbook } from '../spreadsheet-writer.ts'
import type { Translate } from '../words.ts'
import type { AnyImportDefinition } from './definition.ts'
import type { CheckedRow } from './import-store.ts'
import { columnName, exampleOf, problemText } from './words.ts'

const NOTE_WIDTH = 70

/** The workbook to fill in: the columns with an example row, and a second sheet that says what goes where. */
export async function templateOf(
  definition: AnyImportDefinition,
  { locale }: Pick<Context, 'locale'>,
  translate: Translate,
): Promise<FileAnswer> {
  const word = (key: string) => translate(locale, key) ?? key
  const keys = Object.keys(definition.columns)
  const columns = columnsOf(definition, locale, translate)
  const sheet = word(`${definition.wordsAt}.sheet`)
  const notes = keys.map((key, i) => {
    const column = definition.columns[key]
    const choices = columns[i]?.choices
    const note = translate(locale, `${definition.wordsAt}.notes.${key}`) ?? ''
    return [
      columnName(definition, key, locale, translate),
      word(`imports.template.${column?.required ? 'required' : column?.requiredForNew ? 'requiredForNew' : 'optional'}`),
      [note, choices && `${word('imports.template.choices')} ${choices.join(' / ')}`].filter(Boolean).join(' '),
      exampleOf(definition, key, locale, translate),
    ]
  })
  const general = ['example', 'first', 'merged', 'codes', 'limits'].map((name) => [word(`imports.template.notes.${name}`)])
  const bytes = await workbook([
    { name: sheet, columns, rows: [keys.map((key) => exampleOf(definition, key, locale, translate))] },
    {
      name: word('imports.template.notesSheet'),
      columns: [
        { title: word('imports.template.column'), width: 18 },
        { title: word('imports.template.whether'), width: 10 },
        { title: word('imports.template.note'), width: NOTE_WIDTH },
        { title: word('imports.template.exampleOf'), width: 24 },
      ],
      rows: [...notes, [], ...general],
    },
  ])
  return { fileName: `${sheet}-${word('imports.template.fileName')}.xlsx`, bytes }
}

function columnsOf(definition: AnyImportDefinition, locale: Context['locale'], translate: Translate): WrittenColumn[] {
  return Object.entries(definition.columns).map(([key, { cell, width, required }]) => ({
    title: `${columnName(definition, key, locale, translate)}${required ? ' *' : ''}`,
    ...(width === undefined ? {} : { width }),
    ...(cell.choices ? { choices: cell.choices.map(({ word }) => translate(locale, word) ?? word) } : {}),
  }))
}

/** Wrong rows as they came, each with its place in the file and its reasons: corrected, the file can be uploaded as it is. */
export function wrongRowsFile(
  definition: AnyImportDefinition,
  { locale }: Pick<Context, 'locale'>,
  translate: Translate,
  rows: AsyncIterable<CheckedRow>,
): FileAnswer {
  const word = (key: string) => translate(locale, key) ?? key
  const keys = Object.keys(definition.columns)
  const columns = [
    ...columnsOf(definition, locale, translate).map(({ choices: _, ...column }) => column),
    { title: word('imports.wrongRows.row'), width: 10 },
    { title: word('imports.wrongRows.reasons'), width: NOTE_WIDTH },
  ]
  async function* written() {
    for await (const row of rows) {
      const reasons = row.problems.map((problem) => {
        const text = problemText(problem, locale, translate)
        return problem.column === null ? text : `${columnName(definition, problem.column, locale, translate)}：${text}`
      })
      yield [...keys.map((_, i) => row.cells[i] ?? ''), row.rowNo, reasons.join('\n')]
    }
  }
  const sheet = word(`${definition.wordsAt}.sheet`)
  return { fileName: `${sheet}-${word('imports.wrongRows.fileName')}.xlsx`, bytes: streamWorkbook(sheet, columns, written()) }
}
