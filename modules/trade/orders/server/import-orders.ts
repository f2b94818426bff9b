import type { Context } from '#kernel/context.ts'
import { type CellKind, textCell } from '#kernel/imports/cells.ts'
import {
  type ImportDefinition,
  MAX_GROUP_ROWS,
  optional,
  type Resolved,
  type RowOf,
  type RowProblem,
  required,
} from '#kernel/imports/definition.ts'
import { narrow, opaque } from '#kernel/postgres.ts'
import type { OrganisationLabel } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { Currency } from '#values/money.ts'
import type { Settings } from '../contract.ts'
import { MAX_LINES, type OrderContent } from '../order-content.ts'
import { writeAnnex } from './buyer-store.ts'
import { firstContentOf, insertDraftOrder } from './create-order.ts'
import { importedAs, insertImported } from './imported-store.ts'
import { lineColumns, plain, type ReadLine, resolveLineRows } from './line-rows.ts'
import { settingsOf } from './order-settings.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

const WORDS = 'orders.importOrders'

const referenceCell: CellKind<string> = {
  read: (text, translate) => textCell({ max: 80 }).read(plain(text), translate),
}
const currencyCell: CellKind<Currency> = {
  read: (text) => {
    const { data } = Currency.safeParse(plain(text).toUpperCase())
    return data ? { value: data } : { problem: { code: `${WORDS}.problems.currency`, details: { choices: Currency.options.join(' / ') } } }
  },
}

const { materialCode, quantity, unit, day, netPrice, taxRate } = lineColumns
const columns = {
  reference: required(referenceCell, 'CG-2026-0815', { width: 18 }),
  supplier: required(textCell({ max: 120 }), `${WORDS}.examples.supplier`, { width: 26 }),
  materialCode,
  quantity,
  unit,
  day,
  netPrice,
  taxRate,
  currency: optional(currencyCell, '', { width: 8 }),
  deliverTo: optional(textCell({ max: 200 }), `${WORDS}.examples.deliverTo`, { width: 24 }),
  note: optional(textCell({ max: 1_000, lines: true }), '', { width: 24 }),
}
type Columns = typeof columns
type Row = RowOf<Columns>
type Key = Extract<keyof Columns, string>

/** An order as its rows say it; they share it. */
interface ReadyOrder {
  reference: string
  supplierId: OrgId
  own: OrganisationLabel
  supplier: OrganisationLabel
  content: OrderContent
  note: string
  responseHours: number
}

/** Rows of one reference become one draft, whole or not at all, and once however often they come; nothing is sent to a supplier. */
export const orderImportDefinition = (rooms: Rooms): ImportDefinition<Columns, ReadyOrder> => ({
  kind: 'orders.order',
  wordsAt: WORDS,
  columns,
  groups: { of: (row) => row.reference, maxRows: MAX_GROUP_ROWS },
  resolve: (ctx, opaqueTx, rows) => resolveOrders(rooms, narrow<OrdersTables>(opaqueTx), ctx, rows),
  apply: async (ctx, opaqueTx, rows) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const ids = new Map<ReadyOrder, string>()
    for (const order of new Set(rows)) ids.set(order, await writeOrder(tx, ctx, order))
    return rows.map((order) => ({ id: ids.get(order) ?? '' }))
  },
})

async function writeOrder(tx: OrdersTx, ctx: Context, order: ReadyOrder): Promise<string> {
  const { id } = await insertDraftOrder(tx, ctx, { ...order, urgent: false })
  await writeAnnex(tx, id, 0, { note: '', cost_object: '', own_number: order.reference })
  const { reference } = order
  await insertImported(tx, {
    reference_key: keyOf(reference),
    reference,
    order_id: id,
    person: ctx.actor.name ?? ctx.actor.id,
    at: ctx.now,
  })
  return id
}

const supplierKey = (text: string): string => plain(text).toLowerCase()
const keyOf = (reference: string): string => reference.toLowerCase()

interface Stored {
  suppliers: Map<string, OrgId | 'several'>
  labels: Map<OrgId, OrganisationLabel>
  imported: Map<string, string>
  settings: Settings
}

async function readStored({ organisations }: Rooms, tx: OrdersTx, ctx: Context, rows: readonly Row[]): Promise<Stored> {
  const words = [...new Set(rows.map((row) => supplierKey(row.supplier)))]
  const suppliers = await organisations.suppliersNamed(opaque(tx), words, chinaDay(ctx.now))
  const ids = [...new Set(suppliers.values())].filter((id): id is OrgId => id !== 'several')
  return {
    suppliers,
    labels: await organisations.labels(opaque(tx), [tx.orgId, ...ids]),
    imported: await importedAs(tx, [...new Set(rows.map((row) => keyOf(row.reference)))]),
    settings: await settingsOf(tx),
  }
}

/** What is said once for the whole order: by its first row that says it. */
interface Head {
  supplier: string
  currency: Currency
  deliverTo: string | null
  note: string | null
}

type Answer = Resolved<ReadyOrder, Key>

async function resolveOrders(rooms: Rooms, tx: OrdersTx, ctx: Context, rows: readonly Row[]): Promise<Answer[]> {
  const stored = await readStored(rooms, tx, ctx, rows)
  const places = Map.groupBy(rows.keys(), (i) => keyOf((rows[i] as Row).reference))
  const problems = rows.map((): RowProblem<Key>[] => [])
  const heads = new Map<string, Head>()
  for (const [key, at] of places) {
    const ofOrder = at.map((i) => rows[i] as Row)
    const head = headOf(ofOrder)
    heads.set(key, head)
    for (const [j, i] of at.entries()) problems[i] = rowProblems(ofOrder[j] as Row, head, stored)
  }
  const lines = await readLines(rooms, tx, ctx, rows, heads, stored)
  for (const [i, line] of lines) if ('problems' in line) problems[i]?.push(...line.problems)
  const answers = problems.map((found): Answer => ({ problems: found }))
  for (const [key, at] of places) {
    const ready = at.map((i) => (problems[i]?.length === 0 ? lines.get(i) : undefined))
    const right = ready.flatMap((one) => (one && 'ready' in one ? [one.ready] : []))
    if (right.length < at.length) continue
    const order = orderOf(tx, ctx, rows[at[0] as number] as Row, heads.get(key) as Head, right, stored)
    for (const i of at) answers[i] = order
  }
  return answers
}

const headOf = (rows: readonly Row[]): Head => ({
  supplier: rows[0]?.supplier ?? '',
  currency: rows.find((row) => row.currency !== null)?.currency ?? 'CNY',
  deliverTo: rows.find((row) => row.deliverTo !== null)?.deliverTo ?? null,
  note: rows.find((row) => row.note !== null)?.note ?? null,
})

function rowProblems(row: Row, head: Head, { suppliers, imported, settings }: Stored): RowProblem<Key>[] {
  const problems: RowProblem<Key>[] = []
  const wrong = (column: Key, code: string, details: Record<string, unknown> = {}) =>
    problems.push({ column, code: `${WORDS}.problems.${code}`, details })
  const number = imported.get(keyOf(row.reference))
  if (number !== undefined) wrong('reference', 'alreadyImported', { number })
  const [supplier, ofOrder] = [suppliers.get(supplierKey(row.supplier)), suppliers.get(supplierKey(head.supplier))]
  if (supplier === undefined) wrong('supplier', 'supplierUnknown', { text: row.supplier })
  else if (supplier === 'several') wrong('supplier', 'supplierSeveral', { text: row.supplier })
  else if (supplier !== ofOrder) wrong('supplier', 'otherThanBefore', { text: head.supplier })
  if (row.currency !== null && row.currency !== head.currency) wrong('currency', 'otherThanBefore', { text: head.currency })
  if (row.deliverTo !== null && row.deliverTo !== head.deliverTo) wrong('deliverTo', 'otherThanBefore', { text: head.deliverTo })
  if (row.note !== null && row.note !== head.note) wrong('note', 'otherThanBefore', { text: head.note?.slice(0, 40) })
  if (head.deliverTo === null && settings.terms.deliverTo === '') wrong('deliverTo', 'deliverToNeeded')
  return problems
}

/** Rows whose supplier is known against his sources and prices, those of one supplier and currency at once. */
async function readLines(rooms: Rooms, tx: OrdersTx, ctx: Context, rows: readonly Row[], heads: Map<string, Head>, { suppliers }: Stored) {
  const lines = new Map<number, Resolved<ReadLine, keyof typeof lineColumns>>()
  const byParties = new Map<string, { supplier: OrgId; currency: Currency; at: number[] }>()
  for (const [i, row] of rows.entries()) {
    const head = heads.get(keyOf(row.reference))
    const supplier = suppliers.get(supplierKey(row.supplier))
    if (!head || supplier === undefined || supplier === 'several') continue
    const key = `${supplier} ${head.currency}`
    const parties = byParties.get(key) ?? { supplier, currency: head.currency, at: [] }
    byParties.set(key, { ...parties, at: [...parties.at, i] })
  }
  for (const { at, ...parties } of byParties.values()) {
    const ofParties = at.map((i) => rows[i] as Row)
    const within = { orderOf: (j: number) => keyOf(ofParties[j]?.reference ?? ''), roomIn: () => MAX_LINES }
    const answers = await resolveLineRows({ rooms, tx, ctx }, parties, ofParties, within)
    for (const [j, answer] of answers.entries()) lines.set(at[j] as number, answer)
  }
  return lines
}

function orderOf(tx: OrdersTx, ctx: Context, row: Row, head: Head, rowLines: readonly ReadLine[], stored: Stored): Answer {
  const supplierId = stored.suppliers.get(supplierKey(row.supplier)) as OrgId
  const [own, supplier] = [stored.labels.get(tx.orgId), stored.labels.get(supplierId)]
  const refused = (column: Key, code: string, details: Record<string, unknown> = {}) => ({
    problems: [{ column, code: `${WORDS}.problems.${code}`, details }],
  })
  if (!own || !supplier) return refused('supplier', 'supplierUnknown', { text: row.supplier })
  const lines = [...new Set(rowLines)]
  const { terms, responseHours } = stored.settings
  const made = firstContentOf(
    { ...terms, currency: head.currency, deliverTo: head.deliverTo ?? terms.deliverTo, titlePasses: 'acceptance' },
    lines.map((line) => line.wanted),
    lines.map((line) => line.added),
    chinaDay(ctx.now),
  )
  if ('problems' in made) {
    const code = made.problems[0]?.code ?? 'nothingLeft'
    return refused(code === 'tooMuch' ? 'quantity' : 'reference', code, { max: MAX_LINES })
  }
  return {
    ready: { reference: row.reference, supplierId, own, supplier, content: made.content, note: head.note ?? '', responseHours },
  }
}
