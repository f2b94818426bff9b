import type { FinanceTx } from '../tables.ts'
import { type StockRole, stockRoles } from './stock-rules.ts'

/** What a receipt or an invoice puts on the stock account itself, minor units; of a receipt also where it is nothing. */
export const addPosted = (tx: FinanceTx, sourceId: string, role: StockRole, amount: bigint) =>
  tx.sql
    .insertInto('finance.stock_posting')
    .values({ org_id: tx.orgId, source_id: sourceId, role, posted: amount })
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'source_id', 'role'])
        .doUpdateSet((eb) => ({ posted: eb('finance.stock_posting.posted', '+', eb.ref('excluded.posted')) })),
    )
    .execute()

/** Locked until the transaction ends, those of `roles` made where they are not there: two tellings of one document do not both post. */
export async function lockPosted(tx: FinanceTx, sourceId: string, roles: readonly StockRole[]): Promise<Map<StockRole, bigint>> {
  const wanted = stockRoles.filter((role) => roles.includes(role))
  if (wanted.length > 0)
    await tx.sql
      .insertInto('finance.stock_posting')
      .values(wanted.map((role) => ({ org_id: tx.orgId, source_id: sourceId, role, posted: 0n })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  const rows = await tx.sql
    .selectFrom('finance.stock_posting')
    .select(['role', 'posted'])
    .where('org_id', '=', tx.orgId)
    .where('source_id', '=', sourceId)
    .orderBy('role')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [row.role, BigInt(row.posted)]))
}

export const isKnown = async (tx: FinanceTx, sourceId: string): Promise<boolean> =>
  (await tx.sql
    .selectFrom('finance.stock_posting')
    .select('role')
    .where('org_id', '=', tx.orgId)
    .where('source_id', '=', sourceId)
    .limit(1)
    .executeTakeFirst()) !== undefined
