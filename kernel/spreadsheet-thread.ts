import { parentPort, workerData } from 'node:worker_threads'
import { parse } from 'csv-parse/sync'
import { streamXlsxRows } from 'hucre/xlsx'
import { cellText, cleanText, decodeText, delimiterOf, isApproximate, type RawCell, withoutFormulaGuard } from './spreadsheet-cells.ts'

// A thread of its own: a workbook of 100,000 rows is some seconds of unbroken computing, and what a hostile one makes run out of memory is
// this thread and not the server (kernel/spreadsheet.ts).

/** A row with something in it. */
export interface SheetRow {
  /** As the spreadsheet counts: the first is 1. */
  rowNo: number
  cells: string[]
  /** Positions of numbers with more digits than Excel keeps. */
  approximate: number[]
}
export type ThreadAnswer = { rows: SheetRow[] } | { done: true } | { failed: 'damaged' | 'notSpreadsheet' | 'tooManyColumns' }
export interface ThreadTask {
  bytes: Uint8Array
  format: 'xlsx' | 'csv'
  maxColumns: number
}

const BATCH_ROWS = 1_000

class Failed extends Error {
  readonly reason: 'damaged' | 'notSpreadsheet' | 'tooManyColumns'
  constructor(reason: Failed['reason']) {
    super(reason)
    this.reason = reason
  }
}

async function* rowsOf({ bytes, format, maxColumns }: ThreadTask): AsyncGenerator<SheetRow> {
  for await (const { rowNo, values } of format === 'xlsx' ? workbookRows(bytes) : textRows(bytes)) {
    const cells = values.map(cellText)
    while (cells.at(-1) === '') cells.pop()
    if (cells.length === 0) continue
    if (cells.length > maxColumns) throw new Failed('tooManyColumns')
    yield { rowNo, cells, approximate: values.flatMap((value, i) => (isApproximate(value) ? [i] : [])) }
  }
}

interface RawRow {
  rowNo: number
  values: RawCell[]
}

async function* workbookRows(bytes: Uint8Array): AsyncGenerator<RawRow> {
  try {
    for await (const { index, values } of streamXlsxRows(bytes)) yield { rowNo: index + 1, values: values as RawCell[] }
  } catch (error) {
    // Whatever the reader stumbles over, it is the file that is wrong.
    throw error instanceof Failed ? error : new Failed('damaged')
  }
}

function* textRows(bytes: Uint8Array): Generator<RawRow> {
  const text = decodeText(bytes)
  if (text === undefined) throw new Failed('notSpreadsheet')
  let records: string[][]
  try {
    records = parse(text, { delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: false })
  } catch {
    throw new Failed('damaged')
  }
  let rowNo = 0
  for (const record of records) yield { rowNo: ++rowNo, values: record.map((cell) => withoutFormulaGuard(cleanText(cell))) }
}

async function* answers(task: ThreadTask): AsyncGenerator<ThreadAnswer> {
  try {
    let rows: SheetRow[] = []
    for await (const row of rowsOf(task)) {
      rows.push(row)
      if (rows.length < BATCH_ROWS) continue
      yield { rows }
      rows = []
    }
    if (rows.length > 0) yield { rows }
    yield { done: true }
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    yield { failed: error.reason }
  }
}

// One answer per question: rows that nobody has asked for yet stay here.
const stream = answers(workerData as ThreadTask)
parentPort?.on('message', async () => parentPort?.postMessage((await stream.next()).value satisfies ThreadAnswer | undefined))
