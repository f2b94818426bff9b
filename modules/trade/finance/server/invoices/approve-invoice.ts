import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Decimal, decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { type AccrualId, financeEvents, type InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice } from '../../invoice-contract.ts'
import { shareOf } from '../accruals/accrual-rules.ts'
import { openOf, setInvoiced } from '../accruals/open-lines.ts'
import { accountsFor, postVoucher } from '../ledger/post-voucher.ts'
import { insertPayable } from '../payables/payable-store.ts'
import { readSetting } from '../payables/setting-store.ts'
import { dueOf, ruleFor, signedTerm } from '../payables/term-rules.ts'
import { agreedTerm, frozenClasses, readRules } from '../payables/term-store.ts'
import type { Rooms } from '../rooms.ts'
import { STOCK_CURRENCY } from '../stock/post-stock.ts'
import { addPosted } from '../stock/stock-posting-store.ts'
import type { FinanceTx } from '../tables.ts'
import { newsOf } from './invoice-news.ts'
import { stepOf } from './invoice-steps.ts'
import { fullNumberOf, type InvoiceRow, setInvoice } from './invoice-store.ts'
import { wholeInvoice } from './invoice-view.ts'
import { reasonsNow } from './match-invoice.ts'
import { type MatchReason, takenOf } from './match-rules.ts'

type Pairs = Awaited<ReturnType<typeof reasonsNow>>['pairs']

/**
 * In one transaction: the receipt lines count as invoiced, their accrual is reversed, the payable stands, the voucher is posted. What has
 * changed since the match is noticed; what was released stays released. Errors: finance.secondPerson, takenMeanwhile.
 */
export const approveInvoice = ({ db, inventory }: Rooms, ctx: Context, id: InvoiceId, { version }: { version: number }): Promise<Invoice> =>
  db.inTenant(ctx, async (tx) => {
    const { row, to } = await stepOf(tx, id, 'approve', version)
    if (row.released_by === ctx.actor.id) throw financeErrors.secondPerson()
    const { pairs, reasons } = await reasonsNow(tx, row)
    if (pairs.length === 0) throw financeErrors.takenMeanwhile()
    const known = new Set((row.match ?? []).map(textOf))
    if (reasons.some((reason) => !known.has(textOf(reason)))) throw financeErrors.takenMeanwhile()
    const accrued = await takeLines(tx, pairs)
    const due = await dueDay(tx, row, pairs)
    const payable = await insertPayable(tx, row, { ...due, accruedGross: accrued.net + accrued.tax }, ctx.now)
    await carryIntoStock(inventory, tx, ctx, row, accrued.lines)
    await setInvoice(tx, id, { state: to, approved_at: ctx.now, approved_name: ctx.actor.name ?? null })
    await postInvoice(tx, ctx, row, pairs, accrued.net)
    await publish(tx, ctx, financeEvents.invoiceApproved, id, {
      ...newsOf(row),
      payableId: payable.id,
      dueDay: due.day,
      taken: accrued.taken,
    })
    return wholeInvoice(tx, id)
  })

const textOf = ({ lineNo, kind, expected, actual }: MatchReason) => [lineNo, kind, expected, actual].join(' ')

interface Accrued {
  net: bigint
  tax: bigint
  taken: { accrualId: AccrualId; net: string; tax: string }[]
  /** How much of each line, and how many minor units dearer than it was accrued. */
  lines: { accrual: Pairs[number]['accrual']; quantity: Decimal; dearer: bigint }[]
}

/** Counts the lines as invoiced; returns the accrued worth that is thereby reversed. */
async function takeLines(tx: FinanceTx, pairs: Pairs): Promise<Accrued> {
  const accrued = { net: 0n, tax: 0n }
  const lines: Accrued['lines'] = []
  const taken = new Map<AccrualId, { net: bigint; tax: bigint }>()
  for (const { line, accrual } of pairs) {
    const quantity: Decimal = takenOf(openOf(accrual), decimal(line.quantity))
    // Goods that another invoice took wholly, released all the same: nothing is left to reverse.
    if (quantity === 0n) throw financeErrors.takenMeanwhile({ line: line.line_no })
    const before = { quantity: decimal(accrual.invoiced_quantity), net: BigInt(accrual.invoiced_net), tax: BigInt(accrual.invoiced_tax) }
    const whole = { quantity: decimal(accrual.quantity), net: BigInt(accrual.net), tax: BigInt(accrual.tax) }
    if (quantity * whole.quantity < 0n) throw financeErrors.takenMeanwhile({ line: line.line_no })
    const share = shareOf(whole, before, quantity)
    await setInvoiced(tx, accrual.id, {
      quantity: before.quantity + quantity,
      net: before.net + share.net,
      tax: before.tax + share.tax,
    })
    lines.push({ accrual, quantity, dearer: BigInt(line.net) - share.net })
    accrued.net += share.net
    accrued.tax += share.tax
    const known = taken.get(accrual.accrual_id) ?? { net: 0n, tax: 0n }
    taken.set(accrual.accrual_id, { net: known.net + share.net, tax: known.tax + share.tax })
  }
  const shares = [...taken].map(([accrualId, { net, tax }]) => ({ accrualId, net: String(net), tax: String(tax) }))
  return { ...accrued, taken: shares, lines }
}

/** The voucher puts the invoice's price on the stock account: what is left of the goods takes its part of it, the rest is no stock. */
async function carryIntoStock(
  inventory: Rooms['inventory'],
  tx: FinanceTx,
  ctx: Context,
  row: InvoiceRow,
  lines: Accrued['lines'],
): Promise<void> {
  const dearer = lines.reduce((sum, line) => sum + line.dearer, 0n)
  const differing = lines.filter((line) => line.dearer !== 0n)
  if (row.currency !== STOCK_CURRENCY || differing.length === 0) return
  await addPosted(tx, row.id, 'priceDifference', dearer)
  const receipts = await receiptsOf(
    tx,
    differing.map(({ accrual }) => accrual.accrual_id),
  )
  await inventory.revalue(
    opaque(tx),
    ctx,
    { entity: 'finance.invoice', id: row.id, number: fullNumberOf(row) },
    differing.map(({ accrual, quantity, dearer: amount }) => ({
      line: accrual.id,
      receiptId: receipts.get(accrual.accrual_id) ?? '',
      receiptLineId: accrual.receipt_line_id,
      taken: quantity,
      whole: decimal(accrual.quantity),
      amount,
    })),
  )
}

async function receiptsOf(tx: FinanceTx, ids: readonly AccrualId[]): Promise<Map<AccrualId, string>> {
  const rows = await tx.sql
    .selectFrom('finance.accrual')
    .select(['id', 'receipt_id'])
    .where('buyer_org', '=', tx.orgId)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, row.receipt_id]))
}

/** The earliest that one of its lines asks for, so that no part of it is paid too late. */
async function dueDay(tx: FinanceTx, row: InvoiceRow, pairs: Pairs) {
  const frozen = new Map(
    (await frozenClasses(tx, [...new Set(pairs.map(({ accrual }) => accrual.order_id))])).map((one) => [
      one.order_id,
      { payer: one.buyer_class, payee: one.supplier_class },
    ]),
  )
  const rules = await readRules(tx.sql)
  const withPartner = await agreedTerm(tx, row.supplier_org, row.day)
  const { defaultDays } = await readSetting(tx)
  const dues = pairs.map(({ accrual }) => {
    const classes = frozen.get(accrual.order_id) ?? { payer: null, payee: null }
    const due = dueOf({
      deliveredDay: accrual.day,
      invoiceDay: row.day,
      rule: ruleFor(rules, classes, accrual.day),
      agreed: signedTerm(accrual) ?? withPartner,
      defaultDays,
    })
    return { ...due, classes }
  })
  const [first] = dues.sort((a, b) => (a.day < b.day ? -1 : 1))
  if (!first) throw new Error('An invoice without lines.')
  return { ...first, deliveredDay: pairs.map(({ accrual }) => accrual.day).sort()[0] ?? row.day }
}

/** Red: Dr stock, Cr accrued, as accrued. Then Dr stock and input tax by the invoice, Cr payable; a difference of sums by itself. */
async function postInvoice(tx: FinanceTx, ctx: Context, row: InvoiceRow, pairs: Pairs, accruedNet: bigint): Promise<void> {
  const day = chinaDay(ctx.now)
  const accountOf = await accountsFor(tx, day)
  const partner = { orgId: row.supplier_org, name: row.supplier_name }
  const netOfLines = pairs.reduce((sum, { line }) => sum + BigInt(line.net), 0n)
  const number = fullNumberOf(row)
  const summary = `发票入账 ${number} ${row.supplier_name}`
  const on = (account: ReturnType<typeof accountOf>, what: string, debit: bigint, credit: bigint) => ({
    account,
    summary: `${what} ${number}`,
    debit,
    credit,
    partner,
  })
  await postVoucher(tx, ctx, {
    day,
    kind: 'invoice',
    currency: row.currency,
    summary,
    lines: [
      on(accountOf('stock'), '红冲暂估', -accruedNet, 0n),
      on(accountOf('accrued'), '红冲暂估', 0n, -accruedNet),
      on(accountOf('stock'), '发票入账', netOfLines, 0n),
      on(accountOf('inputTax'), '进项税额', BigInt(row.tax), 0n),
      on(accountOf('difference'), '发票尾差', BigInt(row.net) - netOfLines, 0n),
      on(accountOf('payable'), '应付货款', 0n, BigInt(row.gross)),
    ],
    source: { entity: 'finance.invoice', id: row.id, number, day: row.day },
  })
}
