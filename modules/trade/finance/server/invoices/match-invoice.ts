import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { decimal } from '#values/decimal.ts'
import { financeEvents } from '../../contract.ts'
import { lockLines, openOf } from '../accruals/open-lines.ts'
import { readTolerances } from '../payables/setting-store.ts'
import type { FinanceTx } from '../tables.ts'
import { newsOf } from './invoice-news.ts'
import { type InvoiceRow, invoiceLines, setInvoice } from './invoice-store.ts'
import { type MatchReason, matchInvoice } from './match-rules.ts'

/** What differs now, the receipt lines locked, so that two invoices do not both fit the same goods. In the buyer's tenant. */
export async function reasonsNow(tx: FinanceTx, row: InvoiceRow) {
  const lines = await invoiceLines(tx, row.id)
  const locked =
    lines.length === 0
      ? []
      : await lockLines(
          tx,
          lines.map((line) => line.accrual_line_id),
        )
  const accrued = new Map(locked.map((line) => [line.id, line]))
  const pairs = lines.flatMap((line) => {
    const accrual = accrued.get(line.accrual_line_id)
    return accrual ? [{ line, accrual }] : []
  })
  const reasons: MatchReason[] = matchInvoice(
    {
      currency: row.currency,
      net: BigInt(row.net),
      tax: BigInt(row.tax),
      lines: pairs.map(({ line, accrual }) => ({
        lineNo: line.line_no,
        open: openOf(accrual),
        agreedPrice: decimal(accrual.net_price),
        agreedTaxRate: decimal(accrual.tax_rate),
        quantity: decimal(line.quantity),
        taxRate: decimal(line.tax_rate),
        net: BigInt(line.net),
        tax: BigInt(line.tax),
      })),
    },
    await readTolerances(tx),
  )
  return { pairs, reasons }
}

/** Leads to matched, or to blocked where something differs by more than the tolerances. */
export async function compare(tx: FinanceTx, ctx: Context, row: InvoiceRow): Promise<void> {
  const { reasons } = await reasonsNow(tx, row)
  const state = reasons.length === 0 ? 'matched' : 'blocked'
  await setInvoice(tx, row.id, {
    state,
    match: JSON.stringify(reasons),
    matched_at: ctx.now,
    blocked_by: null,
    blocked_name: null,
    block_reason: null,
    released_by: null,
    released_name: null,
    release_reason: null,
  })
  if (state === 'matched') await publish(tx, ctx, financeEvents.invoiceMatched, row.id, newsOf(row))
  else await publish(tx, ctx, financeEvents.invoiceBlocked, row.id, { ...newsOf(row), reason: reasons.map(({ kind }) => kind).join(',') })
}
