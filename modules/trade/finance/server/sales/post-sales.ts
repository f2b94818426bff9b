import type { Clock } from '#kernel/clock.ts'
import { backgroundContext, type Context } from '#kernel/context.ts'
import type { Delivered, Subscription } from '#kernel/outbox-reader.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { AccrualId, financeEvents, InvoiceId } from '../../contract.ts'
import type { VoucherKind } from '../../ledger-contract.ts'
import { fullNumberOf, readInvoice } from '../invoices/invoice-store.ts'
import { periodOf, postingDay } from '../ledger/ledger-rules.ts'
import { accountsOf, booksSince } from '../ledger/open-ledger.ts'
import { closedPeriods } from '../ledger/period-store.ts'
import { postVoucher } from '../ledger/post-voucher.ts'
import type { Rooms } from '../rooms.ts'
import type { FinanceTx } from '../tables.ts'
import { invoicedSale, type SaleLine, saleOf } from './sale-rules.ts'

interface Parts extends Pick<Rooms, 'db'> {
  organisations: Pick<OrganisationsPublic, 'facts'>
  clock: Clock
}
type Payload<Name extends keyof typeof financeEvents> = (typeof financeEvents)[Name]['payload']['_zod']['output']

/** In the supplier's tenant, where he keeps his books here; else nothing is done. */
async function inBooks<P extends { supplierId: OrgId }>(
  { db, organisations, clock }: Parts,
  name: string,
  event: Delivered<P>,
  work: (tx: FinanceTx, ctx: Context, since: string) => Promise<void>,
): Promise<void> {
  const supplier = await organisations.facts(event.payload.supplierId)
  if (!supplier?.active) return
  const ctx = backgroundContext(supplier, { kind: 'job', id: name }, event.trace, clock.now())
  await db.inTenant(ctx, async (tx) => {
    const since = await booksSince(tx)
    if (since !== undefined) await work(tx, ctx, since)
  })
}

/** Goods accepted or taken from consignment, or given back: receivable and revenue, once per receipt and currency. */
export const postSale = (parts: Parts): Subscription => ({
  name: 'finance.postSale',
  event: 'finance.receiptAccrued',
  handle: (event: Delivered<Payload<'receiptAccrued'>>) =>
    inBooks(parts, 'finance.postSale', event, (tx, ctx, since) => bookSale(tx, ctx, since, event.payload.accrualId)),
})

/** Nothing where it is booked, or was accepted before there were books: ids grow with time. */
async function bookSale(tx: FinanceTx, ctx: Context, since: string, accrualId: AccrualId): Promise<void> {
  const accrual = await tx.sql
    .selectFrom('finance.accrual')
    .selectAll()
    .where('id', '=', accrualId)
    .where('supplier_org', '=', tx.orgId)
    .executeTakeFirst()
  if (!accrual || accrualId < since) return
  const sums = await tx.sql
    .selectFrom('finance.accrual_line')
    .select((eb) => ['currency', eb.cast<string>(eb.fn.sum('net'), 'text').as('net'), eb.cast<string>(eb.fn.sum('tax'), 'text').as('tax')])
    .where('accrual_id', '=', accrualId)
    .where('supplier_org', '=', tx.orgId)
    .groupBy('currency')
    .orderBy('currency')
    .execute()
  const done = new Set((await postedSales(tx, [accrualId])).map(({ currency }) => currency))
  for (const { currency, net, tax } of sums)
    if (!done.has(currency) && net !== '0')
      await post(tx, ctx, {
        kind: 'sale',
        currency,
        day: accrual.day,
        summary: `${accrual.kind === 'return' ? '销售退回' : '销售收入'} ${accrual.receipt_number} ${accrual.buyer_name}`,
        lines: saleOf({ net: BigInt(net), tax: BigInt(tax) }),
        partner: { orgId: accrual.buyer_org, name: accrual.buyer_name },
        source: { entity: 'finance.accrual', id: accrualId, number: accrual.receipt_number, day: accrual.day },
      })
}

/** His invoice was approved: what was set aside as tax is owed from the day of the invoice, once per invoice. */
export const postSaleInvoice = (parts: Parts): Subscription => ({
  name: 'finance.postSaleInvoice',
  event: 'finance.invoiceApproved',
  handle: (event: Delivered<Payload<'invoiceApproved'>>) =>
    inBooks(parts, 'finance.postSaleInvoice', event, async (tx, ctx, since) => {
      const { invoiceId, taken } = event.payload
      const row = await readInvoice(tx, invoiceId)
      if (!row || row.supplier_org !== tx.orgId || (await isPosted(tx, invoiceId))) return
      // The invoice's news may pass that of its receipts.
      for (const accrualId of new Set(taken.map((one) => one.accrualId))) await bookSale(tx, ctx, since, accrualId)
      const booked = new Set(
        (
          await postedSales(
            tx,
            taken.map(({ accrualId }) => accrualId),
          )
        ).flatMap((one) => (one.currency === row.currency ? [one.source] : [])),
      )
      const sold = { net: 0n, tax: 0n }
      for (const one of taken)
        if (booked.has(one.accrualId)) {
          sold.net += BigInt(one.net)
          sold.tax += BigInt(one.tax)
        }
      const number = fullNumberOf(row)
      await post(tx, ctx, {
        kind: 'saleInvoice',
        currency: row.currency,
        day: row.day,
        summary: `销项发票 ${number} ${row.buyer_name}`,
        lines: invoicedSale({ net: BigInt(row.net), tax: BigInt(row.tax) }, sold),
        partner: { orgId: row.buyer_org, name: row.buyer_name },
        source: { entity: 'finance.invoice', id: invoiceId, number, day: row.day },
      })
    }),
})

async function postedSales(tx: FinanceTx, ids: readonly AccrualId[]): Promise<{ source: string; currency: Currency }[]> {
  if (ids.length === 0) return []
  const rows = await tx.sql
    .selectFrom('finance.voucher')
    .select(['source_id', 'currency'])
    .where('org_id', '=', tx.orgId)
    .where('source_entity', '=', 'finance.accrual')
    .where('source_id', 'in', ids)
    .where('kind', '=', 'sale')
    .execute()
  return rows.map((row) => ({ source: row.source_id ?? '', currency: row.currency }))
}

const isPosted = async (tx: FinanceTx, id: InvoiceId): Promise<boolean> =>
  (await tx.sql
    .selectFrom('finance.voucher')
    .select('id')
    .where('org_id', '=', tx.orgId)
    .where('source_entity', '=', 'finance.invoice')
    .where('source_id', '=', id)
    .executeTakeFirst()) !== undefined

const salesRoles = ['receivable', 'revenue', 'outputTax', 'outputTaxPending'] as const

interface Sale {
  kind: VoucherKind
  currency: Currency
  day: string
  summary: string
  lines: readonly SaleLine[]
  partner: { orgId: OrgId; name: string }
  source: { entity: string; id: string; number: string; day: string }
}

async function post(tx: FinanceTx, ctx: Context, { kind, currency, summary, lines, partner, source, ...sale }: Sale): Promise<void> {
  const day = postingDay(sale.day, await closedPeriods(tx, periodOf(sale.day)))
  const accountOf = await accountsOf(tx, day, salesRoles)
  const posted = lines
    .filter(({ amount }) => amount !== 0n)
    .map(({ role, side, amount }) => ({
      account: accountOf(role),
      summary,
      debit: side === 'debit' ? amount : 0n,
      credit: side === 'credit' ? amount : 0n,
      partner,
    }))
  // An invoice without tax over what was accrued moves nothing.
  if (posted.length > 0) await postVoucher(tx, ctx, { day, kind, currency, summary, lines: posted, source })
}
