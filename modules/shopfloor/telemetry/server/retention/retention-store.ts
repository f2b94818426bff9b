import { sql, type Transaction } from 'kysely'
import type { OrgScope } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { KeptMonths, Tier } from '../../retention.ts'
import type { TelemetryTables, TelemetryTx } from '../tables.ts'

type SystemTx = Transaction<TelemetryTables>

export const findRetention = (tx: TelemetryTx) =>
  tx.sql.selectFrom('telemetry.retention').selectAll().where('org_id', '=', tx.orgId).executeTakeFirst()

export const horizonsOf = (tx: TelemetryTx) =>
  tx.sql.selectFrom('telemetry.retention_horizon').selectAll().where('org_id', '=', tx.orgId).execute()

/** The new version; undefined where somebody changed it meanwhile. */
export async function saveRetention(tx: TelemetryTx, now: Date, version: number, kept: KeptMonths | null): Promise<number | undefined> {
  const setting = {
    own: kept !== null,
    raw_months: kept?.raw ?? null,
    minute_months: kept?.minute ?? null,
    hour_months: kept?.hour ?? null,
    changed_at: now,
  }
  const saved =
    version === 0
      ? await tx.sql
          .insertInto('telemetry.retention')
          .values({ org_id: tx.orgId, ...setting })
          .onConflict((conflict) => conflict.doNothing())
          .returning('version')
          .executeTakeFirst()
      : await tx.sql
          .updateTable('telemetry.retention')
          .set((eb) => ({ ...setting, version: eb('version', '+', 1) }))
          .where('org_id', '=', tx.orgId)
          .where('version', '=', version)
          .returning('version')
          .executeTakeFirst()
  return saved?.version
}

export const allSettings = (tx: SystemTx) => tx.selectFrom('telemetry.retention').selectAll().execute()

export const allHorizons = (tx: SystemTx) => tx.selectFrom('telemetry.retention_horizon').selectAll().execute()
export type HorizonRow = Awaited<ReturnType<typeof allHorizons>>[number]

/** From now on nothing before the instant is taken in. */
export async function refuseBefore(tx: SystemTx, { orgId, orgNo }: OrgScope, tier: Tier, before: Date, now: Date): Promise<void> {
  const refused = { refused_before: before, refused_since: now }
  await tx
    .insertInto('telemetry.retention_horizon')
    .values({ org_id: orgId, org_no: orgNo, tier, ...refused, deleting_before: null, gone_before: null })
    .onConflict((conflict) => conflict.columns(['org_id', 'tier']).doUpdateSet(refused))
    .execute()
}

export const setHorizon = (tx: SystemTx, orgId: OrgId, tier: Tier, reached: { deleting_before: Date } | { gone_before: Date }) =>
  tx.updateTable('telemetry.retention_horizon').set(reached).where('org_id', '=', orgId).where('tier', '=', tier).execute()

/** Of each organisation whose samples are gone or going: sums before this instant are what is left of them. */
export async function goneSamples(tx: SystemTx): Promise<Map<number, number>> {
  const rows = await tx
    .selectFrom('telemetry.retention_horizon')
    .select(['org_no', 'deleting_before'])
    .where('tier', '=', 'raw')
    .where('deleting_before', 'is not', null)
    .execute()
  return new Map(rows.map((row) => [row.org_no, row.deleting_before?.getTime() ?? 0]))
}

/** Of each organisation: samples before this instant are refused. */
export async function refusedSamples(tx: SystemTx): Promise<Map<number, number>> {
  const rows = await tx.selectFrom('telemetry.retention_horizon').select(['org_no', 'refused_before']).where('tier', '=', 'raw').execute()
  return new Map(rows.map((row) => [row.org_no, row.refused_before.getTime()]))
}

export async function hasMarksBefore(tx: SystemTx, orgNo: number, hour: number): Promise<boolean> {
  const found = await tx
    .selectFrom('telemetry.dirty_hour')
    .select('hour')
    .where('org_no', '=', orgNo)
    .where('hour', '<', hour)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** Waits until no roll-up is under way; held until the transaction ends (see `leads`). */
export const stopRollUps = (tx: SystemTx) => sql`select pg_advisory_xact_lock(hashtext('telemetry roll-up'))`.execute(tx)

/** In the organisation's audit: rows that no trigger sees. */
export const auditDeleted = (tx: SystemTx, tier: Tier, details: object) =>
  sql`select kernel.audit_event('delete', ${`telemetry.values.${tier}`}, null, null, ${JSON.stringify(details)}::jsonb)`.execute(tx)
