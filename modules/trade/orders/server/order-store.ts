import { type ExpressionBuilder, type Selectable, sql, type Updateable } from 'kysely'
import type { Currency } from '#values/money.ts'
import type { OrderId, RevisionOutcome } from '../contract.ts'
import { contentAmounts, type OrderContent } from '../order-content.ts'
import type { OrdersTables, OrdersTx, OrderTable, RevisionTable, SignatureTable } from './tables.ts'

export type OrderRow = Selectable<OrderTable>
export type RevisionRow = Selectable<RevisionTable>
export type SignatureRow = Selectable<SignatureTable>

// Row-level security hides what concerns neither side, and drafts from the supplier; a party is named all the same.
const ours = (tx: OrdersTx) => (eb: ExpressionBuilder<OrdersTables, 'orders.order'>) =>
  eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)])

export const readOrder = (tx: OrdersTx, id: OrderId) =>
  tx.sql.selectFrom('orders.order').selectAll().where('id', '=', id).where(ours(tx)).executeTakeFirst()

/** Asked every few seconds by every open page: one small row. A request to expedite and each answer to one count as a step. */
export const readStanding = (tx: OrdersTx, id: OrderId) =>
  tx.sql
    .selectFrom('orders.order')
    .select([
      'version',
      sql<number>`(select coalesce(sum(e.version), 0)::int from orders.expedite e
        where e.order_id = "order".id and ${tx.orgId} in (e.buyer_org, e.supplier_org))`.as('expedites'),
    ])
    .where('id', '=', id)
    .where(ours(tx))
    .executeTakeFirst()

export const lockOrder = (tx: OrdersTx, id: OrderId) =>
  tx.sql.selectFrom('orders.order').selectAll().where('id', '=', id).where(ours(tx)).forUpdate().executeTakeFirst()

export const insertOrder = (
  tx: OrdersTx,
  order: Omit<OrderTable, 'id' | 'version' | 'last_revision' | 'answer_order' | 'due_order' | 'told_overdue_of'>,
) => tx.sql.insertInto('orders.order').values(order).returningAll().executeTakeFirstOrThrow()

export const changeOrder = (tx: OrdersTx, id: OrderId, change: Updateable<OrderTable>) =>
  tx.sql
    .updateTable('orders.order')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where(ours(tx))
    .returningAll()
    .executeTakeFirstOrThrow()

/** What the head repeats of the content in force. */
export function headOf(content: OrderContent) {
  const { terms } = content
  const { net, tax } = contentAmounts(content)
  return {
    currency: terms.currency satisfies Currency,
    deliver_to: terms.deliverTo,
    payment_terms: terms.paymentTerms,
    payment_days: terms.paymentDays,
    over_tolerance: terms.overTolerance,
    under_tolerance: terms.underTolerance,
    grace_days: terms.graceDays,
    net_amount: Number(net),
    tax_amount: Number(tax),
    line_count: content.lines.length,
    consigned: terms.titlePasses === 'usage',
  }
}

export const insertRevision = (tx: OrdersTx, { content, ...revision }: Omit<RevisionTable, 'id'>) =>
  tx.sql
    .insertInto('orders.revision')
    .values({ ...revision, content: sql`${JSON.stringify(content)}::jsonb` })
    .execute()

export const insertSignature = (tx: OrdersTx, signature: Omit<SignatureTable, 'id'>) =>
  tx.sql.insertInto('orders.signature').values(signature).execute()

export const decideRevision = (tx: OrdersTx, orderId: OrderId, no: number, outcome: RevisionOutcome, at: Date) =>
  tx.sql
    .updateTable('orders.revision')
    .set({ outcome, decided_at: at })
    .where('order_id', '=', orderId)
    .where('no', '=', no)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .execute()

export const readRevision = (tx: OrdersTx, orderId: OrderId, no: number) =>
  tx.sql
    .selectFrom('orders.revision')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('no', '=', no)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .executeTakeFirst()

export const revisionsOf = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql
    .selectFrom('orders.revision')
    .selectAll()
    .where('order_id', '=', orderId)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('no')
    .execute()

export const signaturesOf = (tx: OrdersTx, orderId: OrderId) =>
  tx.sql
    .selectFrom('orders.signature')
    .selectAll()
    .where('order_id', '=', orderId)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('id')
    .execute()
