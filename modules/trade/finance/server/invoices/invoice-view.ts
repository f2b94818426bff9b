import { decimal, writeDecimal } from '#values/decimal.ts'
import { lineAmount, writeMoney } from '#values/money.ts'
import type { InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import { type Invoice, InvoiceAction } from '../../invoice-contract.ts'
import { openOf, readLines } from '../accruals/open-lines.ts'
import type { FinanceTx } from '../tables.ts'
import { nextInvoiceState } from './invoice-states.ts'
import { type InvoiceRow, invoiceLines, readInvoice, toHead } from './invoice-store.ts'

/** Whose step it is. */
export const actorOf = (tx: FinanceTx, row: InvoiceRow) => ({
  drafter: row.drafter_org === tx.orgId,
  buyer: row.buyer_org === tx.orgId,
  supplier: row.supplier_org === tx.orgId,
})

export async function wholeInvoice(tx: FinanceTx, id: InvoiceId): Promise<Invoice> {
  const row = await readInvoice(tx, id)
  if (!row) throw financeErrors.notFound({ id })
  const lines = await invoiceLines(tx, id)
  const accrued = new Map(
    (
      await readLines(
        tx,
        lines.map((line) => line.accrual_line_id),
      )
    ).map((line) => [line.id, line]),
  )
  const money = (minor: number | bigint) => writeMoney(row.currency, BigInt(minor))
  const buyer = row.buyer_org === tx.orgId
  return {
    ...toHead(tx, row),
    note: row.note,
    lines: lines.flatMap((line) => {
      const of = accrued.get(line.accrual_line_id)
      return of
        ? [
            {
              id: of.id,
              lineNo: line.line_no,
              receiptNumber: of.receipt_number,
              kind: of.kind,
              day: of.day,
              orderNumber: of.order_number,
              materialCode: of.material_code,
              materialName: of.material_name,
              unit: of.unit,
              quantity: writeDecimal(decimal(of.quantity)),
              open: writeDecimal(openOf(of)),
              netPrice: writeDecimal(decimal(of.net_price)),
              taxRate: writeDecimal(decimal(of.tax_rate)),
              invoiced: writeDecimal(decimal(line.quantity)),
              invoiceTaxRate: writeDecimal(decimal(line.tax_rate)),
              net: money(line.net),
              tax: money(line.tax),
              expectedNet: money(lineAmount(row.currency, decimal(of.net_price), decimal(line.quantity))),
            },
          ]
        : []
    }),
    reasons: row.match,
    submitted: { at: row.submitted_at?.toISOString() ?? null, by: row.entered_name, reason: null },
    // Who decides in the buyer's house is no matter of the supplier's; the reason is.
    blocked: row.block_reason === null ? null : { at: null, by: buyer ? row.blocked_name : null, reason: row.block_reason },
    released: row.release_reason === null || !buyer ? null : { at: null, by: row.released_name, reason: row.release_reason },
    approved: row.approved_at === null ? null : { at: row.approved_at.toISOString(), by: buyer ? row.approved_name : null, reason: null },
    confirmed:
      row.confirmed_at === null ? null : { at: row.confirmed_at.toISOString(), by: buyer ? null : row.confirmed_name, reason: null },
    disputeReason: row.dispute_reason,
    endReason: row.end_reason,
    actions: InvoiceAction.options.filter((action) => nextInvoiceState(row.state, action, actorOf(tx, row)) !== undefined),
  }
}
