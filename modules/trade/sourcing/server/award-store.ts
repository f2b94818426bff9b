import type { Selectable } from 'kysely'
import type { RequestId, RequestLine } from '../contract.ts'
import type { RequestRow } from './request-store.ts'
import type { SourcingTables, SourcingTx } from './tables.ts'

export type AwardedLine = Selectable<SourcingTables['sourcing.award']> & { line: RequestLine; leadTimeDays: number | null }

/** The awards of a request with what was asked and which lead time was offered. */
export async function awardedLines(tx: SourcingTx, row: RequestRow): Promise<AwardedLine[]> {
  const rows = await tx.sql
    .selectFrom('sourcing.award as a')
    .innerJoin('sourcing.bid as b', 'b.id', 'a.bid_id')
    .selectAll('a')
    .select('b.lines')
    .where('a.org_id', '=', tx.orgId)
    .where('a.request_id', '=', row.id)
    .where('b.buyer_org', '=', tx.orgId)
    .orderBy('a.line_no')
    .orderBy('a.share', 'desc')
    .orderBy('a.supplier_org')
    .execute()
  return rows.flatMap(({ lines, ...award }) => {
    const line = row.lines.find((one) => one.no === award.line_no)
    return line ? [{ ...award, line, leadTimeDays: lines.find((one) => one.no === award.line_no)?.leadTimeDays ?? null }] : []
  })
}

export const ordersOf = (tx: SourcingTx, id: RequestId) =>
  tx.sql.selectFrom('sourcing.award_order').selectAll().where('org_id', '=', tx.orgId).where('request_id', '=', id).execute()

export const agreementsOf = (tx: SourcingTx, id: RequestId) =>
  tx.sql
    .selectFrom('sourcing.award_agreement as a')
    .innerJoin('sourcing.agreement as g', 'g.id', 'a.agreement_id')
    .select(['a.supplier_org', 'a.agreement_id', 'g.number'])
    .where('a.org_id', '=', tx.orgId)
    .where('g.buyer_org', '=', tx.orgId)
    .where('a.request_id', '=', id)
    .orderBy('a.made_at')
    .execute()
