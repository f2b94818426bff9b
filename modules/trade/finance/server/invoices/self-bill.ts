import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { type Currency, lineAmount, taxOn } from '#values/money.ts'
import { type AccrualLineId, financeEvents, type InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice } from '../../invoice-contract.ts'
import { onNoOpenInvoice, openOf } from '../accruals/open-lines.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { newsOf } from './invoice-news.ts'
import { stepOf } from './invoice-steps.ts'
import { insertInvoice, type NewInvoiceLine, readInvoice, replaceLines, setInvoice, showLines } from './invoice-store.ts'
import { wholeInvoice } from './invoice-view.ts'

interface Billed {
  partnerId: OrgId
  untilDay: string
  currency: Currency
}

/** Errors: finance.partnerUnknown, nothingToBill. */
export const createSelfBill = ({ db, names }: Rooms, ctx: Context, given: Billed): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const nameOf = await names(opaque(tx), [tx.orgId, given.partnerId])
    if (given.partnerId === tx.orgId) throw financeErrors.partnerUnknown({ orgId: given.partnerId })
    const { lines, sums } = await billOf(tx, given, undefined, [])
    const parties = { buyer_org: tx.orgId, supplier_org: given.partnerId, drafter_org: tx.orgId }
    const { id } = await insertInvoice(tx, {
      ...parties,
      ...sums,
      buyer_name: nameOf(tx.orgId),
      supplier_name: nameOf(given.partnerId),
      code: null,
      number: null,
      bill_number: await nextNumber(opaque(tx), 'JS', chinaDay(ctx.now)),
      bill_day: given.untilDay,
      day: given.untilDay,
      currency: given.currency,
      note: '',
      entered_by: ctx.actor.id,
      entered_name: ctx.actor.name ?? null,
    })
    await replaceLines(tx, { id, ...parties }, lines)
    return proposed(tx, ctx, id)
  })

/** Errors: finance.notFound, changedMeanwhile, notAllowedNow, nothingToBill. */
export const reviseSelfBill = (
  { db }: Rooms,
  ctx: Context,
  id: InvoiceId,
  { version, untilDay, leaveOut }: { version: number; untilDay: string; leaveOut: readonly AccrualLineId[] },
): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row } = await stepOf(tx, id, 'revise', version)
    const { lines, sums } = await billOf(tx, { partnerId: row.supplier_org, untilDay, currency: row.currency }, id, leaveOut)
    await showLines(tx, id, false)
    await replaceLines(tx, row, lines)
    await setInvoice(tx, id, { ...sums, day: untilDay, bill_day: untilDay, dispute_reason: null })
    return proposed(tx, ctx, id)
  })

async function proposed(tx: FinanceTx, ctx: Context, id: InvoiceId): Promise<Invoice> {
  await setInvoice(tx, id, { state: 'proposed' })
  await showLines(tx, id)
  const row = await readInvoice(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  await publish(tx, ctx, financeEvents.selfBillProposed, id, newsOf(row))
  return wholeInvoice(tx, id)
}

const AT_MOST = 2_000

/** All of the price agreed and nothing else, so that the invoice issued by it fits exactly. The rows are locked: two bills never hold one usage. */
async function billOf(tx: FinanceTx, given: Billed, itself: InvoiceId | undefined, leaveOut: readonly AccrualLineId[]) {
  const rows = await tx.sql
    .selectFrom('finance.accrual_line as l')
    .innerJoin('finance.accrual as a', 'a.id', 'l.accrual_id')
    .selectAll('l')
    .where('l.buyer_org', '=', tx.orgId)
    .where('l.supplier_org', '=', given.partnerId)
    .where('l.currency', '=', given.currency)
    .where('l.day', '<=', given.untilDay)
    .where('a.kind', '=', 'usage')
    .where(sql<boolean>`l.invoiced_quantity <> l.quantity`)
    .where('l.net', '<>', 0)
    .where(onNoOpenInvoice(itself))
    .orderBy('l.id')
    .limit(AT_MOST)
    .forUpdate('l')
    .execute()
  const held = await heldLines(
    tx,
    rows.map((row) => row.id),
    itself,
  )
  const out = new Set<string>([...held, ...leaveOut])
  const lines: NewInvoiceLine[] = rows
    .filter((row) => !out.has(row.id))
    .map((row) => {
      const quantity = openOf(row)
      const net = lineAmount(row.currency, decimal(row.net_price), quantity)
      return {
        accrual_line_id: row.id,
        quantity: writeDecimal(quantity),
        tax_rate: row.tax_rate,
        net,
        tax: taxOn(net, decimal(row.tax_rate)),
      }
    })
  const sum = (of: 'net' | 'tax') => lines.reduce((total, line) => total + line[of], 0n)
  const [net, tax] = [sum('net'), sum('tax')]
  if (net === 0n) throw financeErrors.nothingToBill({ day: given.untilDay })
  return { lines, sums: { net, tax, gross: net + tax } }
}

/** Those that an invoice on its way came to hold meanwhile. Read after the lock: a statement of its own sees what was committed. */
async function heldLines(tx: FinanceTx, ids: readonly AccrualLineId[], itself: InvoiceId | undefined): Promise<AccrualLineId[]> {
  if (ids.length === 0) return []
  let query = tx.sql
    .selectFrom('finance.invoice_line as n')
    .innerJoin('finance.invoice as i', 'i.id', 'n.invoice_id')
    .select('n.accrual_line_id')
    .where('n.accrual_line_id', 'in', ids)
    .where('n.buyer_org', '=', tx.orgId)
    .where('i.state', 'not in', ['approved', 'paid', 'rejected', 'withdrawn'])
  if (itself !== undefined) query = query.where('i.id', '<>', itself)
  return (await query.execute()).map((row) => row.accrual_line_id)
}

export const confirmSelfBill = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version }: { version: number }): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'confirm', version)
    await setInvoice(tx, id, { state: to, confirmed_at: ctx.now, confirmed_name: ctx.actor.name ?? null, dispute_reason: null })
    await publish(tx, ctx, financeEvents.selfBillConfirmed, id, newsOf(row))
    return wholeInvoice(tx, id)
  })

export const disputeSelfBill = (
  { db }: Rooms,
  ctx: Context,
  id: InvoiceId,
  { version, reason }: { version: number; reason: string },
): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'dispute', version)
    await setInvoice(tx, id, { state: to, dispute_reason: reason })
    await publish(tx, ctx, financeEvents.selfBillDisputed, id, { ...newsOf(row), reason })
    return wholeInvoice(tx, id)
  })

interface Issued {
  version: number
  code: string | null
  number: string
  day: string
}

/** The tax invoice has the bill's content; it is compared in the buyer's tenant as every other. Errors: also finance.numberTaken, codeMissing. */
export const issueSelfBill = ({ db }: Rooms, ctx: Context, id: InvoiceId, { version, ...issued }: Issued): Promise<Invoice> =>
  db
    .inTenant(ctx, async (tx) => {
      const { row, to } = await stepOf(tx, id, 'issue', version)
      if ((issued.code === null) !== (issued.number.length === 20)) throw financeErrors.codeMissing({ number: issued.number })
      await setInvoice(tx, id, { ...issued, state: to, submitted_at: ctx.now })
      await publish(tx, ctx, financeEvents.invoiceSubmitted, id, { ...newsOf(row), number: issued.number })
      return wholeInvoice(tx, id)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'invoice_number' ? financeErrors.numberTaken({ code: issued.code, number: issued.number }) : error
    })
