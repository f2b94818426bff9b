import { sql } from 'kysely'
import type { SecretId } from '../contract.ts'
import type { SecurityTables, SecurityTx } from './tables.ts'

type SecretRow = SecurityTables['security.secret']
type Sealed = Pick<SecretRow, 'algorithm' | 'key_version' | 'sealed'>
const columns = [
  's.id',
  's.purpose',
  's.name',
  's.algorithm',
  's.key_version',
  's.changed_by',
  's.created_at',
  's.changed_at',
  's.version',
] as const

const described = (tx: SecurityTx) =>
  tx.sql
    .selectFrom('security.secret as s')
    .leftJoin('security.secret_use as u', (join) => join.onRef('u.org_id', '=', 's.org_id').onRef('u.secret_id', '=', 's.id'))
    .select([...columns, 'u.used_at'])
    .where('s.org_id', '=', tx.orgId)

export const listSecrets = (tx: SecurityTx) => described(tx).orderBy('s.purpose').orderBy('s.name').execute()
export type SecretFacts = Awaited<ReturnType<typeof listSecrets>>[number]

export const findSecret = (tx: SecurityTx, id: SecretId) => described(tx).where('s.id', '=', id).executeTakeFirst()

export async function countSecrets(tx: SecurityTx): Promise<number> {
  const { n } = await tx.sql
    .selectFrom('security.secret')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('org_id', '=', tx.orgId)
    .executeTakeFirstOrThrow()
  return n
}

/** With its data key in one statement: a rotation that commits between two would take the key away. */
export const sealedSecret = (tx: SecurityTx, id: SecretId, purpose: string) =>
  tx.sql
    .selectFrom('security.secret as s')
    .innerJoin('security.data_key as k', (join) => join.onRef('k.org_id', '=', 's.org_id').onRef('k.version', '=', 's.key_version'))
    .select(['s.id', 's.purpose', 's.algorithm', 's.key_version', 's.sealed', 'k.algorithm as key_algorithm', 'k.master_key', 'k.wrapped'])
    .where('s.org_id', '=', tx.orgId)
    .where('s.id', '=', id)
    .where('s.purpose', '=', purpose)
    .executeTakeFirst()
export type SealedSecret = NonNullable<Awaited<ReturnType<typeof sealedSecret>>>

/** All that are sealed with another than the newest key, with their keys. */
export const sealedBefore = (tx: SecurityTx, version: number) =>
  tx.sql
    .selectFrom('security.secret as s')
    .innerJoin('security.data_key as k', (join) => join.onRef('k.org_id', '=', 's.org_id').onRef('k.version', '=', 's.key_version'))
    .select(['s.id', 's.purpose', 's.algorithm', 's.key_version', 's.sealed', 'k.algorithm as key_algorithm', 'k.master_key', 'k.wrapped'])
    .where('s.org_id', '=', tx.orgId)
    .where('s.key_version', '<', version)
    .forUpdate('s')
    .execute()

export const insertSecret = (
  tx: SecurityTx,
  row: Pick<SecretRow, 'id' | 'purpose' | 'name' | 'changed_by'> & Sealed & { now: Date },
): Promise<unknown> => {
  const { now, ...values } = row
  return tx.sql
    .insertInto('security.secret')
    .values({ org_id: tx.orgId, ...values, changed_by: JSON.stringify(row.changed_by) as never, created_at: now, changed_at: now })
    .execute()
}

/** Undefined where there is none of this purpose. */
export const lockSecret = (tx: SecurityTx, id: SecretId) =>
  tx.sql
    .selectFrom('security.secret')
    .select(['purpose', 'version'])
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const renameSecret = (tx: SecurityTx, id: SecretId, name: string) =>
  tx.sql
    .updateTable('security.secret')
    .set((eb) => ({ name, version: eb('version', '+', 1) }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

export const changeSecret = (
  tx: SecurityTx,
  id: SecretId,
  { now, ...change }: Pick<SecretRow, 'name' | 'changed_by'> & Sealed & { now: Date },
) =>
  tx.sql
    .updateTable('security.secret')
    .set((eb) => ({
      ...change,
      changed_by: JSON.stringify(change.changed_by) as never,
      changed_at: now,
      version: eb('version', '+', 1),
    }))
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .execute()

/** The same secret under another key: no new version, nobody's edit is overtaken. */
export const resealSecret = (tx: SecurityTx, id: SecretId, sealed: Sealed) =>
  tx.sql.updateTable('security.secret').set(sealed).where('org_id', '=', tx.orgId).where('id', '=', id).execute()

export const deleteSecret = (tx: SecurityTx, id: SecretId, purpose: string) =>
  tx.sql.deleteFrom('security.secret').where('org_id', '=', tx.orgId).where('id', '=', id).where('purpose', '=', purpose).execute()

/** To the minute: a gateway that asks often writes seldom. */
export const markUsed = (tx: SecurityTx, id: SecretId, now: Date) =>
  sql`insert into security.secret_use as u (org_id, secret_id, used_at) values (${tx.orgId}, ${id}, ${now})
    on conflict (org_id, secret_id) do update set used_at = excluded.used_at
    where u.used_at < excluded.used_at - interval '1 minute'`.execute(tx.sql)
