import { type Generated, type RawBuilder, sql } from 'kysely'
import type { ImportEffect, ImportId, ImportKnown, ImportMode, ImportShow, ImportStatus } from '#values/import.ts'
import type { Context } from '../context.ts'
import type { ModuleDatabase, SystemDatabase, Tx } from '../postgres.ts'
import type { RowChange, RowProblem, Written } from './definition.ts'

/** Who ordered the work and what he may do; kept, because the work goes on after his request. */
export type StoredActing = Pick<Context, 'orgNo' | 'actor' | 'locale' | 'traceId' | 'address'> & {
  permissions: string[]
  sites: Context['scopes']['sites']
}

interface ImportTable {
  org_id: string
  id: ImportId
  kind: string
  target: string | null
  status: ImportStatus
  mode: ImportMode | null
  known: ImportKnown | null
  file_name: string
  file: Buffer | null
  actor_id: string
  acting: StoredActing
  rows_read: number
  rows_right: number
  rows_wrong: number
  rows_done: number
  rows_changed: number
  rows_unchanged: number
  to_hand_out: number
  unknown_columns: string[]
  refusal: { code: string; details: Record<string, unknown> } | null
  cancel_asked: boolean
  lease: string | null
  lease_until: Date | null
  attempts: number
  created_at: Date
  finished_at: Date | null
  expires_at: Date
}
export interface ImportTables {
  'kernel.import': ImportTable
  'kernel.import_row': {
    org_id: string
    import_id: ImportId
    row_no: number
    first_row: number | null
    unit_no: Generated<number>
    cells: string[]
    problems: RowProblem[] | null
    effect: ImportEffect | null
    changes: RowChange[] | null
    seen_version: number | null
    result_id: string | null
    hand_out: boolean
  }
}
export type ImportDatabase = ModuleDatabase<ImportTables>
export type ImportSystem = SystemDatabase<ImportTables>
export type ImportTx = Tx<ImportTables>
export type ImportRecord = Omit<ImportTable, 'file'>

const facts = [
  'org_id',
  'id',
  'kind',
  'target',
  'status',
  'mode',
  'known',
  'file_name',
  'actor_id',
  'acting',
  'rows_read',
  'rows_right',
  'rows_wrong',
  'rows_done',
  'rows_changed',
  'rows_unchanged',
  'to_hand_out',
  'unknown_columns',
  'refusal',
  'cancel_asked',
  'lease',
  'lease_until',
  'attempts',
  'created_at',
  'finished_at',
  'expires_at',
] as const

const mine = (tx: ImportTx) => tx.sql.selectFrom('kernel.import').where('org_id', '=', tx.orgId)

/** Without the file; only the one who uploaded it has it. */
export const findImport = (tx: ImportTx, of: { kind: string; actorId: string; id: ImportId }): Promise<ImportRecord | undefined> =>
  mine(tx).select(facts).where('id', '=', of.id).where('kind', '=', of.kind).where('actor_id', '=', of.actorId).executeTakeFirst()

export const lockImport = (tx: ImportTx, of: { kind: string; actorId: string; id: ImportId }): Promise<ImportRecord | undefined> =>
  mine(tx)
    .select(facts)
    .where('id', '=', of.id)
    .where('kind', '=', of.kind)
    .where('actor_id', '=', of.actorId)
    .forUpdate()
    .executeTakeFirst()

/** Under its lease, as the worker has it; undefined where another has taken it. */
export const lockLeased = (tx: ImportTx, id: ImportId, lease: string): Promise<ImportRecord | undefined> =>
  mine(tx).select(facts).where('id', '=', id).where('lease', '=', lease).forUpdate().executeTakeFirst()

export const importsOf = (
  tx: ImportTx,
  of: { kind: string; target: string | undefined; actorId: string; limit: number },
): Promise<ImportRecord[]> =>
  mine(tx)
    .select(facts)
    .where('kind', '=', of.kind)
    .$if(of.target !== undefined, (query) => query.where('target', '=', of.target ?? null))
    .where('actor_id', '=', of.actorId)
    .orderBy('created_at', 'desc')
    .limit(of.limit)
    .execute()

export const countUnfinished = async (tx: ImportTx): Promise<number> => {
  const { n } = await mine(tx)
    .select(sql<number>`count(*)::int`.as('n'))
    .where('status', 'in', ['queued', 'checking', 'ordered', 'running'])
    .executeTakeFirstOrThrow()
  return n
}

/** All but an organisation's newest ones that nobody works on. */
export const dropOldest = (tx: ImportTx, keep: number) =>
  sql`delete from kernel.import i where i.org_id = ${tx.orgId} and i.status in ('checked', 'done', 'refused', 'failed', 'cancelled')
    and i.id in (select id from kernel.import where org_id = ${tx.orgId} order by created_at desc offset ${keep})`.execute(tx.sql)

export const insertImport = async (
  tx: ImportTx,
  row: {
    kind: string
    target: string | null
    fileName: string
    file: Uint8Array
    actorId: string
    acting: StoredActing
    now: Date
    expiresAt: Date
  },
): Promise<ImportId> => {
  const { rows } = await sql<{
    id: ImportId
  }>`insert into kernel.import (org_id, kind, target, status, file_name, file, actor_id, acting, created_at, expires_at)
    values (${tx.orgId}, ${row.kind}, ${row.target}, 'queued', ${row.fileName}, ${Buffer.from(row.file)}, ${row.actorId}, ${JSON.stringify(row.acting)}::jsonb, ${row.now}, ${row.expiresAt})
    returning id`.execute(tx.sql)
  const [made] = rows
  if (!made) throw new Error('an import was inserted without its id')
  return made.id
}

type Change = Partial<
  Pick<
    ImportTable,
    | 'status'
    | 'mode'
    | 'known'
    | 'rows_read'
    | 'rows_right'
    | 'rows_wrong'
    | 'rows_done'
    | 'rows_changed'
    | 'rows_unchanged'
    | 'to_hand_out'
    | 'unknown_columns'
    | 'cancel_asked'
    | 'lease'
    | 'lease_until'
    | 'attempts'
    | 'finished_at'
  > & { file: null; acting: StoredActing; refusal: { code: string; details: Record<string, unknown> } | null }
>

/** False where a lease is given that is another's by now. */
export async function changeImport(tx: ImportTx, id: ImportId, change: Change, lease?: string): Promise<boolean> {
  const { acting, refusal, ...plain } = change
  let query = tx.sql
    .updateTable('kernel.import')
    .set({
      ...plain,
      ...(acting === undefined ? {} : { acting: sql`${JSON.stringify(acting)}::jsonb` as never }),
      ...(refusal === undefined ? {} : { refusal: (refusal === null ? null : sql`${JSON.stringify(refusal)}::jsonb`) as never }),
    })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
  if (lease !== undefined) query = query.where('lease', '=', lease)
  const { numUpdatedRows } = await query.executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export const fileOf = async (tx: ImportTx, id: ImportId): Promise<Buffer | null> =>
  (await mine(tx).select('file').where('id', '=', id).executeTakeFirst())?.file ?? null

export const deleteRows = (tx: ImportTx, id: ImportId) =>
  tx.sql.deleteFrom('kernel.import_row').where('org_id', '=', tx.orgId).where('import_id', '=', id).execute()

export interface CheckedRow {
  rowNo: number
  cells: string[]
  problems: RowProblem[]
  /** Of the group that it belongs to. */
  firstRow?: number | undefined
  seen?: Seen | undefined
}
/** What a right row does, as the check saw it. */
export interface Seen {
  effect: ImportEffect
  version: number | null
  changes: RowChange[]
}

export async function insertRows(tx: ImportTx, id: ImportId, rows: readonly CheckedRow[]): Promise<void> {
  if (rows.length === 0) return
  const json = rows.map((row) => ({
    n: row.rowNo,
    f: row.firstRow ?? null,
    c: row.cells,
    p: row.problems.length > 0 ? row.problems : null,
    ...seenJson(row.seen),
  }))
  await sql`insert into kernel.import_row (org_id, import_id, row_no, first_row, cells, problems, effect, seen_version, changes)
    select ${tx.orgId}, ${id}, r.n, r.f, r.c, nullif(r.p, 'null'::jsonb), r.e, r.v, nullif(r.d, 'null'::jsonb)
    from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(n int, f int, c text[], p jsonb, e text, v int, d jsonb)`.execute(tx.sql)
}

const seenJson = (seen: Seen | undefined) => ({
  e: seen?.effect ?? null,
  v: seen?.version ?? null,
  d: seen && seen.changes.length > 0 ? seen.changes : null,
})

/** Of rows whose group was held against what is stored after they were. */
export async function markSeen(tx: ImportTx, id: ImportId, rows: readonly { rowNo: number; seen: Seen }[]): Promise<void> {
  if (rows.length === 0) return
  const json = rows.map(({ rowNo, seen }) => ({ n: rowNo, ...seenJson(seen) }))
  await sql`update kernel.import_row i set effect = r.e, seen_version = r.v, changes = nullif(r.d, 'null'::jsonb)
    from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(n int, e text, v int, d jsonb)
    where i.org_id = ${tx.orgId} and i.import_id = ${id} and i.row_no = r.n`.execute(tx.sql)
}

/** Of the right rows that are left: how many change something that is there, how many nothing at all. */
export async function countEffects(tx: ImportTx, id: ImportId): Promise<{ rows_changed: number; rows_unchanged: number }> {
  const { rows } = await sql<{ rows_changed: number; rows_unchanged: number }>`
    select count(*) filter (where effect = 'changes')::int as rows_changed, count(*) filter (where effect = 'unchanged')::int as rows_unchanged
    from kernel.import_row where org_id = ${tx.orgId} and import_id = ${id} and problems is null`.execute(tx.sql)
  return rows[0] ?? { rows_changed: 0, rows_unchanged: 0 }
}

const rowsOf = (tx: ImportTx, id: ImportId) =>
  tx.sql.selectFrom('kernel.import_row').where('org_id', '=', tx.orgId).where('import_id', '=', id).orderBy('row_no')

export const pageOfRows = (tx: ImportTx, id: ImportId, { show, after, limit }: { show: ImportShow; after: number; limit: number }) =>
  rowsOf(tx, id)
    .select(['row_no', 'cells', 'problems', 'effect', 'changes'])
    .where('problems', show === 'wrong' ? 'is not' : 'is', null)
    .$if(show !== 'wrong' && show !== 'right', (query) => query.where('effect', '=', show as ImportEffect))
    .where('row_no', '>', after)
    .limit(limit)
    .execute()

export interface UnitRow {
  row_no: number
  first_row: number | null
  unit_no: number
  cells: string[]
  problems: RowProblem[] | null
  effect: ImportEffect | null
  seen_version: number | null
}
export interface Units {
  after: number
  /** Of rows; the last unit comes whole all the same. */
  atLeast: number
}

/** Right rows that are not written yet, unit after unit. */
export const waitingRows = (tx: ImportTx, id: ImportId, units: Units) =>
  wholeUnits(tx, id, units, sql`problems is null and result_id is null`)

/** Rows of groups, right or wrong, unit after unit; without those of a group that is too large. */
export const groupedRows = (tx: ImportTx, id: ImportId, units: Units, tooLarge: readonly number[]) =>
  wholeUnits(tx, id, units, sql`first_row is not null and unit_no <> all(${[...tooLarge]}::int[])`)

async function wholeUnits(tx: ImportTx, id: ImportId, { after, atLeast }: Units, which: RawBuilder<unknown>): Promise<UnitRow[]> {
  const waiting = sql`from kernel.import_row where org_id = ${tx.orgId} and import_id = ${id} and unit_no > ${after} and ${which}`
  const { rows } = await sql<UnitRow>`select row_no, first_row, unit_no, cells, problems, effect, seen_version ${waiting}
      and unit_no <= coalesce((select unit_no ${waiting} order by unit_no, row_no offset ${atLeast - 1} limit 1), 2147483647)
    order by unit_no, row_no`.execute(tx.sql)
  return rows
}

/** One wrong row keeps the others of its group back. Returns how many those are. */
export async function holdBackGroups(tx: ImportTx, id: ImportId): Promise<number> {
  const ofThis = sql`org_id = ${tx.orgId} and import_id = ${id} and first_row is not null`
  const { rows } = await sql<{ n: number }>`with wrong as (
      select unit_no, min(row_no) as row_no from kernel.import_row where ${ofThis} and problems is not null group by unit_no),
    held as (
      update kernel.import_row i set problems = jsonb_build_array(jsonb_build_object(
        'column', null, 'code', 'heldBack', 'details', jsonb_build_object('row', wrong.row_no)))
      from wrong where i.org_id = ${tx.orgId} and i.import_id = ${id} and i.unit_no = wrong.unit_no and i.first_row is not null
        and i.problems is null returning 1)
    select count(*)::int as n from held`.execute(tx.sql)
  return rows[0]?.n ?? 0
}

export async function markWritten(tx: ImportTx, id: ImportId, rows: readonly { rowNo: number; written: Written }[]): Promise<void> {
  if (rows.length === 0) return
  const json = rows.map(({ rowNo, written }) => ({ n: rowNo, r: written.id, h: written.handOut ?? false }))
  await sql`update kernel.import_row i set result_id = r.r, hand_out = r.h
    from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(n int, r uuid, h boolean)
    where i.org_id = ${tx.orgId} and i.import_id = ${id} and i.row_no = r.n`.execute(tx.sql)
}

export async function markWrong(tx: ImportTx, id: ImportId, rows: readonly { rowNo: number; problems: RowProblem[] }[]): Promise<void> {
  if (rows.length === 0) return
  const json = rows.map(({ rowNo, problems }) => ({ n: rowNo, p: problems }))
  await sql`update kernel.import_row i set problems = r.p from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(n int, p jsonb)
    where i.org_id = ${tx.orgId} and i.import_id = ${id} and i.row_no = r.n`.execute(tx.sql)
}

/** Locked and marked as handed out; each is given out by one caller only. */
export async function takeHandOuts(tx: ImportTx, id: ImportId): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`with given as (
      update kernel.import_row set hand_out = false where org_id = ${tx.orgId} and import_id = ${id} and hand_out returning row_no, result_id)
    select result_id as id from given order by row_no`.execute(tx.sql)
  return rows.map((row) => row.id)
}

/**
 * The import that has waited longest and that nobody works on, with a lease on it; one at a time of an organisation. A lease that has run
 * out belonged to a worker that died.
 */
export async function leaseNext(
  system: ImportSystem,
  { kinds, lease, now, until }: { kinds: readonly string[]; lease: string; now: Date; until: Date },
): Promise<ImportRecord | undefined> {
  return system.inSystem(async (tx) => {
    const { rows } = await sql<ImportRecord>`
      update kernel.import i set lease = ${lease}, lease_until = ${until}, attempts = i.attempts + 1,
        status = case i.status when 'queued' then 'checking' when 'ordered' then 'running' else i.status end
      where (i.org_id, i.id) = (
        select w.org_id, w.id from kernel.import w
        where w.status in ('queued', 'checking', 'ordered', 'running') and w.kind = any(${[...kinds]}) and (w.lease_until is null or w.lease_until < ${now})
          and not exists (select from kernel.import o where o.org_id = w.org_id and o.id <> w.id and o.lease_until >= ${now})
        order by w.created_at limit 1 for update skip locked)
      returning ${sql.raw(facts.map((name) => `i.${name}`).join(', '))}`.execute(tx)
    return rows[0]
  })
}

export const renewLease = (system: ImportSystem, { id, lease, until }: { id: ImportId; lease: string; until: Date }) =>
  system.inSystem((tx) => sql`update kernel.import set lease_until = ${until} where id = ${id} and lease = ${lease}`.execute(tx))

export const dropExpired = (system: ImportSystem, now: Date) =>
  system.inSystem((tx) => sql`delete from kernel.import where expires_at < ${now}`.execute(tx))
