import { sql } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { AccessSql } from './tables.ts'

/** Changes of users, roles and policy wait for each other: two administrators cannot each remove the other as the last one. */
export async function lockAdministration(sqlOf: AccessSql, orgId: OrgId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`access.administration ${orgId}`}, 0))`.execute(sqlOf)
}

/** Of two first administrators one comes second. */
export async function lockPlatform(sqlOf: AccessSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('access.firstAdministrator', 0))`.execute(sqlOf)
}
