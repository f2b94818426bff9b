import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { SystemDatabase } from './postgres.ts'

const BATCH = 2_000

/** A platform that has no organisation yet, and what belongs to none, form a chain of their own under this key. */
const NO_ORG = '-'

interface Unchained {
  id: number
  org: string | null
  text: string
}

/**
 * Hashes new audit rows into their organisation's chain: hash(n) = SHA-256(hash(n−1) ‖ row), in (xid, id) order below the oldest
 * running transaction, so that no row can later slip in between. One worker runs it, each second. Returns how many rows it chained.
 */
export async function chainAudit(db: SystemDatabase<unknown>): Promise<number> {
  return db.inSystem(async (tx) => {
    const { rows: lock } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(4712) as got`.execute(tx)
    if (!lock[0]?.got) return 0
    const { rows } = await sql<Unchained>`
      select id, org_id as org, kernel.audit_text(a) as text from kernel.audit a
      where hash is null and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ${BATCH}`.execute(tx)
    if (rows.length === 0) return 0
    const heads = await chainHeads(tx, [...new Set(rows.map((row) => row.org))])
    const ids: number[] = []
    const numbers: number[] = []
    const hashes: Buffer[] = []
    for (const row of rows) {
      const head = heads.get(row.org ?? NO_ORG) ?? { no: 0, hash: Buffer.alloc(0) }
      const next = { no: head.no + 1, hash: linkHash(head.hash, row.text) }
      heads.set(row.org ?? NO_ORG, next)
      ids.push(row.id)
      numbers.push(next.no)
      hashes.push(next.hash)
    }
    await sql`update kernel.audit a set chain_no = v.no, hash = v.hash
      from unnest(${ids}::bigint[], ${numbers}::bigint[], ${hashes}::bytea[]) as v(id, no, hash) where a.id = v.id`.execute(tx)
    return rows.length
  })
}

const linkHash = (before: Buffer, text: string) => createHash('sha256').update(before).update(text).digest()

async function chainHeads(tx: Parameters<Parameters<SystemDatabase<unknown>['inSystem']>[0]>[0], orgs: (string | null)[]) {
  const heads = new Map<string, { no: number; hash: Buffer }>()
  for (const org of orgs) {
    const { rows } = await sql<{ no: number; hash: Buffer }>`
      select chain_no as no, hash from kernel.audit where org_id is not distinct from ${org}::uuid and chain_no is not null order by chain_no desc limit 1`.execute(
      tx,
    )
    if (rows[0]) heads.set(org ?? NO_ORG, rows[0])
  }
  return heads
}

export interface ChainBreak {
  org: string | null
  chainNo: number
  reason: 'changed' | 'missing'
}

/** Walks every chain (or one organisation's) and names the first place in each where a row was changed or is missing. */
export async function verifyAudit(db: SystemDatabase<unknown>, onlyOrg?: string): Promise<{ rows: number; breaks: ChainBreak[] }> {
  return db.inSystem(async (tx) => {
    const breaks: ChainBreak[] = []
    const { rows: orgs } = await sql<{
      org: string | null
    }>`select distinct org_id as org from kernel.audit where chain_no is not null`.execute(tx)
    let checked = 0
    for (const { org } of orgs.filter((o) => onlyOrg === undefined || o.org === onlyOrg)) {
      let hash: Buffer = Buffer.alloc(0)
      let no = 0
      for (;;) {
        const { rows } = await sql<{ no: number; hash: Buffer; text: string }>`
          select chain_no as no, hash, kernel.audit_text(a) as text from kernel.audit a
          where org_id is not distinct from ${org}::uuid and chain_no > ${no} order by chain_no limit ${BATCH}`.execute(tx)
        const broken = rows.findIndex((row, i) => {
          hash = linkHash(hash, row.text)
          return row.no !== no + i + 1 || !hash.equals(row.hash)
        })
        if (broken >= 0) {
          const at = rows[broken]
          breaks.push({ org, chainNo: no + broken + 1, reason: at?.no === no + broken + 1 ? 'changed' : 'missing' })
          break
        }
        checked += rows.length
        no += rows.length
        if (rows.length < BATCH) break
      }
    }
    return { rows: checked, breaks }
  })
}
