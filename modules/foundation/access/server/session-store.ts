import { sql } from 'kysely'
import type { OrgId } from '#values/ids.ts'
import type { PersonId, RoleId, SessionId } from '../contract.ts'
import type { AccessSql, AccessTx } from './tables.ts'

/** A person works at a few places at once; the oldest session gives way. */
const SESSIONS_PER_PERSON = 20

export interface NewSession {
  tokenHash: Buffer
  personId: PersonId
  orgId: OrgId
  now: Date
  address: string
  userAgent: string
}

export async function startSession(sqlOf: AccessSql, session: NewSession): Promise<SessionId> {
  const { tokenHash, personId, orgId, now, address, userAgent } = session
  const { id } = await sqlOf
    .insertInto('access.session')
    .values({
      token_hash: tokenHash,
      person_id: personId,
      org_id: orgId,
      started_at: now,
      last_seen_at: now,
      address,
      user_agent: userAgent,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await sqlOf.updateTable('access.person').set({ current_org: orgId }).where('id', '=', personId).execute()
  await sql`delete from access.session where id in (
    select id from access.session where person_id = ${personId} order by last_seen_at desc, id desc offset ${SESSIONS_PER_PERSON})`.execute(
    sqlOf,
  )
  await touchPresence(sqlOf, orgId, personId, now)
  return id
}

/** All that a request needs to know of its session, in one query. */
export const findSession = (sqlOf: AccessSql, tokenHash: Buffer) =>
  sqlOf
    .selectFrom('access.session as s')
    .innerJoin('access.membership as m', (join) => join.onRef('m.org_id', '=', 's.org_id').onRef('m.person_id', '=', 's.person_id'))
    .innerJoin('access.person as p', 'p.id', 's.person_id')
    .leftJoin('access.policy as own', 'own.org_id', 's.org_id')
    .leftJoin('access.policy as home', 'home.org_id', 'p.home_org')
    .select([
      's.id',
      's.person_id',
      's.org_id',
      's.started_at',
      's.last_seen_at',
      'm.display_name',
      'm.role_ids',
      'm.site_ids',
      'm.active',
      'p.must_change_password',
      'p.password_set_at',
      'p.locale',
    ])
    .select(['own.profile as profile', 'home.profile as home_profile'])
    .where('s.token_hash', '=', tokenHash)
    .executeTakeFirst()
export type FoundSession = NonNullable<Awaited<ReturnType<typeof findSession>>>

export async function touchSession(sqlOf: AccessSql, session: FoundSession, now: Date): Promise<void> {
  await sqlOf.updateTable('access.session').set({ last_seen_at: now }).where('id', '=', session.id).execute()
  await touchPresence(sqlOf, session.org_id, session.person_id, now)
}

export const touchPresence = (sqlOf: AccessSql, orgId: OrgId, subjectId: string, now: Date) =>
  sqlOf
    .insertInto('access.presence')
    .values({ org_id: orgId, subject_id: subjectId, last_seen_at: now })
    .onConflict((oc) => oc.columns(['org_id', 'subject_id']).doUpdateSet({ last_seen_at: now }))
    .execute()

export const readSession = (sqlOf: AccessSql, id: SessionId) =>
  sqlOf
    .selectFrom('access.session')
    .select(['id', 'token_hash', 'person_id', 'org_id', 'started_at', 'last_seen_at'])
    .where('id', '=', id)
    .executeTakeFirst()

/** The session goes on under a new token: what was seen of the old one is worth nothing any more. */
export const rotateSession = (sqlOf: AccessSql, id: SessionId, tokenHash: Buffer, orgId: OrgId, now: Date) =>
  sqlOf
    .updateTable('access.session')
    .set({ token_hash: tokenHash, org_id: orgId, last_seen_at: now })
    .where('id', '=', id)
    .returning(['started_at'])
    .executeTakeFirst()

export const deleteSession = (sqlOf: AccessSql, id: SessionId) => sqlOf.deleteFrom('access.session').where('id', '=', id).execute()

export const deleteSessionsOf = (sqlOf: AccessSql, personId: PersonId, { orgId, except }: { orgId?: OrgId; except?: SessionId } = {}) =>
  sqlOf
    .deleteFrom('access.session')
    .where('person_id', '=', personId)
    .$if(orgId !== undefined, (q) => q.where('org_id', '=', orgId as OrgId))
    .$if(except !== undefined, (q) => q.where('id', '<>', except as SessionId))
    .execute()

export const ownRolesOf = (sqlOf: AccessSql, orgId: OrgId, ids: readonly RoleId[]) =>
  sqlOf
    .selectFrom('access.role')
    .select(['id', 'name', 'permissions'])
    .where('org_id', '=', orgId)
    .where('id', 'in', [...ids])
    .execute()

const LISTED = 500

export const sessionsOfOrganisation = (tx: AccessTx) =>
  tx.sql
    .selectFrom('access.session as s')
    .innerJoin('access.membership as m', (join) => join.onRef('m.org_id', '=', 's.org_id').onRef('m.person_id', '=', 's.person_id'))
    .leftJoin('access.policy as own', 'own.org_id', 's.org_id')
    .select(['s.id', 's.person_id', 's.started_at', 's.last_seen_at', 's.address', 's.user_agent', 'm.display_name', 'own.profile'])
    .where('s.org_id', '=', tx.orgId)
    .orderBy('s.last_seen_at', 'desc')
    .limit(LISTED)
    .execute()

export const sessionsOfPerson = (sqlOf: AccessSql, personId: PersonId) =>
  sqlOf
    .selectFrom('access.session as s')
    .innerJoin('access.membership as m', (join) => join.onRef('m.org_id', '=', 's.org_id').onRef('m.person_id', '=', 's.person_id'))
    .leftJoin('access.policy as own', 'own.org_id', 's.org_id')
    .select(['s.id', 's.person_id', 's.started_at', 's.last_seen_at', 's.address', 's.user_agent', 'm.display_name', 'own.profile'])
    .where('s.person_id', '=', personId)
    .orderBy('s.last_seen_at', 'desc')
    .limit(LISTED)
    .execute()
export type ListedSession = Awaited<ReturnType<typeof sessionsOfPerson>>[number]

/** What can no longer be used by any policy. */
export async function deleteExpired(
  sqlOf: AccessSql,
  limits: { startedBefore: Date; seenBefore: Date; now: Date; guardsBefore: Date },
): Promise<void> {
  await sqlOf
    .deleteFrom('access.session')
    .where((eb) => eb.or([eb('started_at', '<', limits.startedBefore), eb('last_seen_at', '<', limits.seenBefore)]))
    .execute()
  await sqlOf.deleteFrom('access.access_token').where('expires_at', '<', limits.now).execute()
  await sqlOf.deleteFrom('access.login_guard').where('last_failure_at', '<', limits.guardsBefore).execute()
}
