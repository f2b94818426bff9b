import { sql } from 'kysely'
import { narrow, type OpaqueTx } from './postgres.ts'

/**
 * The next number of the acting organisation: `PO-202611-00042`, running per kind and month, without gaps. Call it as late in the transaction
 * as can be: whoever wants the next one waits for its end.
 * @param kind two or three capital letters that the number begins with: PO purchase order, SN shipping notice.
 * @param day the day of the document, `2026-11-26`.
 */
export async function nextNumber(tx: OpaqueTx, kind: string, day: string): Promise<string> {
  const period = day.slice(0, 7).replace('-', '')
  const { rows } = await sql<{
    last: number
  }>`insert into kernel.number_series (org_id, kind, period, last) values (${tx.orgId}, ${kind}, ${period}, 1)
    on conflict (org_id, kind, period) do update set last = kernel.number_series.last + 1 returning last`.execute(narrow(tx).sql)
  return `${kind}-${period}-${String(rows[0]?.last).padStart(5, '0')}`
}
