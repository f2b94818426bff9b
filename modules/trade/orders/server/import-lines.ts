import type { Context } from '#kernel/context.ts'
import { type CellKind, dateCell, textCell } from '#kernel/imports/cells.ts'
import { type ImportDefinition, optional, type Resolved, type RowOf, required } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import type { MaterialFacts } from '#modules/trade/materials/public.ts'
import { readDecimal, writeDecimal, ZERO } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { unitCodes, unitName } from '#values/units.ts'
import type { OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { MAX_LINES } from '../order-content.ts'
import { NewLine, Proposal } from '../proposal.ts'
import { changeDraft, readDraft } from './buyer-store.ts'
import { makeContent } from './make-content.ts'
import { sideOf, stepOf } from './open-order.ts'
import { changeOrder, headOf, lockOrder, type OrderRow, readOrder } from './order-store.ts'
import { resolveLines } from './resolve-lines.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

const PROBLEMS = 'orders.importRows.problems'
const plain = (text: string) => text.normalize('NFKC').trim()

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

const columns = {
  materialCode: required(textCell({ max: 60 }), 'BZ250-1101', { width: 20 }),
  quantity: required(
    decimalCell((value) => value > ZERO, 'positive'),
    '200',
    { width: 12 },
  ),
  unit: optional(textCell({ max: 20 }), '', { width: 10 }),
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
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>

/** A code of UN/ECE Recommendation 20, or what people call it in either language. */
const unitOf = (text: string): string =>
  unitCodes.find((code) =>
    [code, unitName(code, false), unitName(code, true)].some((word) => word.toLowerCase() === plain(text).toLowerCase()),
  ) ?? plain(text)

/** Rows of a spreadsheet become lines of a draft; several rows of one material are several deliveries of one line. */
export const lineImportDefinition = (rooms: Rooms): ImportDefinition<Columns, NewLine> => ({
  kind: 'orders.line',
  wordsAt: 'orders.importRows',
  columns,
  checkTarget: async (ctx, opaqueTx, target) => {
    const order = await readOrder(narrow<OrdersTables>(opaqueTx), target as OrderId)
    if (!order) throw ordersErrors.notFound({ id: target })
    stepOf(order, 'edit', sideOf(order, ctx.orgId))
  },
  resolve: async (ctx, opaqueTx, rows, { target }) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const order = await draftOrder(tx, target)
    const found = await rooms.materials.byCodes(
      opaqueTx,
      rows.map((row) => plain(row.materialCode)),
    )
    return resolveRows(rooms, tx, ctx, order, rows, found)
  },
  apply: async (ctx, opaqueTx, rows, { target }) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const order = await lockOrder(tx, (target ?? '') as OrderId)
    const draft = order && (await readDraft(tx, order.id))
    if (!order || !draft) throw ordersErrors.notFound({ id: target })
    const standing = stepOf(order, 'edit', sideOf(order, ctx.orgId))
    const proposal = Proposal.parse({ added: grouped(rows) })
    const content = await makeContent(rooms, tx, ctx, order, { base: draft.content, proposal, side: 'buyer' })
    await changeDraft(tx, order.id, { content, hand: ctx.actor.id })
    await changeOrder(tx, order.id, { ...standing, ...headOf(content) })
    return rows.map(() => ({ id: order.id }))
  },
})

async function draftOrder(tx: OrdersTx, target: string | null): Promise<OrderRow> {
  const order = await readOrder(tx, (target ?? '') as OrderId)
  if (!order) throw ordersErrors.notFound({ id: target })
  return order
}

async function resolveRows(
  rooms: Rooms,
  tx: OrdersTx,
  ctx: Context,
  order: OrderRow,
  rows: readonly Row[],
  found: Map<string, MaterialFacts>,
): Promise<Resolved<NewLine, Key>[]> {
  const day = chinaDay(ctx.now)
  const mayPrice = ctx.scopes.permissions.has('orders.setPrices')
  const known = rows.map((row): NewLine | Resolved<NewLine, Key> => {
    const text = plain(row.materialCode)
    const material = found.get(text.toLowerCase())
    const wrong = (column: Key, code: string) => ({ problems: [{ column, code: `${PROBLEMS}.${code}`, details: { text } }] })
    if (!material) return wrong('materialCode', 'unknownMaterial')
    if (row.day < day) return wrong('day', 'dayPassed')
    if (!mayPrice && (row.netPrice !== null || row.taxRate !== null)) return wrong('netPrice', 'priceNotAllowed')
    return NewLine.parse({
      materialId: material.id,
      unit: row.unit ? unitOf(row.unit) : material.baseUnit,
      netPrice: row.netPrice,
      taxRate: row.taxRate,
      schedule: [{ quantity: row.quantity, day: row.day }],
    })
  })
  const lines = known.filter((one): one is NewLine => 'materialId' in one)
  const checked = await resolveLines(rooms, tx, ctx, { supplier: order.supplier_org, currency: order.currency }, lines)
  const problems = 'problems' in checked ? checked.problems : []
  return known.map((one, i): Resolved<NewLine, Key> => {
    if (!('materialId' in one)) return one
    const problem = problems.find((p) => p.added === lines.indexOf(one))
    if (!problem) return { ready: one }
    const column =
      ({ unknownUnit: 'unit', noPrice: 'netPrice' } as const)[problem.code as 'unknownUnit' | 'noPrice'] ?? ('materialCode' as const)
    const text = column === 'unit' ? (rows[i]?.unit ?? '') : (rows[i]?.materialCode ?? '')
    return { problems: [{ column, code: `${PROBLEMS}.${problem.code}`, details: { text } }] }
  })
}

/** Several rows of one material at one price are one line. */
function grouped(rows: readonly NewLine[]): NewLine[] {
  const lines = new Map<string, NewLine>()
  for (const row of rows) {
    const key = `${row.materialId} ${row.unit} ${row.netPrice} ${row.taxRate}`
    const line = lines.get(key)
    lines.set(key, line ? { ...line, schedule: [...line.schedule, ...row.schedule] } : row)
  }
  return [...lines.values()].slice(0, MAX_LINES + 1)
}
