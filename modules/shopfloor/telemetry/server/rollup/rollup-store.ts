import { sql, type Transaction } from 'kysely'
import type { RolledUp } from '../query/plan-pieces.ts'
import type { TelemetryTables } from '../tables.ts'

type SystemTx = Transaction<TelemetryTables>

/** One worker at a time sums up; another that tries meanwhile gets false and leaves. Held until the transaction ends. */
export async function leads(tx: SystemTx): Promise<boolean> {
  const { rows } = await sql<{ leads: boolean }>`select pg_try_advisory_xact_lock(hashtext('telemetry roll-up')) as leads`.execute(tx)
  return rows[0]?.leads ?? false
}

/** Undefined: nothing has ever been summed up. */
export async function readRolledUp(tx: SystemTx): Promise<RolledUp | undefined> {
  const row = await tx.selectFrom('telemetry.rollup_state').select(['minutes_until', 'hours_until']).executeTakeFirst()
  return row && { minutesUntilMs: row.minutes_until.getTime(), hoursUntilMs: row.hours_until.getTime() }
}

export async function writeRolledUp(tx: SystemTx, { minutesUntilMs, hoursUntilMs }: RolledUp): Promise<void> {
  const state = { minutes_until: new Date(minutesUntilMs), hours_until: new Date(hoursUntilMs) }
  await tx
    .insertInto('telemetry.rollup_state')
    .values({ id: true, ...state })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state))
    .execute()
}

export async function nextRollupVersion(tx: SystemTx): Promise<number> {
  const { rows } = await sql<{ version: number }>`select nextval('telemetry.rollup_version') as version`.execute(tx)
  return rows[0]?.version ?? 0
}

/** Hours of series to sum up again, as columns of equal length. */
export interface Marks {
  orgNos: number[]
  series: number[]
  hours: number[]
}

/** In key order, so that two ingest processes that mark the same hours wait for each other instead of locking up. */
export async function markDirty(tx: SystemTx, { orgNos, series, hours }: Marks): Promise<void> {
  await sql`
    insert into telemetry.dirty_hour (org_no, series, hour, version)
    select org_no, series, hour, nextval('telemetry.mark_version')
    from (select distinct org_no, series, hour from unnest(${orgNos}::int[], ${series}::int[], ${hours}::int[]) as m (org_no, series, hour) order by 1, 2, 3) as m
    on conflict (org_no, series, hour) do update set version = excluded.version`.execute(tx)
}

export interface Mark {
  orgNo: number
  series: number
  hour: number
  version: number
}

export const oldestMarks = async (tx: SystemTx, limit: number): Promise<Mark[]> =>
  tx.selectFrom('telemetry.dirty_hour').select(['org_no as orgNo', 'series', 'hour', 'version']).orderBy('version').limit(limit).execute()

/** Only at the version that was read: an hour marked again meanwhile stays marked. */
export async function removeMarks(tx: SystemTx, marks: readonly Mark[]): Promise<void> {
  await sql`
    delete from telemetry.dirty_hour d
    using unnest(${marks.map((m) => m.orgNo)}::int[], ${marks.map((m) => m.series)}::int[], ${marks.map((m) => m.hour)}::int[], ${marks.map((m) => m.version)}::bigint[])
      as m (org_no, series, hour, version)
    where (d.org_no, d.series, d.hour, d.version) = (m.org_no, m.series, m.hour, m.version)`.execute(tx)
}

export async function countMarks(tx: SystemTx, orgNo: number): Promise<number> {
  const { n } = await tx
    .selectFrom('telemetry.dirty_hour')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('org_no', '=', orgNo)
    .executeTakeFirstOrThrow()
  return n
}
