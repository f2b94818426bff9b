import { sql, type Transaction } from 'kysely'
import type { AlarmsTables } from '../tables.ts'

type SystemTx = Transaction<AlarmsTables>

/** A holder that has said nothing for so long has died: another takes over. */
const LEASE = '10 seconds'

/** One process evaluates. Undefined: another does. `receivedMs` null: nothing was ever evaluated. */
export async function takeLease(tx: SystemTx, holder: string): Promise<{ receivedMs: number | null } | undefined> {
  const { rows } = await sql<{ received_ms: number }>`
    insert into alarms.progress as p (id, received_ms, holder, renewed_at) values (true, -1, ${holder}, clock_timestamp())
    on conflict (id) do update set holder = excluded.holder, renewed_at = excluded.renewed_at
      where p.holder = excluded.holder or p.renewed_at < clock_timestamp() - ${LEASE}::interval
    returning received_ms`.execute(tx)
  const row = rows[0]
  return row && { receivedMs: row.received_ms < 0 ? null : row.received_ms }
}

/** Notes how far all is evaluated and written, and that the holder lives. False: another has taken over. */
export async function noteProgress(tx: SystemTx, holder: string, receivedMs: number | null): Promise<boolean> {
  const { rows } =
    await sql`update alarms.progress set received_ms = greatest(received_ms, ${receivedMs ?? -1}::bigint), renewed_at = clock_timestamp()
    where holder = ${holder} returning 1`.execute(tx)
  return rows.length > 0
}

/** So that the next one need not wait. */
export const releaseLease = (tx: SystemTx, holder: string) =>
  sql`update alarms.progress set renewed_at = '-infinity' where holder = ${holder}`.execute(tx)
