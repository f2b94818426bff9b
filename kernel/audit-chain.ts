import { createHash } from 'node:crypto'
import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { SystemDatabase } from './postgres.ts'

const BATCH = 2_000
/** One round of the worker takes as many batches, then others have their turn. */
const MAX_BATCHES = 50

interface Unchained {
  id: number
  org: string | null
  text: string
}

interface Head {
  no: number
  hash: Buffer
}
const START: Head = { no: 0, hash: Buffer.alloc(0) }

/** What belongs to no organisation forms a chain of its own. No index serves `is not distinct from`, hence two forms. */
const ofOrg = (org: string | null): RawBuilder<boolean> => (org === null ? sql`org_id is null` : sql`org_id = ${org}::uuid`)

/**
 * Hashes new audit rows into their organisation's chain: hash(n) = SHA-256(hash(n−1) ‖ row), in (xid, id) order below the oldest
 * running transaction, so that no row can later slip in between. One worker runs it, each second. Returns how many rows it chained.
 */
export async function chainAudit(db: SystemDatabase<unknown>): Promise<number> {
  let chained = 0
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const rows = await db.inSystem(chainBatch)
    chained += rows
    if (rows < BATCH) break
  }
  return chained
}

async function chainBatch(tx: Transaction<unknown>): Promise<number> {
  const { rows: lock } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(4712) as got`.execute(tx)
  if (!lock[0]?.got) return 0
  const { rows } = await sql<Unchained>`
    select id, org_id as org, kernel.audit_text(a) as text from kernel.audit a
    where hash is null and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ${BATCH}`.execute(tx)
  if (rows.length === 0) return 0
  const heads = new Map<string | null, Head>()
  for (const org of new Set(rows.map((row) => row.org))) heads.set(org, (await readHead(tx, org)) ?? START)
  const links = rows.map((row) => {
    const head = heads.get(row.org) ?? START
    const next = { no: head.no + 1, hash: linkHash(head.hash, row.text) }
    heads.set(row.org, next)
    return { id: row.id, ...next }
  })
  await sql`update kernel.audit a set chain_no = v.no, hash = v.hash
    from unnest(${links.map((l) => l.id)}::bigint[], ${links.map((l) => l.no)}::bigint[], ${links.map((l) => l.hash)}::bytea[]) as v(id, no, hash)
    where a.id = v.id`.execute(tx)
  const ends = [...heads]
  await sql`insert into kernel.audit_head as h (org_id, chain_no, hash)
    select * from unnest(${ends.map(([org]) => org)}::uuid[], ${ends.map(([, e]) => e.no)}::bigint[], ${ends.map(([, e]) => e.hash)}::bytea[])
    on conflict (org_id) do update set chain_no = excluded.chain_no, hash = excluded.hash`.execute(tx)
  return rows.length
}

const linkHash = (before: Buffer, text: string) => createHash('sha256').update(before).update(text).digest()

async function readHead(tx: Transaction<unknown>, org: string | null): Promise<Head | undefined> {
  const { rows } = await sql<Head>`select chain_no as no, hash from kernel.audit_head where ${ofOrg(org)}`.execute(tx)
  return rows[0]
}

export interface ChainBreak {
  org: string | null
  chainNo: number
  reason: 'changed' | 'missing'
  /** When the changed row says that it was written. */
  at?: Date
}

export interface ChainReport {
  /** Rows found as they were written. */
  rows: number
  breaks: ChainBreak[]
  /** Where each checked chain ends: noted elsewhere, it proves later that nothing before was rewritten. */
  heads: { org: string | null; chainNo: number; hash: string }[]
}

/** Walks every chain (or one organisation's) and names the first place in each where a row was changed or is missing. */
export async function verifyAudit(db: SystemDatabase<unknown>, onlyOrg?: string): Promise<ChainReport> {
  return db.inSystem(async (tx) => {
    const report: ChainReport = { rows: 0, breaks: [], heads: [] }
    const { rows: known } = await sql<{ org: string | null }>`select org_id as org from kernel.audit_head
      union select distinct org_id from kernel.audit where chain_no is not null`.execute(tx)
    for (const org of onlyOrg === undefined ? known.map((k) => k.org) : [onlyOrg]) {
      const { rows, found, end } = await walkChain(tx, org)
      report.rows += rows
      if (found) report.breaks.push(found)
      if (end.no > 0) report.heads.push({ org, chainNo: end.no, hash: end.hash.toString('hex') })
    }
    return report
  })
}

async function walkChain(tx: Transaction<unknown>, org: string | null): Promise<{ rows: number; found?: ChainBreak; end: Head }> {
  // Read first: rows that are chained while we walk lie behind it.
  const head = (await readHead(tx, org)) ?? START
  let at = START
  for (;;) {
    const { rows } = await sql<Head & { at: Date; text: string }>`
      select chain_no as no, hash, at, kernel.audit_text(a) as text from kernel.audit a
      where ${ofOrg(org)} and chain_no > ${at.no} order by chain_no limit ${BATCH}`.execute(tx)
    for (const row of rows) {
      const next = { no: at.no + 1, hash: linkHash(at.hash, row.text) }
      if (row.no !== next.no) return { rows: at.no, found: { org, chainNo: next.no, reason: 'missing' }, end: head }
      if (!next.hash.equals(row.hash) || (next.no === head.no && !next.hash.equals(head.hash)))
        return { rows: at.no, found: { org, chainNo: next.no, reason: 'changed', at: row.at }, end: head }
      at = next
    }
    if (rows.length === BATCH) continue
    return at.no < head.no ? { rows: at.no, found: { org, chainNo: at.no + 1, reason: 'missing' }, end: head } : { rows: at.no, end: at }
  }
}
