import type { Context } from '#kernel/context.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { type Currency, type Money, readMoney } from '#values/money.ts'
import type { InvoiceId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { Invoice, InvoiceContent, PartySide } from '../../invoice-contract.ts'
import { readLines } from '../accruals/open-lines.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { stepOf } from './invoice-steps.ts'
import { type InvoiceValues, insertInvoice, type NewInvoiceLine, replaceLines, setInvoice } from './invoice-store.ts'
import { wholeInvoice } from './invoice-view.ts'

/** Errors: finance.partnerUnknown, numberTaken, codeMissing, notSum, lineUnknown. */
export const createInvoice = (
  { db, names }: Rooms,
  ctx: Context,
  given: InvoiceContent & { side: PartySide; partnerId: OrgId },
): Promise<Invoice> =>
  db
    .inTenant(ctx, async (tx) => {
      const nameOf = await names(opaque(tx), [tx.orgId, given.partnerId])
      const [own, partner] = [
        { orgId: tx.orgId, name: nameOf(tx.orgId) },
        { orgId: given.partnerId, name: nameOf(given.partnerId) },
      ]
      const [buyer, supplier] = given.side === 'buyer' ? [own, partner] : [partner, own]
      if (buyer.orgId === supplier.orgId) throw financeErrors.partnerUnknown({ orgId: partner.orgId })
      const parties = { buyer_org: buyer.orgId, supplier_org: supplier.orgId, drafter_org: tx.orgId }
      const currency = given.gross.currency
      const { values, lines } = await contentOf(tx, given, { ...parties, currency })
      const { id } = await insertInvoice(tx, {
        ...values,
        ...parties,
        currency,
        buyer_name: buyer.name,
        supplier_name: supplier.name,
        entered_by: ctx.actor.id,
        entered_name: ctx.actor.name ?? null,
      })
      await replaceLines(tx, { id, ...parties }, lines)
      return wholeInvoice(tx, id)
    })
    .catch(numberTaken(given))

/** Errors: finance.notFound, changedMeanwhile, notAllowedNow and those of a new one. */
export const changeInvoice = ({ db }: Rooms, ctx: Context, id: InvoiceId, given: InvoiceContent & { version: number }): Promise<Invoice> =>
  db
    .inTenant(ctx, async (tx) => {
      const { row } = await stepOf(tx, id, 'change', given.version)
      if (given.gross.currency !== row.currency) throw financeErrors.notSum({ currency: given.gross.currency })
      const { values, lines } = await contentOf(tx, given, row)
      await setInvoice(tx, id, values)
      await replaceLines(tx, row, lines)
      return wholeInvoice(tx, id)
    })
    .catch(numberTaken(given))

const numberTaken =
  ({ code, number }: { code: string | null; number: string }) =>
  (error: unknown): never => {
    throw violatedUnique(error) === 'invoice_number' ? financeErrors.numberTaken({ code, number }) : error
  }

async function contentOf(
  tx: FinanceTx,
  given: InvoiceContent,
  of: { buyer_org: OrgId; supplier_org: OrgId; currency: Currency },
): Promise<{ values: InvoiceValues; lines: NewInvoiceLine[] }> {
  const { code, number, day, note } = given
  if ((code === null) !== (number.length === 20)) throw financeErrors.codeMissing({ number })
  const minor = (money: Money): bigint => {
    if (money.currency !== of.currency) throw financeErrors.notSum({ currency: money.currency })
    return readMoney(money)
  }
  const [net, tax, gross] = [minor(given.net), minor(given.tax), minor(given.gross)]
  if (net + tax !== gross || gross === 0n) throw financeErrors.notSum({ gross: given.gross.amount })
  const accrued = await readLines(
    tx,
    given.lines.map((line) => line.accrualLineId),
  )
  const known = new Set(
    accrued
      .filter((row) => row.buyer_org === of.buyer_org && row.supplier_org === of.supplier_org && row.currency === of.currency)
      .map((row) => row.id),
  )
  const lines = given.lines.map((line, i) => {
    if (!known.delete(line.accrualLineId) || decimal(line.quantity) === 0n) throw financeErrors.lineUnknown({ line: i + 1 })
    return {
      accrual_line_id: line.accrualLineId,
      quantity: writeDecimal(decimal(line.quantity)),
      tax_rate: line.taxRate,
      net: minor(line.net),
      tax: minor(line.tax),
    }
  })
  return { values: { code, number, day, net, tax, gross, note }, lines }
}
