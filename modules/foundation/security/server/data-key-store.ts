import { sql } from 'kysely'
import { cryptoProvider, providerOf } from '#kernel/crypto.ts'
import type { MasterKeys } from '#kernel/master-keys.ts'
import type { SecurityTx } from './tables.ts'

/** Held shared while a master key is chosen, alone while one is dropped from the file. */
const MASTER_LOCK = 4713
/** With the organisation: shared while a secret is sealed, alone while its data key is changed. */
const DATA_LOCK = 4714

export interface OpenDataKey {
  version: number
  algorithm: string
  key: Buffer
}

export interface WrappedDataKey {
  version: number
  algorithm: string
  master_key: string
  wrapped: Buffer
}

export const lockMasterKeys = (tx: SecurityTx) => sql`select pg_advisory_xact_lock(${MASTER_LOCK})`.execute(tx.sql)

const lockOrganisation = (tx: SecurityTx, way: 'shared' | 'alone') =>
  way === 'alone'
    ? sql`select pg_advisory_xact_lock(${DATA_LOCK}, hashtext(${tx.orgId}))`.execute(tx.sql)
    : sql`select pg_advisory_xact_lock_shared(${DATA_LOCK}, hashtext(${tx.orgId}))`.execute(tx.sql)

const newest = (tx: SecurityTx) =>
  tx.sql
    .selectFrom('security.data_key')
    .select(['version', 'algorithm', 'master_key', 'wrapped'])
    .where('org_id', '=', tx.orgId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The key that seals now; an organisation's first is made by its first secret. */
export async function sealingKey(tx: SecurityTx, masterKeys: MasterKeys, now: Date): Promise<OpenDataKey> {
  await lockOrganisation(tx, 'shared')
  const found = await newest(tx)
  if (found) return openDataKey(tx.orgId, masterKeys, found)
  await insertDataKey(tx, masterKeys, 1, now)
  const made = await newest(tx)
  if (!made) throw new Error('A data key was made and is not there.')
  return openDataKey(tx.orgId, masterKeys, made)
}

/** A new newest key; nobody seals with the old one until the end of this transaction, nor after it. */
export async function nextDataKey(tx: SecurityTx, masterKeys: MasterKeys, now: Date): Promise<OpenDataKey> {
  await lockOrganisation(tx, 'alone')
  const before = await newest(tx)
  await insertDataKey(tx, masterKeys, (before?.version ?? 0) + 1, now)
  return sealingKey(tx, masterKeys, now)
}

async function insertDataKey(tx: SecurityTx, masterKeys: MasterKeys, version: number, now: Date): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${MASTER_LOCK})`.execute(tx.sql)
  const key = cryptoProvider.newKey()
  await tx.sql
    .insertInto('security.data_key')
    .values({
      org_id: tx.orgId,
      version,
      created_at: now,
      algorithm: cryptoProvider.algorithm,
      ...wrap(tx.orgId, masterKeys, version, key),
    })
    .onConflict((oc) => oc.doNothing())
    .execute()
  key.fill(0)
}

/** The same data key under the current master key. */
export const rewrap = (orgId: string, masterKeys: MasterKeys, wrapped: WrappedDataKey) =>
  wrap(orgId, masterKeys, wrapped.version, openDataKey(orgId, masterKeys, wrapped).key)

function wrap(orgId: string, masterKeys: MasterKeys, version: number, key: Buffer): { master_key: string; wrapped: Buffer } {
  const master = masterKeys.current()
  const wrapped = providerOf(master.algorithm).seal(master.key, key, associatedWithKey(orgId, version, master.id))
  return { master_key: master.id, wrapped }
}

export function openDataKey(
  orgId: string,
  masterKeys: MasterKeys,
  { version, algorithm, master_key, wrapped }: WrappedDataKey,
): OpenDataKey {
  const master = masterKeys.byId(master_key)
  const key = providerOf(master.algorithm).open(master.key, wrapped, associatedWithKey(orgId, version, master.id))
  return { version, algorithm, key }
}

/** A wrapped key opens in its own row only. */
const associatedWithKey = (orgId: string, version: number, masterKey: string) =>
  JSON.stringify(['security.data_key', orgId, version, masterKey])

export const dataKeysOf = (tx: SecurityTx) =>
  tx.sql
    .selectFrom('security.data_key as k')
    .select(['k.version', 'k.algorithm', 'k.created_at', 'k.master_key'])
    .select((eb) =>
      eb
        .selectFrom('security.secret as s')
        .whereRef('s.org_id', '=', 'k.org_id')
        .whereRef('s.key_version', '=', 'k.version')
        .select(sql<number>`count(*)::int`.as('n'))
        .as('secrets'),
    )
    .where('k.org_id', '=', tx.orgId)
    .orderBy('k.version', 'desc')
    .execute()

/** Removes keys that seal no more; the newest stays. */
export const dropUnusedDataKeys = (tx: SecurityTx, newestVersion: number) =>
  tx.sql
    .deleteFrom('security.data_key as k')
    .where('k.org_id', '=', tx.orgId)
    .where('k.version', '<', newestVersion)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('security.secret as s')
            .select('s.id')
            .whereRef('s.org_id', '=', 'k.org_id')
            .whereRef('s.key_version', '=', 'k.version'),
        ),
      ),
    )
    .execute()
