import { IMPORT_MAX_ROWS, importErrors } from '#values/import.ts'
import { opaque } from '../postgres.ts'
import { readSpreadsheet, type SheetRow } from '../spreadsheet.ts'
import type { Resolved, RowProblem } from './definition.ts'
import { findHead, HEAD_WITHIN_ROWS, type Head } from './head.ts'
import {
  type CheckedRow,
  changeImport,
  countEffects,
  deleteRows,
  fileOf,
  groupedRows,
  holdBackGroups,
  type ImportTx,
  insertRows,
  markSeen,
  markWrong,
  type Seen,
} from './import-store.ts'
import { arrange, duplicateFinder, exampleTest, groupFinder, type Parsed, parseRow, type ReadRow } from './rows.ts'
import { seenIn } from './seen.ts'
import { endBy, holdOn, type Work } from './worker.ts'

const BATCH_ROWS = 500

/** The dry run: every row read, understood and held against what is stored, nothing written. A file that cannot be read refuses itself. */
export async function checkImport(work: Work): Promise<void> {
  const { db, ctx, id, definition, translate } = work
  const file = await db.inTenant(ctx, async (tx) => {
    await holdOn(work, tx)
    // A worker that died at it left its rows.
    await deleteRows(tx, id)
    await changeImport(tx, id, { rows_read: 0, rows_right: 0, rows_wrong: 0, rows_changed: 0, rows_unchanged: 0 })
    return fileOf(tx, id)
  })
  if (!file) throw new Error('an import is checked without its file')
  const finders = { duplicates: duplicateFinder(definition), groups: groupFinder(definition) }
  const isExample = exampleTest(definition, translate)
  const counts = { read: 0, right: 0, wrong: 0 }
  let waiting: ReadRow[] = []
  const flush = async () => {
    await checkBatch(work, waiting, finders, counts)
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
  if (definition.groups) await checkGroups(work, finders.groups.tooLarge(), counts)
  await db.inTenant(ctx, async (tx) => {
    const row = await holdOn(work, tx)
    await changeImport(tx, id, await countEffects(tx, id))
    await endBy(work, tx, row, 'passed')
  })
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
interface Finders {
  duplicates: ReturnType<typeof duplicateFinder>
  groups: ReturnType<typeof groupFinder>
}

async function checkBatch(work: Work, rows: readonly ReadRow[], { duplicates, groups }: Finders, counts: Counts) {
  if (rows.length === 0) return
  const { db, ctx, id, definition, translate } = work
  const parsed = rows.map((row): Parsed & { firstRow?: number | undefined } => {
    const one = parseRow(definition, row, translate)
    const { firstRow, problems } = groups.find(row, one)
    return { ...one, firstRow, problems: [...one.problems, ...duplicates(row, one), ...problems] }
  })
  await db.inTenant(ctx, async (tx) => {
    await holdOn(work, tx)
    // Of a group that goes on further down nothing can be said yet.
    const alone = parsed.filter((one) => one.firstRow === undefined)
    const more = new Map(await heldAgainst(work, tx, alone))
    const checked = rows.map((row, i): CheckedRow => {
      const one = parsed[i] as (typeof parsed)[number]
      const { problems = [], seen } = more.get(one) ?? {}
      return { rowNo: row.rowNo, cells: row.cells, firstRow: one.firstRow, problems: [...one.problems, ...problems], seen }
    })
    await insertRows(tx, id, checked)
    counts.read += checked.length
    await count(tx, id, counts, checked.filter((row) => row.problems.length > 0).length)
  })
}

async function count(tx: ImportTx, id: Work['id'], counts: Counts, moreWrong: number): Promise<void> {
  counts.wrong += moreWrong
  counts.right = counts.read - counts.wrong
  await changeImport(tx, id, { rows_read: counts.read, rows_right: counts.right, rows_wrong: counts.wrong })
}

/** How a row stands to what is stored, with the problems that are not said of its columns already. */
interface HeldAgainst {
  problems: RowProblem[]
  seen?: Seen
}

async function heldAgainst<One extends Parsed>(work: Work, tx: ImportTx, parsed: readonly One[]): Promise<[One, HeldAgainst][]> {
  const { ctx, definition, about } = work
  const needed = Object.entries(definition.columns).flatMap(([key, column]) => (column.required ? [key] : []))
  // A row that lacks no required value is held against what is stored even where another cell is wrong: it is corrected once, not twice.
  const complete = parsed.filter(({ value }) => needed.every((key) => value[key] !== null))
  const resolved: Resolved<unknown>[] = await definition.resolve(
    ctx,
    opaque(tx),
    complete.map((one) => one.value),
    about,
  )
  return complete.map((one, i) => {
    const answer = resolved[i]
    if (answer && 'ready' in answer) return [one, { problems: [], seen: seenIn(answer) }]
    const said = new Set(one.problems.map(({ column }) => column))
    return [one, { problems: (answer?.problems ?? []).filter(({ column }) => column === null || !said.has(column)) }]
  })
}

/** Groups are held against what is stored when all of the file is read: their rows may stand anywhere in it. */
async function checkGroups(work: Work, tooLarge: readonly number[], counts: Counts): Promise<void> {
  const { db, ctx, id, definition, translate } = work
  let after = 0
  let more = true
  while (more) {
    more = await db.inTenant(ctx, async (tx) => {
      await holdOn(work, tx)
      const rows = await groupedRows(tx, id, { after, atLeast: BATCH_ROWS }, tooLarge)
      const parsed = rows.map((row) => ({
        row,
        value: parseRow(definition, { cells: row.cells, approximate: new Set() }, translate).value,
        problems: row.problems ?? [],
      }))
      const held = await heldAgainst(work, tx, parsed)
      const found = held.filter(([, { problems }]) => problems.length > 0)
      await markSeen(
        tx,
        id,
        held.flatMap(([one, { seen }]) => (seen ? [{ rowNo: one.row.row_no, seen }] : [])),
      )
      await markWrong(
        tx,
        id,
        found.map(([one, { problems }]) => ({ rowNo: one.row.row_no, problems: [...one.problems, ...problems] })),
      )
      await count(tx, id, counts, found.filter(([one]) => one.problems.length === 0).length)
      after = rows.at(-1)?.unit_no ?? after
      return rows.length > 0
    })
  }
  await db.inTenant(ctx, async (tx) => {
    await holdOn(work, tx)
    await count(tx, id, counts, await holdBackGroups(tx, id))
  })
}
