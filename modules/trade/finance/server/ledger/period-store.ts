import { sql } from 'kysely'
import type { PeriodState } from '../../ledger-contract.ts'
import type { FinanceTx } from '../tables.ts'

export async function closedPeriods(tx: FinanceTx, from: string): Promise<Set<string>> {
  const rows = await tx.sql
    .selectFrom('finance.period')
    .select('period')
    .where('org_id', '=', tx.orgId)
    .where('period', '>=', from)
    .where('closed_at', 'is not', null)
    .execute()
  return new Set(rows.map((row) => row.period))
}

export async function listPeriods(tx: FinanceTx): Promise<PeriodState[]> {
  const { rows } = await sql<{ period: string; closed_at: Date | null; closed_by: string | null; version: number; vouchers: number }>`
    select p.period, p.closed_at, p.closed_by, p.version,
      (select count(*) from finance.voucher v where v.org_id = p.org_id and v.period = p.period)::int as vouchers
    from finance.period p where p.org_id = ${tx.orgId} order by p.period desc limit 600`.execute(tx.sql)
  return rows.map((row) => ({
    period: row.period,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    vouchers: row.vouchers,
    version: row.version,
  }))
}

/** Made where it is not there; whoever posts into it now is waited for. */
export async function lockPeriod(tx: FinanceTx, period: string) {
  await tx.sql
    .insertInto('finance.period')
    .values({ org_id: tx.orgId, period, closed_at: null, closed_by: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return tx.sql
    .selectFrom('finance.period')
    .selectAll()
    .where('org_id', '=', tx.orgId)
    .where('period', '=', period)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

/** An open month before it that has vouchers. */
export const openBefore = (tx: FinanceTx, period: string) =>
  tx.sql
    .selectFrom('finance.period as p')
    .select('p.period')
    .where('p.org_id', '=', tx.orgId)
    .where('p.period', '<', period)
    .where('p.closed_at', 'is', null)
    .where(sql<boolean>`exists (select from finance.voucher v where v.org_id = p.org_id and v.period = p.period)`)
    .orderBy('p.period')
    .limit(1)
    .executeTakeFirst()

export const setClosed = (tx: FinanceTx, period: string, closed: { at: Date; by: string | null } | null) =>
  tx.sql
    .updateTable('finance.period')
    .set((eb) => ({ closed_at: closed?.at ?? null, closed_by: closed?.by ?? null, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('period', '=', period)
    .execute()
