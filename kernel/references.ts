import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { RESERVED_SYSTEM, type ReferenceKey } from '#values/reference.ts'
import type { Context } from './context.ts'
import { narrow, type OpaqueTx } from './postgres.ts'

/** What people call a record. */
export interface RecordLabel {
  code: string
  name: string
  nameEn: string | null
}

/** A kind of record that outside systems may know by numbers of their own; its module declares it. */
export interface ReferenceKind {
  /** `module.table`, as the audit names it. */
  entity: string
  /** What the caller must be allowed to see such a record, and to give it a reference. */
  read: string
  manage: string
  /** Those of the records that the caller sees. */
  describe(ctx: Context, tx: OpaqueTx, ids: readonly string[]): Promise<Map<string, RecordLabel>>
}

export interface StoredReference extends ReferenceKey {
  id: string
  entity: string
  recordId: string
  createdAt: Date
}
export type NewReference = ReferenceKey & { entity: string; recordId: string }

interface Tables {
  'kernel.external_reference': {
    org_id: string
    id: string
    entity: string
    entity_id: string
    system: string
    type: string
    key: string
    created_at: Date
  }
}

/** The organisation's references, without what the platform writes down for itself; the lists narrow it. */
export const referenceQuery = (tx: OpaqueTx): SelectQueryBuilder<Tables, 'kernel.external_reference', StoredReference> =>
  narrow<Tables>(tx)
    .sql.selectFrom('kernel.external_reference')
    .select(['id', 'entity', 'entity_id as recordId', 'system', 'type', 'key', 'created_at as createdAt'])
    .where('org_id', '=', tx.orgId)
    .where('system', '!=', RESERVED_SYSTEM)

/**
 * Writes the references that are not there yet and gives what stands at these keys now, in no certain order: a row of another record than was
 * asked for is a number that is taken.
 */
export async function addReferences(tx: OpaqueTx, references: readonly NewReference[], now: Date): Promise<StoredReference[]> {
  await insert(tx, references, now, sql`on conflict (org_id, system, type, key) do nothing`)
  return referencesAt(tx, references)
}

/** Of new records: a number that is taken violates the table's key and ends the transaction. */
export const insertReferences = (tx: OpaqueTx, references: readonly NewReference[], now: Date): Promise<void> =>
  insert(tx, references, now, sql``)

async function insert(tx: OpaqueTx, references: readonly NewReference[], now: Date, onConflict: RawBuilder<unknown>): Promise<void> {
  if (references.length === 0) return
  await sql`insert into kernel.external_reference (org_id, entity, entity_id, system, type, key, created_at)
    select ${tx.orgId}, r.entity, r."recordId", r.system, r.type, r.key, ${now}
    from jsonb_to_recordset(${JSON.stringify(references)}::jsonb) as r(entity text, "recordId" uuid, system text, type text, key text)
    ${onConflict}`.execute(narrow<Tables>(tx).sql)
}

export async function referencesAt(tx: OpaqueTx, keys: readonly ReferenceKey[]): Promise<StoredReference[]> {
  if (keys.length === 0) return []
  const asked = sql<boolean>`(system, type, key) in (select r.system, r.type, r.key
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as r(system text, type text, key text))`
  return referenceQuery(tx).where(asked).execute()
}

/** Of these records, every other number of the same system and type. */
export async function removeOthers(tx: OpaqueTx, kept: readonly NewReference[]): Promise<void> {
  await sql`delete from kernel.external_reference e
    using (select entity, "recordId", system, type, array_agg(key) as keys
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as r(entity text, "recordId" uuid, system text, type text, key text)
      group by entity, "recordId", system, type) k
    where e.org_id = ${tx.orgId} and e.entity = k.entity and e.entity_id = k."recordId" and e.system = k.system and e.type = k.type
      and e.key <> all(k.keys)`.execute(narrow<Tables>(tx).sql)
}

export const removeReference = (tx: OpaqueTx, id: string) =>
  sql`delete from kernel.external_reference where org_id = ${tx.orgId} and id = ${id} and system <> ${RESERVED_SYSTEM}`.execute(
    narrow<Tables>(tx).sql,
  )

/** The greatest number of references that one of these records has. */
export async function mostReferences(tx: OpaqueTx, recordIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ most: number }>`select coalesce(max(n), 0)::int as most from (
    select count(*) as n from kernel.external_reference
    where org_id = ${tx.orgId} and entity_id = any(${[...recordIds]}::uuid[]) group by entity, entity_id) counted`.execute(
    narrow<Tables>(tx).sql,
  )
  return rows[0]?.most ?? 0
}
