import { sql } from 'kysely'
import { requestErrors } from '#values/errors.ts'
import { type Page, TOTAL_LIMIT } from '#values/list.ts'
import type { AuditEntry } from '../contract.ts'
import type { SecurityTables, SecurityTx } from './tables.ts'

type AuditTable = SecurityTables['kernel.audit']

export interface AuditFilter {
  search?: string | undefined
  from?: string | undefined
  until?: string | undefined
  actorId?: string | undefined
  action?: string | undefined
  entity?: string | undefined
  entityId?: string | undefined
}

/** A place in the order (at, id); `at` as PostgreSQL writes it, since a Date would lose the microseconds. */
export interface Place {
  at: string
  id: number
}

const row = sql`coalesce(a.after, a.before)`
/** What a record is called, by the columns that hold names in one module or another. */
const nameOf = sql<string | null>`coalesce(${row}->>'display_name', ${row}->>'name', ${row}->>'label', ${row}->>'login', ${row}->>'code',
  (${row}->>'buyer_name') || ' – ' || (${row}->>'supplier_name'), (${row}->>'grantor_name') || ' – ' || (${row}->>'grantee_name'))`

function filtered(tx: SecurityTx, filter: AuditFilter) {
  let query = tx.sql.selectFrom('kernel.audit as a').where('a.org_id', '=', tx.orgId)
  if (filter.from !== undefined) query = query.where('a.at', '>=', new Date(filter.from))
  if (filter.until !== undefined) query = query.where('a.at', '<', new Date(filter.until))
  if (filter.actorId !== undefined) query = query.where(sql<string>`a.actor->>'id'`, '=', filter.actorId)
  if (filter.action !== undefined) query = query.where('a.action', '=', filter.action)
  if (filter.entity !== undefined) query = query.where('a.entity', '=', filter.entity)
  if (filter.entityId !== undefined) query = query.where('a.entity_id', '=', filter.entityId)
  for (const word of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean))
    query = query.where(
      sql<boolean>`strpos(lower(concat_ws(' ', a.actor->>'name', a.actor->>'address', ${nameOf}, ${row}->>'code', a.entity_id)), ${word}) > 0`,
    )
  return query
}

const ordered = (tx: SecurityTx, filter: AuditFilter, descending: boolean, after: Place | undefined, limit: number) => {
  const direction = sql.raw(descending ? 'desc' : 'asc')
  const query = filtered(tx, filter)
    .select(['a.id', 'a.at', 'a.actor', 'a.action', 'a.entity', 'a.entity_id', 'a.chain_no'])
    .select([nameOf.as('name'), sql<string>`a.at::text`.as('at_text')])
    .orderBy(sql`a.at ${direction}, a.id ${direction}`)
    .limit(limit)
  return after
    ? query.where(sql<boolean>`(a.at, a.id) ${sql.raw(descending ? '<' : '>')} (${after.at}::timestamptz, ${after.id}::bigint)`)
    : query
}

const changedFields = sql<string[]>`case when a.before is null or a.after is null then '{}'::text[] else
  array(select k from jsonb_object_keys(a.after) k where a.after->k is distinct from a.before->k order by k) end`

export async function auditPage(
  tx: SecurityTx,
  list: AuditFilter & { sort: 'at' | '-at'; cursor?: string | undefined; limit: number },
): Promise<Page<AuditEntry>> {
  const after = list.cursor === undefined ? undefined : readCursor(list.cursor)
  const rows = await ordered(tx, list, list.sort === '-at', after, list.limit + 1)
    .select(changedFields.as('fields'))
    .execute()
  const { n } = await tx.sql
    .selectFrom(
      filtered(tx, list)
        .select(sql`1`.as('one'))
        .limit(TOTAL_LIMIT + 1)
        .as('counted'),
    )
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  const last = rows[list.limit - 1]
  return {
    items: rows.slice(0, list.limit).map((one) => ({ ...entryOf(one), fields: one.fields.filter((field) => field !== 'version') })),
    nextCursor: rows.length > list.limit && last ? JSON.stringify([last.at_text, last.id]) : null,
    total: Math.min(n, TOTAL_LIMIT),
    totalCapped: n > TOTAL_LIMIT,
  }
}

export const auditBatch = (tx: SecurityTx, filter: AuditFilter, after: Place | undefined, limit: number) =>
  ordered(tx, filter, true, after, limit).select(['a.before', 'a.after', 'a.trace', 'a.hash']).execute()
export type AuditRow = Awaited<ReturnType<typeof auditBatch>>[number]

export const auditEntry = (tx: SecurityTx, id: number) =>
  tx.sql
    .selectFrom('kernel.audit as a')
    .selectAll()
    .select([nameOf.as('name'), changedFields.as('fields')])
    .where('a.org_id', '=', tx.orgId)
    .where('a.id', '=', id)
    .executeTakeFirst()

export const entryOf = (
  one: Pick<AuditTable, 'id' | 'at' | 'actor' | 'action' | 'entity' | 'entity_id' | 'chain_no'> & { name: string | null },
) => ({
  id: one.id,
  at: one.at.toISOString(),
  actor: { kind: one.actor.kind, id: one.actor.id ?? null, name: one.actor.name ?? null },
  address: one.actor.address ?? null,
  action: one.action,
  entity: one.entity,
  entityId: one.entity_id,
  name: one.name,
  chainNo: one.chain_no,
})

// A filter may miss what happened long ago and never since: reading everything for a list of choices would cost seconds.
const FACET_ROWS = 20_000

export async function auditFacets(tx: SecurityTx) {
  const newest = sql`(select actor, action, entity from kernel.audit where org_id = ${tx.orgId} order by at desc, id desc limit ${FACET_ROWS})`
  const actors = await sql<{ kind: AuditTable['actor']['kind']; id: string; name: string | null }>`
    select distinct on (actor->>'id') actor->>'kind' as kind, actor->>'id' as id, actor->>'name' as name
    from ${newest} n where actor->>'id' is not null order by actor->>'id', actor->>'name' nulls last limit 500`.execute(tx.sql)
  const actions = await sql<{ value: string }>`select distinct action as value from ${newest} n order by 1`.execute(tx.sql)
  const entities = await sql<{ value: string }>`select distinct entity as value from ${newest} n order by 1`.execute(tx.sql)
  const oldest = await tx.sql
    .selectFrom('kernel.audit')
    .select('at')
    .where('org_id', '=', tx.orgId)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  return {
    actors: actors.rows,
    actions: actions.rows.map(({ value }) => value),
    entities: entities.rows.map(({ value }) => value),
    oldestAt: oldest?.at.toISOString() ?? null,
  }
}

/** Errors: request.invalid for the cursor of another list. */
function readCursor(cursor: string): Place {
  try {
    const [at, id] = JSON.parse(cursor) as unknown[]
    if (typeof at === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(at) && Number.isSafeInteger(id))
      return { at, id: id as number }
  } catch {
    // Falls through to the refusal below: whatever is wrong with it, the cursor is not one of ours.
  }
  throw requestErrors.invalid({ cursor: 'foreign' })
}
