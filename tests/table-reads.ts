import { sql, type Transaction } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: whichever module's tables
type Sql = { sql: Transaction<any> }

/** What some work read of a table, as PostgreSQL counted it: the plans that were run, not those that were asked about. */
export interface TableReads {
  sequentialScans: number
  rows: number
}

/** Of every table of the schema, in the transaction of `tx`. */
export async function readsDuring(tx: Sql, schema: string, work: () => Promise<unknown>): Promise<Map<string, TableReads>> {
  // The counters run on over the transactions of a connection.
  const before = await counters(tx, schema)
  await work()
  const after = await counters(tx, schema)
  return new Map(
    [...after].map(([table, { sequentialScans, rows }]) => {
      const earlier = before.get(table)
      return [table, { sequentialScans: sequentialScans - (earlier?.sequentialScans ?? 0), rows: rows - (earlier?.rows ?? 0) }]
    }),
  )
}

async function counters(tx: Sql, schema: string): Promise<Map<string, TableReads>> {
  const { rows } = await sql<{ name: string; scans: number; read: number }>`select relname as name, seq_scan::int as scans,
      (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_xact_user_tables where schemaname = ${schema}`.execute(tx.sql)
  return new Map(rows.map(({ name, scans, read }) => [name, { sequentialScans: scans, rows: read }]))
}
