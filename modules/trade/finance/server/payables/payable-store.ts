import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { SizeClass } from '#modules/foundation/organisations/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import type { PayableId } from '../../contract.ts'
import type { PartySide } from '../../invoice-contract.ts'
import type { AgeingRow, Payable } from '../../payable-contract.ts'
import { fullNumberOf, type InvoiceRow } from '../invoices/invoice-store.ts'
import { columnsOf, partnerOf } from '../parties.ts'
import { inWords } from '../search.ts'
import type { FinanceTx } from '../tables.ts'
import { bucketOf, type Due } from './term-rules.ts'

type Facts = Due & { deliveredDay: string; classes: { payer: SizeClass | null; payee: SizeClass | null }; accruedGross: bigint }

export const insertPayable = (tx: FinanceTx, invoice: InvoiceRow, due: Facts, now: Date) =>
  tx.sql
    .insertInto('finance.payable')
    .values({
      buyer_org: invoice.buyer_org,
      supplier_org: invoice.supplier_org,
      buyer_name: invoice.buyer_name,
      supplier_name: invoice.supplier_name,
      invoice_id: invoice.id,
      invoice_number: fullNumberOf(invoice),
      invoice_day: invoice.day,
      delivered_day: due.deliveredDay,
      due_day: due.day,
      due_kind: due.kind,
      due_days: due.days,
      due_source: due.source,
      buyer_class: due.classes.payer,
      supplier_class: due.classes.payee,
      currency: invoice.currency,
      gross: BigInt(invoice.gross),
      accrued_gross: due.accruedGross,
      dispute_reason: null,
      created_at: now,
      settled_on: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()

const rows = (tx: FinanceTx) => tx.sql.selectFrom('finance.payable as p').selectAll('p')
export type PayableRow = Awaited<ReturnType<typeof lockPayables>>[number]

/** The buyer's own, locked in the order of their ids. */
export const lockPayables = (tx: FinanceTx, ids: readonly PayableId[]) =>
  rows(tx).where('p.buyer_org', '=', tx.orgId).where('p.id', 'in', ids).orderBy('p.id').forUpdate().execute()

export const setPayable = (
  tx: FinanceTx,
  id: PayableId,
  change: { paid?: bigint; disputed?: bigint; dispute_reason?: string | null; settled_on?: string | null },
) =>
  tx.sql
    .updateTable('finance.payable')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export interface PayableFilter extends ListQuery {
  side: PartySide
  partnerId?: OrgId | undefined
  status?: 'open' | 'overdue' | 'settled' | undefined
}

export function payablePage(tx: FinanceTx, filter: PayableFilter, today: string) {
  const { own, other, otherName } = columnsOf(filter.side)
  let query = rows(tx).where(`p.${own}`, '=', tx.orgId)
  if (filter.partnerId !== undefined) query = query.where(`p.${other}`, '=', filter.partnerId)
  if (filter.status === 'settled') query = query.where('p.settled_on', 'is not', null)
  if (filter.status === 'open' || filter.status === 'overdue') query = query.where('p.settled_on', 'is', null)
  // What is in dispute waits; the rest must be paid (国令802 第十五条).
  if (filter.status === 'overdue') query = query.where('p.due_day', '<', today).where(sql<boolean>`p.gross - p.paid - p.disputed > 0`)
  for (const word of inWords(filter.search))
    query = query.where(sql<boolean>`strpos(lower(p.invoice_number || ' ' || ${sql.ref(`p.${otherName}`)}), ${word}) > 0`)
  const order = { sorts: { dueDay: { by: 'p.due_day', type: 'date' as const } }, id: 'p.id' } as const
  return readPage(tx, query, filter, order, (row) => toPayable(tx, row, today))
}

export const toPayable = (tx: FinanceTx, row: PayableRow, today: string): Payable => {
  const money = (minor: bigint) => writeMoney(row.currency, minor)
  const [gross, paid, disputed] = [BigInt(row.gross), BigInt(row.paid), BigInt(row.disputed)]
  const late = (Date.parse(today) - Date.parse(row.due_day)) / 86_400_000
  return {
    id: row.id,
    partner: partnerOf(tx, row),
    invoiceId: row.invoice_id,
    invoiceNumber: row.invoice_number,
    invoiceDay: row.invoice_day,
    deliveredDay: row.delivered_day,
    dueDay: row.due_day,
    due: { kind: row.due_kind, days: row.due_days, source: row.due_source },
    buyerClass: row.buyer_class,
    supplierClass: row.supplier_class,
    gross: money(gross),
    paid: money(paid),
    open: money(gross - paid),
    disputed: money(disputed),
    undisputed: money(gross - paid - disputed),
    disputeReason: row.dispute_reason,
    settledOn: row.settled_on,
    daysLate: row.settled_on === null ? Math.max(0, late) : 0,
    bucket: bucketOf(row.due_day, today),
    version: row.version,
  }
}

interface Aged {
  partner: OrgId
  name: string
  currency: Currency
  open: string
  not_due: string
  to30: string
  to60: string
  to90: string
  over90: string
  accrued: string
  accrued_over60: string
}

/** By partner and currency; the columns of `bucketOf`, counted where the rows lie. */
export async function ageing(tx: FinanceTx, side: PartySide, today: string): Promise<AgeingRow[]> {
  const { own, other, otherName } = columnsOf(side)
  const column = (name: string) => sql.ref(name)
  const { rows: found } = await sql<Aged>`
    with owed as (
      select ${column(other)} as partner, max(${column(otherName)}) as name, currency, sum(gross - paid) as open,
        coalesce(sum(gross - paid) filter (where due_day >= ${today}::date), 0) as not_due,
        coalesce(sum(gross - paid) filter (where ${today}::date - due_day between 1 and 30), 0) as to30,
        coalesce(sum(gross - paid) filter (where ${today}::date - due_day between 31 and 60), 0) as to60,
        coalesce(sum(gross - paid) filter (where ${today}::date - due_day between 61 and 90), 0) as to90,
        coalesce(sum(gross - paid) filter (where ${today}::date - due_day > 90), 0) as over90
      from finance.payable where ${column(own)} = ${tx.orgId} and settled_on is null group by 1, currency),
    accrued as (
      select l.${column(other)} as partner, max(a.${column(otherName)}) as name, l.currency,
        sum(l.net - l.invoiced_net + l.tax - l.invoiced_tax) as accrued,
        coalesce(sum(l.net - l.invoiced_net + l.tax - l.invoiced_tax) filter (where ${today}::date - l.day > 60), 0) as accrued_over60
      from finance.accrual_line l join finance.accrual a on a.id = l.accrual_id
      where l.${column(own)} = ${tx.orgId} and l.invoiced_quantity <> l.quantity group by 1, l.currency)
    select partner, coalesce(o.name, a.name) as name, currency, coalesce(open, 0)::text as open, coalesce(not_due, 0)::text as not_due,
      coalesce(to30, 0)::text as to30, coalesce(to60, 0)::text as to60, coalesce(to90, 0)::text as to90, coalesce(over90, 0)::text as over90,
      coalesce(accrued, 0)::text as accrued, coalesce(accrued_over60, 0)::text as accrued_over60
    from owed o full join accrued a using (partner, currency) order by 2, 3 limit 5000`.execute(tx.sql)
  return found.map((row) => {
    const money = (minor: string) => writeMoney(row.currency, BigInt(minor))
    return {
      partner: { orgId: row.partner, name: row.name },
      currency: row.currency,
      open: money(row.open),
      notDue: money(row.not_due),
      to30: money(row.to30),
      to60: money(row.to60),
      to90: money(row.to90),
      over90: money(row.over90),
      accrued: money(row.accrued),
      accruedOver60: money(row.accrued_over60),
    }
  })
}
