import { type ExpressionBuilder, sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { writeMoney } from '#values/money.ts'
import type { AccrualLineId, InvoiceId } from '../../contract.ts'
import type { InvoiceHead, InvoiceState, PartySide } from '../../invoice-contract.ts'
import { columnsOf, partnerOf, sideOf } from '../parties.ts'
import { inWords } from '../search.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'

type Eb = ExpressionBuilder<FinanceTables, 'finance.invoice'>
const mine = (tx: FinanceTx) => (eb: Eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)])

export const readInvoice = (tx: FinanceTx, id: InvoiceId) =>
  tx.sql.selectFrom('finance.invoice').selectAll().where('id', '=', id).where(mine(tx)).executeTakeFirst()
export type InvoiceRow = NonNullable<Awaited<ReturnType<typeof readInvoice>>>

/** What an invoice goes by: its own number, or that of the self-bill it is to be issued by. */
export const numberOf = (row: Pick<InvoiceRow, 'number' | 'bill_number'>): string => row.number ?? row.bill_number ?? ''
export const fullNumberOf = (row: Pick<InvoiceRow, 'code' | 'number' | 'bill_number'>): string =>
  [row.code, numberOf(row)].filter(Boolean).join(' ')

export const lockInvoice = (tx: FinanceTx, id: InvoiceId) =>
  tx.sql.selectFrom('finance.invoice').selectAll().where('id', '=', id).where(mine(tx)).forUpdate().executeTakeFirst()

export interface InvoiceValues {
  code: string | null
  number: string | null
  day: string
  net: bigint
  tax: bigint
  gross: bigint
  note: string
}

export const insertInvoice = (
  tx: FinanceTx,
  invoice: InvoiceValues &
    Pick<
      InvoiceRow,
      'buyer_org' | 'supplier_org' | 'buyer_name' | 'supplier_name' | 'drafter_org' | 'currency' | 'entered_by' | 'entered_name'
    > & { bill_number?: string; bill_day?: string },
) =>
  tx.sql
    .insertInto('finance.invoice')
    .values({ ...invoice, state: 'draft' })
    .returning('id')
    .executeTakeFirstOrThrow()

type Change = Partial<
  InvoiceValues &
    Pick<
      InvoiceRow,
      | 'submitted_at'
      | 'matched_at'
      | 'blocked_by'
      | 'blocked_name'
      | 'block_reason'
      | 'released_by'
      | 'released_name'
      | 'release_reason'
      | 'approved_name'
      | 'approved_at'
      | 'end_reason'
      | 'bill_day'
      | 'dispute_reason'
      | 'confirmed_at'
      | 'confirmed_name'
    > & { state: InvoiceState; match: string }
>

export const setInvoice = (tx: FinanceTx, id: InvoiceId, change: Change) =>
  tx.sql
    .updateTable('finance.invoice')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where(mine(tx))
    .execute()

export interface NewInvoiceLine {
  accrual_line_id: AccrualLineId
  quantity: string
  tax_rate: string
  net: bigint
  tax: bigint
}

export async function replaceLines(
  tx: FinanceTx,
  invoice: { id: InvoiceId; buyer_org: OrgId; supplier_org: OrgId; drafter_org: OrgId },
  lines: readonly NewInvoiceLine[],
): Promise<void> {
  const { id, buyer_org, supplier_org, drafter_org } = invoice
  await tx.sql.deleteFrom('finance.invoice_line').where('invoice_id', '=', id).where('drafter_org', '=', tx.orgId).execute()
  if (lines.length === 0) return
  await tx.sql
    .insertInto('finance.invoice_line')
    .values(lines.map((line, i) => ({ ...line, invoice_id: id, buyer_org, supplier_org, drafter_org, line_no: i + 1 })))
    .execute()
}

export const showLines = (tx: FinanceTx, id: InvoiceId, shown = true) =>
  tx.sql
    .updateTable('finance.invoice_line')
    .set({ draft: !shown })
    .where('invoice_id', '=', id)
    .where('drafter_org', '=', tx.orgId)
    .execute()

export const invoiceLines = (tx: FinanceTx, id: InvoiceId) =>
  tx.sql
    .selectFrom('finance.invoice_line')
    .selectAll()
    .where('invoice_id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('line_no')
    .execute()

export interface InvoiceFilter extends ListQuery {
  side: PartySide
  state?: InvoiceState | undefined
  partnerId?: OrgId | undefined
}

export function invoicePage(tx: FinanceTx, filter: InvoiceFilter) {
  const { own, other, otherName } = columnsOf(filter.side)
  let query = tx.sql.selectFrom('finance.invoice as i').selectAll('i').where(`i.${own}`, '=', tx.orgId)
  if (filter.state !== undefined) query = query.where('i.state', '=', filter.state)
  if (filter.partnerId !== undefined) query = query.where(`i.${other}`, '=', filter.partnerId)
  for (const word of inWords(filter.search))
    query = query.where(
      sql<boolean>`strpos(lower(coalesce(i.number, '') || ' ' || coalesce(i.code, '') || ' ' || coalesce(i.bill_number, '') || ' ' || ${sql.ref(`i.${otherName}`)}), ${word}) > 0`,
    )
  return readPage(tx, query, filter, { sorts: { day: { by: 'i.day', type: 'date' } }, id: 'i.id' }, (row) => toHead(tx, row))
}

export const toHead = (tx: FinanceTx, row: InvoiceRow): InvoiceHead => ({
  id: row.id,
  side: sideOf(tx, row),
  partner: partnerOf(tx, row),
  own: row.drafter_org === tx.orgId,
  state: row.state,
  code: row.code,
  number: numberOf(row),
  billNumber: row.bill_number,
  billDay: row.bill_day,
  day: row.day,
  net: writeMoney(row.currency, BigInt(row.net)),
  tax: writeMoney(row.currency, BigInt(row.tax)),
  gross: writeMoney(row.currency, BigInt(row.gross)),
  version: row.version,
})
