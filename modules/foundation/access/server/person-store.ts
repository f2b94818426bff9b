import type { OrgId } from '#values/ids.ts'
import type { PersonId, RoleId } from '../contract.ts'
import type { AccessSql } from './tables.ts'

// Everything here runs as the system role: a person belongs to no single organisation.

export const anyPerson = async (sqlOf: AccessSql): Promise<boolean> =>
  (await sqlOf.selectFrom('access.person').select('id').limit(1).executeTakeFirst()) !== undefined

export const findPersonByLogin = (sqlOf: AccessSql, login: string) =>
  sqlOf.selectFrom('access.person').selectAll().where('login', '=', login).executeTakeFirst()

export const findPerson = (sqlOf: AccessSql, id: PersonId) =>
  sqlOf.selectFrom('access.person').selectAll().where('id', '=', id).executeTakeFirst()

/** Who the person is in each organisation that he works for. */
export const activeMemberships = (sqlOf: AccessSql, personId: PersonId) =>
  sqlOf
    .selectFrom('access.membership')
    .select(['org_id', 'display_name', 'role_ids'])
    .where('person_id', '=', personId)
    .where('active', '=', true)
    .orderBy('created_at')
    .limit(100)
    .execute()

export interface NewPerson {
  login: string
  homeOrg: OrgId
  passwordHash: string
  mustChangePassword: boolean
  locale?: 'zh-CN' | 'en-US'
  now: Date
}

export async function insertPerson(sqlOf: AccessSql, person: NewPerson): Promise<PersonId> {
  const { id } = await sqlOf
    .insertInto('access.person')
    .values({
      login: person.login,
      home_org: person.homeOrg,
      current_org: person.homeOrg,
      password_hash: person.passwordHash,
      password_set_at: person.now,
      must_change_password: person.mustChangePassword,
      created_at: person.now,
      ...(person.locale ? { locale: person.locale } : {}),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export interface NewMembership {
  orgId: OrgId
  personId: PersonId
  login: string
  displayName: string
  roleIds: readonly RoleId[]
  siteIds: readonly string[]
  now: Date
}

export const insertMembership = (sqlOf: AccessSql, membership: NewMembership) =>
  sqlOf
    .insertInto('access.membership')
    .values({
      org_id: membership.orgId,
      person_id: membership.personId,
      login: membership.login,
      display_name: membership.displayName,
      role_ids: [...membership.roleIds],
      site_ids: [...membership.siteIds],
      created_at: membership.now,
    })
    .execute()

const HISTORY_KEPT = 10

/** The present hash goes into the history before the new one takes its place. */
export async function setPassword(
  sqlOf: AccessSql,
  person: { id: PersonId; password_hash: string; password_set_at: Date },
  { hash, mustChange, now }: { hash: string; mustChange: boolean; now: Date },
): Promise<void> {
  await sqlOf
    .insertInto('access.password_history')
    .values({ person_id: person.id, set_at: person.password_set_at, password_hash: person.password_hash })
    .onConflict((oc) => oc.doNothing())
    .execute()
  await sqlOf
    .updateTable('access.person')
    .set({ password_hash: hash, password_set_at: now, must_change_password: mustChange })
    .where('id', '=', person.id)
    .execute()
  const kept = await earlierPasswords(sqlOf, person.id, HISTORY_KEPT)
  const oldest = kept.length === HISTORY_KEPT ? kept.at(-1) : undefined
  if (oldest)
    await sqlOf.deleteFrom('access.password_history').where('person_id', '=', person.id).where('set_at', '<', oldest.set_at).execute()
}

export const earlierPasswords = (sqlOf: AccessSql, personId: PersonId, limit: number) =>
  sqlOf
    .selectFrom('access.password_history')
    .select(['set_at', 'password_hash'])
    .where('person_id', '=', personId)
    .orderBy('set_at', 'desc')
    .limit(limit)
    .execute()

export const setLocale = (sqlOf: AccessSql, personId: PersonId, locale: 'zh-CN' | 'en-US') =>
  sqlOf.updateTable('access.person').set({ locale }).where('id', '=', personId).execute()

export const localesOf = (sqlOf: AccessSql, ids: readonly PersonId[]) =>
  sqlOf
    .selectFrom('access.person')
    .select(['id', 'locale'])
    .where('id', 'in', [...ids])
    .execute()
