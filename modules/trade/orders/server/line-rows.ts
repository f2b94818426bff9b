import type { Context } from '#kernel/context.ts'
import { type CellKind, dateCell, textCell } from '#kernel/imports/cells.ts'
import { optional, type Resolved, type RowOf, type RowProblem, required } from '#kernel/imports/definition.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialFacts } from '#modules/trade/materials/public.ts'
import { readDecimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import { unitCodes, unitName } from '#values/units.ts'
import { MAX_LINES, MAX_SCHEDULES } from '../order-content.ts'
import { NewLine } from '../proposal.ts'
import type { AddedLine, ProblemCode } from './proposal-rules.ts'
import { lookUpLines } from './resolve-lines.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

const MAX_UNIT = 20
export const PROBLEMS = 'orders.importRows.problems'
export const plain = (text: string) => text.normalize('NFKC').trim()

/** Exact, unlike a number: 1,234.5, 126.123456, 13 %. */
const decimalCell = (ok: (value: bigint) => boolean, problem: string): CellKind<string> => ({
  read: (text) => {
    const digits = plain(text).replace(/^[¥$€]/, '')
    const percent = digits.endsWith('%')
    const bare = digits.replace(/%$/, '').trim()
    const value = readDecimal(/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(bare) ? bare.replaceAll(',', '') : bare)
    if (value === undefined || (percent && value % 100n !== ZERO)) return { problem: { code: `${PROBLEMS}.decimal` } }
    const exact = percent ? value / 100n : value
    return ok(exact) ? { value: writeDecimal(exact) } : { problem: { code: `${PROBLEMS}.${problem}` } }
  },
})

export const lineColumns = {
  materialCode: required(textCell({ max: 60 }), 'BZ250-1101', { width: 20 }),
  quantity: required(
    decimalCell((value) => value > ZERO, 'positive'),
    '200',
    { width: 12 },
  ),
  unit: optional(textCell({ max: MAX_UNIT }), '', { width: 10 }),
  day: required(dateCell(), '2026-12-20', { width: 14 }),
  netPrice: optional(
    decimalCell((value) => value >= ZERO, 'decimal'),
    '',
    { width: 14 },
  ),
  taxRate: optional(
    decimalCell((value) => value >= ZERO && value <= 1_000_000n, 'decimal'),
    '',
    { width: 10 },
  ),
}
export type LineColumns = typeof lineColumns
export type LineRow = RowOf<LineColumns>
export type LineKey = Extract<keyof LineColumns, string>

/** A code of UN/ECE Recommendation 20, or what people call it in either language. */
const unitOf = (text: string): string =>
  unitCodes.find((code) =>
    [code, unitName(code, false), unitName(code, true)].some((word) => word.toLowerCase() === plain(text).toLowerCase()),
  ) ?? plain(text)

/** A line to be, with all its deliveries; rows of one line share it. */
export interface ReadLine {
  wanted: NewLine
  added: AddedLine
}
/** How many lines an order may still take. */
type LineRoom = (order: string) => number

interface Reading {
  rooms: Pick<Rooms, 'materials'>
  tx: OrdersTx
  ctx: Context
}

/**
 * Rows of orders with one supplier in one currency against catalogue, sources, units, prices and the calendar: same length, same order.
 * Rows of one order and one material at one price are deliveries of one line, priced by their sum.
 */
export async function resolveLineRows(
  { rooms, tx, ctx }: Reading,
  parties: { supplier: OrgId; currency: Currency },
  rows: readonly LineRow[],
  { orderOf, roomIn }: { orderOf: (at: number) => string; roomIn: LineRoom },
): Promise<Resolved<ReadLine, LineKey>[]> {
  const codes = rows.map((row) => plain(row.materialCode))
  const found = await rooms.materials.byCodes(opaque(tx), codes)
  const lines = new Map<string, NewLine>()
  const linesIn = new Map<string, number>()
  const known = rows.map((row, i): { line: string } | { problems: RowProblem<LineKey>[] } => {
    const read = readRow(ctx, row, found.get(codes[i]?.toLowerCase() ?? ''))
    if ('problem' in read) return problemAt(row, read.column, read.problem)
    const { materialId, unit, netPrice, taxRate, schedule } = read.wanted
    const order = orderOf(i)
    const key = JSON.stringify([order, materialId, unit, netPrice, taxRate])
    const line = lines.get(key)
    const count = linesIn.get(order) ?? 0
    if (!line && count >= roomIn(order)) return problemAt(row, 'materialCode', 'tooManyLines')
    if (line && line.schedule.length >= MAX_SCHEDULES) return problemAt(row, 'materialCode', 'tooManyDeliveries')
    if (!line) linesIn.set(order, count + 1)
    lines.set(key, line ? { ...line, schedule: [...line.schedule, ...schedule] } : read.wanted)
    return { line: key }
  })
  const wanted = [...lines]
  const answers = await lookUpLines(
    rooms,
    tx,
    ctx,
    parties,
    wanted.map(([, line]) => line),
  )
  const read = new Map(wanted.map(([key, line], i) => [key, { wanted: line, answer: answers[i] as AddedLine | ProblemCode }]))
  const ready = new Map(
    [...read].flatMap(([key, { wanted, answer }]) => (typeof answer === 'string' ? [] : [[key, { wanted, added: answer }] as const])),
  )
  return known.map((one, i): Resolved<ReadLine, LineKey> => {
    if ('problems' in one) return one
    const line = ready.get(one.line)
    if (line) return { ready: line }
    const code = String(read.get(one.line)?.answer)
    return problemAt(rows[i] as LineRow, code === 'unknownUnit' ? 'unit' : code === 'noPrice' ? 'netPrice' : 'materialCode', code)
  })
}

type ReadRow = { wanted: NewLine } | { column: LineKey; problem: string }

function readRow(ctx: Context, row: LineRow, material: MaterialFacts | undefined): ReadRow {
  if (!material) return { column: 'materialCode', problem: 'unknownMaterial' }
  if (row.day < chinaDay(ctx.now)) return { column: 'day', problem: 'dayPassed' }
  if (!ctx.scopes.permissions.has('orders.setPrices') && (row.netPrice !== null || row.taxRate !== null))
    return { column: 'netPrice', problem: 'priceNotAllowed' }
  // Compatibility characters may be longer when they are written out; no unit is.
  const unit = row.unit ? unitOf(row.unit).slice(0, MAX_UNIT) : material.baseUnit
  const { netPrice, taxRate, quantity, day } = row
  return { wanted: NewLine.parse({ materialId: material.id, unit, netPrice, taxRate, schedule: [{ quantity, day }] }) }
}

const problemAt = (row: LineRow, column: LineKey, code: string): { problems: RowProblem<LineKey>[] } => ({
  problems: [
    {
      column,
      code: `${PROBLEMS}.${code}`,
      details: { text: (column === 'unit' ? row.unit : row.materialCode) ?? '', max: code === 'tooManyLines' ? MAX_LINES : MAX_SCHEDULES },
    },
  ],
})
