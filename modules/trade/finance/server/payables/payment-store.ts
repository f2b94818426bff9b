import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { OrgId } from '#values/ids.ts'
import type { ListQuery } from '#values/list.ts'
import { writeMoney } from '#values/money.ts'
import type { PayableId, PaymentId } from '../../contract.ts'
import { financeErrors } from '../../errors.ts'
import type { PartySide } from '../../invoice-contract.ts'
import type { Payment } from '../../payable-contract.ts'
import { columnsOf, partnerOf, sideOf } from '../parties.ts'
import { inWords } from '../search.ts'
import type { FinanceTables, FinanceTx } from '../tables.ts'

type NewPayment = Omit<FinanceTables['finance.payment'], 'id' | 'version' | 'amount'> & { amount: bigint }

export const insertPayment = (tx: FinanceTx, payment: NewPayment) =>
  tx.sql.insertInto('finance.payment').values(payment).returning('id').executeTakeFirstOrThrow()

export const insertAllocations = (
  tx: FinanceTx,
  allocations: readonly { payment_id: PaymentId; payable_id: PayableId; buyer_org: OrgId; supplier_org: OrgId; amount: bigint }[],
) =>
  tx.sql
    .insertInto('finance.allocation')
    .values([...allocations])
    .execute()

export const lockPayment = (tx: FinanceTx, id: PaymentId) =>
  tx.sql
    .selectFrom('finance.payment as p')
    .selectAll('p')
    .where('p.buyer_org', '=', tx.orgId)
    .where('p.id', '=', id)
    .forUpdate()
    .executeTakeFirst()
type PaymentRow = NonNullable<Awaited<ReturnType<typeof lockPayment>>>

/** As either side sees it. Errors: finance.notFound. */
export async function readPayment(tx: FinanceTx, id: PaymentId): Promise<Payment & { side: PartySide }> {
  const row = await tx.sql
    .selectFrom('finance.payment as p')
    .selectAll('p')
    .where('p.id', '=', id)
    .where((eb) => eb.or([eb('p.buyer_org', '=', tx.orgId), eb('p.supplier_org', '=', tx.orgId)]))
    .executeTakeFirst()
  const [payment] = row ? await withAllocations(tx, [row]) : []
  if (!row || !payment) throw financeErrors.notFound({ id })
  return { ...payment, side: sideOf(tx, row) }
}

export const setCancelled = (tx: FinanceTx, id: PaymentId, at: Date, reason: string) =>
  tx.sql
    .updateTable('finance.payment')
    .set((eb) => ({ cancelled_at: at, cancel_reason: reason, version: eb('version', '+', 1) }))
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export const allocationsOf = (tx: FinanceTx, ids: readonly PaymentId[]) =>
  tx.sql
    .selectFrom('finance.allocation as a')
    .innerJoin('finance.payable as p', 'p.id', 'a.payable_id')
    .select(['a.payment_id', 'a.payable_id', 'a.amount', 'p.invoice_id', 'p.invoice_number'])
    .where('a.payment_id', 'in', ids)
    .where((eb) => eb.or([eb('a.buyer_org', '=', tx.orgId), eb('a.supplier_org', '=', tx.orgId)]))
    .execute()

export interface PaymentFilter extends ListQuery {
  side: PartySide
  partnerId?: OrgId | undefined
}

export async function paymentPage(tx: FinanceTx, filter: PaymentFilter) {
  const { own, other, otherName } = columnsOf(filter.side)
  let query = tx.sql.selectFrom('finance.payment as p').selectAll('p').where(`p.${own}`, '=', tx.orgId)
  if (filter.partnerId !== undefined) query = query.where(`p.${other}`, '=', filter.partnerId)
  for (const word of inWords(filter.search))
    query = query.where(sql<boolean>`strpos(lower(p.number || ' ' || p.reference || ' ' || ${sql.ref(`p.${otherName}`)}), ${word}) > 0`)
  const page = await readPage(tx, query, filter, { sorts: { day: { by: 'p.day', type: 'date' } }, id: 'p.id' }, (row) => row)
  return { ...page, items: await withAllocations(tx, page.items) }
}

export async function withAllocations(tx: FinanceTx, rows: readonly PaymentRow[]): Promise<Payment[]> {
  const allocations =
    rows.length === 0
      ? []
      : await allocationsOf(
          tx,
          rows.map((row) => row.id),
        )
  const of = Map.groupBy(allocations, (allocation) => allocation.payment_id)
  return rows.map((row) => ({
    id: row.id,
    partner: partnerOf(tx, row),
    number: row.number,
    day: row.day,
    amount: writeMoney(row.currency, BigInt(row.amount)),
    method: row.method,
    reference: row.reference,
    createdAt: row.created_at.toISOString(),
    createdBy: row.buyer_org === tx.orgId ? row.created_name : null,
    cancelledAt: row.cancelled_at?.toISOString() ?? null,
    cancelReason: row.cancel_reason,
    allocations: (of.get(row.id) ?? []).map((allocation) => ({
      payableId: allocation.payable_id,
      invoiceId: allocation.invoice_id,
      invoiceNumber: allocation.invoice_number,
      amount: writeMoney(row.currency, BigInt(allocation.amount)),
    })),
    version: row.version,
  }))
}
