import { IMPORT_MAX_ROWS, importErrors } from '#values/import.ts'
import { opaque } from '../postgres.ts'
import { readSpreadsheet, type SheetRow } from '../spreadsheet.ts'
import type { Resolved } from './definition.ts'
import { findHead, HEAD_WITHIN_ROWS, type Head } from './head.ts'
import { type CheckedRow, changeImport, deleteRows, fileOf, insertRows } from './import-store.ts'
import { arrange, duplicateFinder, exampleTest, type Parsed, parseRow, type ReadRow } from './rows.ts'
import { endBy, holdOn, type Work } from './worker.ts'

const BATCH_ROWS = 500

/** The dry run: every row read, understood and held against what is stored, nothing written. A file that cannot be read refuses itself. */
export async function checkImport(work: Work): Promise<void> {
  const { db, ctx, id, definition, translate } = work
  const file = await db.inTenant(ctx, async (tx) => {
    await holdOn(work, tx)
    // A worker that died at it left its rows.
    await deleteRows(tx, id)
    await changeImport(tx, id, { rows_read: 0, rows_right: 0, rows_wrong: 0 })
    return fileOf(tx, id)
  })
  if (!file) throw new Error('an import is checked without its file')
  const duplicates = duplicateFinder(definition)
  const isExample = exampleTest(definition, translate)
  const counts = { read: 0, right: 0, wrong: 0 }
  let waiting: ReadRow[] = []
  const flush = async () => {
    await checkBatch(work, waiting, duplicates, counts)
    waiting = []
  }
  for await (const row of readRows(work, file)) {
    if (isExample(row)) continue
    if (counts.read + waiting.length >= IMPORT_MAX_ROWS) throw importErrors.tooManyRows({ limit: IMPORT_MAX_ROWS })
    waiting.push(row)
    if (waiting.length === BATCH_ROWS) await flush()
  }
  await flush()
  if (counts.read === 0) throw importErrors.noRows()
  await db.inTenant(ctx, async (tx) => endBy(work, tx, await holdOn(work, tx), 'passed'))
}

/** Rows below the head, in the order of the definition's columns. */
async function* readRows(work: Work, file: Uint8Array): AsyncGenerator<ReadRow> {
  const { db, ctx, id, definition, translate } = work
  let first: SheetRow[] | undefined = []
  let head: Head | undefined
  const settle = async (rows: readonly SheetRow[]): Promise<Head> => {
    const found = findHead(definition, rows, translate)
    await db.inTenant(ctx, (tx) => changeImport(tx, id, { unknown_columns: found.unknown.map((name) => name.slice(0, 100)) }))
    return found
  }
  for await (const batch of readSpreadsheet(file)) {
    first = first && [...first, ...batch]
    if (first && first.length < HEAD_WITHIN_ROWS) continue
    head ??= await settle((first ?? []).slice(0, HEAD_WITHIN_ROWS))
    yield* below(first ?? batch)
    first = undefined
  }
  if (first) {
    head ??= await settle(first)
    yield* below(first)
  }
  function* below(rows: readonly SheetRow[]) {
    for (const row of rows) {
      const arranged = head && row.rowNo > head.rowNo ? arrange(definition, head, row) : undefined
      if (arranged) yield arranged
    }
  }
}

type Counts = { read: number; right: number; wrong: number }

async function checkBatch(work: Work, rows: readonly ReadRow[], duplicates: ReturnType<typeof duplicateFinder>, counts: Counts) {
  if (rows.length === 0) return
  const { db, ctx, id, definition, translate } = work
  const needed = Object.entries(definition.columns).flatMap(([key, column]) => (column.required ? [key] : []))
  const parsed = rows.map((row): Parsed => {
    const one = parseRow(definition, row, translate)
    return { ...one, problems: [...one.problems, ...duplicates(row, one)] }
  })
  await db.inTenant(ctx, async (tx) => {
    await holdOn(work, tx)
    // A row that lacks no required value is held against what is stored even where another cell is wrong: it is corrected once, not twice.
    const complete = parsed.filter(({ value }) => needed.every((key) => value[key] !== null))
    const resolved: Resolved<unknown>[] = await definition.resolve(
      ctx,
      opaque(tx),
      complete.map((one) => one.value),
      work.about,
    )
    const answerOf = new Map(complete.map((one, i) => [one, resolved[i]]))
    const checked = rows.map((row, i): CheckedRow => {
      const one = parsed[i] as Parsed
      const answer = answerOf.get(one)
      const said = new Set(one.problems.map(({ column }) => column))
      const more = answer && 'problems' in answer ? answer.problems.filter(({ column }) => column === null || !said.has(column)) : []
      return { rowNo: row.rowNo, cells: row.cells, problems: [...one.problems, ...more] }
    })
    await insertRows(tx, id, checked)
    counts.read += checked.length
    counts.wrong += checked.filter((row) => row.problems.length > 0).length
    counts.right = counts.read - counts.wrong
    await changeImport(tx, id, { rows_read: counts.read, rows_right: counts.right, rows_wrong: counts.wrong })
  })
}
