import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import type { AccrualLineId, InvoiceId } from '../../contract.ts'
import type { AccrualKind, OpenLine, PartySide } from '../../invoice-contract.ts'
import { columnsOf, partnerOf } from '../parties.ts'
import { inWords } from '../search.ts'
import type { FinanceTx } from '../tables.ts'

/** Each line looks its document up: joined whole, a hash of all of a side's documents is made for one page. */
const lines = (tx: FinanceTx) =>
  tx.sql
    .selectFrom('finance.accrual_line as l')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('finance.accrual')
          .select(['receipt_number', 'kind', 'buyer_name', 'supplier_name'])
          .whereRef('finance.accrual.id', '=', 'l.accrual_id')
          .limit(1)
          .as('a'),
      (join) => join.onTrue(),
    )
    .selectAll('l')
    .select(['a.receipt_number', 'a.kind', 'a.buyer_name', 'a.supplier_name'])
export type AccrualLineRow = Awaited<ReturnType<typeof readLines>>[number]

/** Of documents of the acting organisation; others' are left out. */
export const readLines = (tx: FinanceTx, ids: readonly AccrualLineId[]) =>
  lines(tx)
    .where('l.id', 'in', ids.length === 0 ? ['00000000-0000-7000-8000-000000000000' as AccrualLineId] : ids)
    .where((eb) => eb.or([eb('l.buyer_org', '=', tx.orgId), eb('l.supplier_org', '=', tx.orgId)]))
    .execute()

/** The buyer's own, locked in the order of their ids. */
export const lockLines = (tx: FinanceTx, ids: readonly AccrualLineId[]) =>
  tx.sql
    .selectFrom('finance.accrual_line')
    .selectAll()
    .where('buyer_org', '=', tx.orgId)
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()

export const setInvoiced = (tx: FinanceTx, id: AccrualLineId, taken: { quantity: Decimal; net: bigint; tax: bigint }) =>
  tx.sql
    .updateTable('finance.accrual_line')
    .set({ invoiced_quantity: writeDecimal(taken.quantity), invoiced_net: taken.net, invoiced_tax: taken.tax })
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export const openOf = (row: { quantity: string; invoiced_quantity: string }): Decimal =>
  decimal(row.quantity) - decimal(row.invoiced_quantity)

/** Of lines `l`: on no invoice that is on its way, other than itself. */
export const onNoOpenInvoice = (itself?: InvoiceId) => sql<boolean>`not exists (
  select from finance.invoice_line n join finance.invoice i on i.id = n.invoice_id
  where n.accrual_line_id = l.id and i.state not in ('approved', 'paid', 'rejected', 'withdrawn') and i.id is distinct from ${itself ?? null}::uuid)`

export interface OpenFilter extends ListQuery {
  side: PartySide
  partnerId?: OrgId | undefined
  currency?: Currency | undefined
  kind?: AccrualKind | undefined
  free?: boolean | undefined
}

export function openLinePage(tx: FinanceTx, filter: OpenFilter) {
  const { own, other, otherName } = columnsOf(filter.side)
  let query = lines(tx).where(`l.${own}`, '=', tx.orgId).where(sql<boolean>`l.invoiced_quantity <> l.quantity`)
  if (filter.partnerId !== undefined) query = query.where(`l.${other}`, '=', filter.partnerId)
  if (filter.currency !== undefined) query = query.where('l.currency', '=', filter.currency)
  if (filter.kind !== undefined) query = query.where('a.kind', '=', filter.kind)
  if (filter.free === true) query = query.where(onNoOpenInvoice())
  for (const word of inWords(filter.search))
    query = query.where(
      sql<boolean>`strpos(lower(l.order_number || ' ' || a.receipt_number || ' ' || l.material_code || ' ' || l.material_name || ' ' || ${sql.ref(`a.${otherName}`)}), ${word}) > 0`,
    )
  return readPage(tx, query, filter, { sorts: { day: { by: 'l.day', type: 'date' } }, id: 'l.id' }, (row) => toOpenLine(tx, row))
}

export const toOpenLine = (tx: FinanceTx, row: AccrualLineRow): OpenLine => ({
  id: row.id,
  partner: partnerOf(tx, row),
  receiptNumber: row.receipt_number,
  kind: row.kind,
  day: row.day,
  orderNumber: row.order_number,
  materialCode: row.material_code,
  materialName: row.material_name,
  unit: row.unit,
  quantity: writeDecimal(decimal(row.quantity)),
  open: writeDecimal(openOf(row)),
  netPrice: writeDecimal(decimal(row.net_price)),
  taxRate: writeDecimal(decimal(row.tax_rate)),
  openNet: writeMoney(row.currency, BigInt(row.net) - BigInt(row.invoiced_net)),
  openTax: writeMoney(row.currency, BigInt(row.tax) - BigInt(row.invoiced_tax)),
})
