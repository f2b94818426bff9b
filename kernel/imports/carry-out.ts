import { setImmediate as breathe } from 'node:timers/promises'
import { sql } from 'kysely'
import type { ImportKnown } from '#values/import.ts'
import { auditEvent, opaque, violatedUnique } from '../postgres.ts'
import type { Resolved, RowProblem, Written } from './definition.ts'
import {
  changeImport,
  countEffects,
  type ImportRecord,
  type ImportTx,
  markWritten,
  markWrong,
  type UnitRow,
  waitingRows,
} from './import-store.ts'
import { parseRow } from './rows.ts'
import { outcomeOf } from './seen.ts'
import { endBy, holdOn, Stopped, type Work } from './worker.ts'

/** Devices of forty points take a second: how far it is must move, and a cancel be heard. */
const BATCH_ROWS = 100

type Wrong = { rowNo: number; problems: RowProblem[] }
interface Batch {
  /** Rows looked at; none are left where it is zero. */
  rows: number
  lastUnit: number
  written: number
  handOut: number
  wrong: Wrong[]
}

/** Some right rows have become wrong since the check, and all or nothing was asked for. */
class NowWrong extends Error {
  readonly rows: Wrong[]
  constructor(rows: Wrong[]) {
    super('rows have become wrong')
    this.rows = rows
  }
}

/** Wrong rows are left out: batch after batch, each with its progress in one transaction, so that whoever takes over goes on behind it. */
export async function carryOutRightRows(work: Work): Promise<void> {
  let more = true
  while (more) {
    more = await onceMore(() =>
      work.db.inTenant(work.ctx, async (tx) => {
        const row = await holdOn(work, tx)
        const batch = await writeBatch(work, tx, 0)
        await markWrong(tx, work.id, batch.wrong)
        const counts = countsAfter(row, batch)
        await changeImport(tx, work.id, counts)
        if (batch.rows === 0) await finish(work, tx, row, counts)
        return batch.rows > 0
      }),
    )
    await breathe()
  }
}

/** All or nothing: one transaction. How far it is stands in transactions of their own beside it, for the page. */
export async function carryOutAll(work: Work): Promise<void> {
  try {
    await onceMore(() => work.db.inTenant(work.ctx, (tx) => writeAll(work, tx)))
  } catch (error) {
    if (!(error instanceof NowWrong)) throw error
    await work.db.inTenant(work.ctx, async (tx) => {
      const row = await holdOn(work, tx)
      await markWrong(tx, work.id, error.rows)
      const wrong = row.rows_wrong + error.rows.length
      const effects = await countEffects(tx, work.id)
      await changeImport(tx, work.id, { ...effects, rows_done: 0, rows_wrong: wrong, rows_right: row.rows_read - wrong })
      await endBy(work, tx, row, 'refuse', { code: 'imports.wrongRows', details: { rows: error.rows.length } })
    })
  }
}

async function writeAll(work: Work, tx: ImportTx): Promise<void> {
  let [done, handOut, after] = [0, 0, 0]
  while (true) {
    const row = await work.db.inTenant(work.ctx, async (beside) => {
      const held = await holdOn(work, beside)
      await changeImport(beside, work.id, { rows_done: done })
      return held
    })
    const batch = await writeBatch(work, tx, after)
    if (batch.wrong.length > 0) throw new NowWrong(batch.wrong)
    if (batch.rows === 0) {
      const counts = { rows_done: done, to_hand_out: handOut }
      await changeImport(tx, work.id, counts)
      return finish(work, tx, row, counts)
    }
    ;[done, handOut, after] = [done + batch.written, handOut + batch.handOut, batch.lastUnit]
    await breathe()
  }
}

async function writeBatch({ ctx, id, about, known, definition, translate }: Work, tx: ImportTx, after: number): Promise<Batch> {
  const rows = await waitingRows(tx, id, { after, atLeast: BATCH_ROWS })
  if (rows.length === 0) return { rows: 0, lastUnit: after, written: 0, handOut: 0, wrong: [] }
  const values = rows.map((row) => parseRow(definition, { cells: row.cells, approximate: new Set() }, translate).value)
  const resolved: Resolved<unknown>[] = await definition.resolve(ctx, opaque(tx), values, about)
  const { ready, done, wrong } = part(rows, resolved, known)
  // Plans kept from when a table was empty read all of an organisation's rows for each foreign key: at 4,000 devices 10 s instead of 6, at
  // 100,000 hours. Nobody has analysed the tables while one transaction fills them.
  await sql`set local plan_cache_mode = force_custom_plan`.execute(tx.sql)
  const written = await definition.apply(
    ctx,
    opaque(tx),
    ready.map((one) => one.ready),
    about,
  )
  await markWritten(tx, id, [...done, ...ready.map(({ rowNo }, i) => ({ rowNo, written: written[i] as Written }))])
  return {
    rows: rows.length,
    lastUnit: rows.at(-1)?.unit_no ?? after,
    written: ready.length + done.length,
    handOut: written.filter((one) => one.handOut).length,
    wrong,
  }
}

/** One row that has become wrong keeps its group back. */
function part(rows: readonly UnitRow[], resolved: readonly Resolved<unknown>[], known: ImportKnown) {
  const outcomes = rows.map((row, i) => {
    const answer = resolved[i] as Resolved<unknown>
    return { row, answer, problems: problemsNow(row, answer, known) }
  })
  const firstWrong = new Map<number, number>()
  for (const { row, problems } of outcomes) if (problems.length > 0 && !firstWrong.has(row.unit_no)) firstWrong.set(row.unit_no, row.row_no)
  const ready: { rowNo: number; ready: unknown }[] = []
  const done: { rowNo: number; written: Written }[] = []
  const wrong: Wrong[] = []
  for (const { row, answer, problems } of outcomes) {
    const rowNo = row.row_no
    const held = firstWrong.get(row.unit_no)
    if (held !== undefined) wrong.push({ rowNo, problems: problems.length > 0 ? problems : [heldBack(held)] })
    else if ('problems' in answer) throw new Error(`row ${rowNo} is not ready and nothing is said of why`)
    else {
      const outcome = outcomeOf(seenBefore(row), answer, known)
      if (outcome.do === 'nothing') done.push({ rowNo, written: { id: outcome.id } })
      else ready.push({ rowNo, ready: answer.ready })
    }
  }
  return { ready, done, wrong }
}

const seenBefore = ({ effect, seen_version }: UnitRow) => effect && { effect, version: seen_version }

function problemsNow(row: UnitRow, answer: Resolved<unknown>, known: ImportKnown): RowProblem[] {
  if ('problems' in answer) return answer.problems
  const outcome = outcomeOf(seenBefore(row), answer, known)
  return outcome.do === 'refuse' ? [outcome.problem] : []
}

const heldBack = (row: number): RowProblem => ({ column: null, code: 'heldBack', details: { row } })

const countsAfter = (row: ImportRecord, batch: Batch) => ({
  rows_done: row.rows_done + batch.written,
  rows_wrong: row.rows_wrong + batch.wrong.length,
  rows_right: row.rows_right - batch.wrong.length,
  to_hand_out: row.to_hand_out + batch.handOut,
})

async function finish(work: Work, tx: ImportTx, row: ImportRecord, counts: { rows_done: number }): Promise<void> {
  await changeImport(tx, work.id, await countEffects(tx, work.id))
  await endBy(work, tx, row, 'finished')
  await auditEvent(tx, {
    action: 'imports.done',
    entity: row.kind,
    entityId: null,
    details: { fileName: row.file_name, importMode: row.mode, importKnown: row.known, rowCount: counts.rows_done },
  })
}

/** Somebody who took the same code in this very moment is seen by the second try. */
async function onceMore<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Stopped || violatedUnique(error) === undefined) throw error
    return run()
  }
}
