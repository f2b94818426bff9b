import { type Acting, narrow, violatedUnique } from '#kernel/postgres.ts'
import type { Permissions } from '#values/permission.ts'
import { LoginName, type PersonId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessPublic, NewUser } from '../public.ts'
import type { AccessParts } from './access-parts.ts'
import { openSandbox } from './open-sandbox.ts'
import { hashPassword } from './password-hash.ts'
import { weaknesses } from './password-rules.ts'
import { findPersonByLogin, insertMembership, insertPerson, localesOf } from './person-store.ts'
import { defaultProfile, policies } from './policies.ts'
import { builtInRoleId, permissionsOf } from './role-rules.ts'
import type { AccessTables, AccessTx } from './tables.ts'
import { activeMembers, ownRoles, userLabels } from './user-store.ts'

export const accessPublic = (parts: AccessParts): AccessPublic => ({
  authenticate: parts.authenticator.identify,
  labels: async (opaqueTx, personIds) => {
    const rows = personIds.length > 0 ? await userLabels(narrow<AccessTables>(opaqueTx), personIds) : []
    return new Map(rows.map((row) => [row.person_id, { displayName: row.display_name, login: row.login }]))
  },
  personsWith: async (opaqueTx, permission) => personsWith(narrow<AccessTables>(opaqueTx), permission, parts.permissions()),
  languagesOf: async (personIds) => {
    const rows = personIds.length > 0 ? await parts.system.inSystem((sqlOf) => localesOf(sqlOf, personIds)) : []
    return new Map(rows.map((row) => [row.id, row.locale]))
  },
  openSandbox: (ctx, replace) => openSandbox(parts, ctx, replace),
  createPersonWithMembership: (user, now) => createPersonWithMembership(parts, user, now),
  firstPassword: (login, password, names) => firstPassword(parts, login, password, names),
  minPasswordLength: policies[defaultProfile].minLength,
  createFirstPerson: async (opaqueTx, { orgId, login, displayName, passwordHash }, now) => {
    const { sql } = narrow<AccessTables>(opaqueTx)
    const personId = await insertPerson(sql, { login, homeOrg: orgId, passwordHash, mustChangePassword: false, now }).catch(
      (error: unknown) => {
        throw violatedUnique(error) === 'person_login' ? accessErrors.loginTaken({ login }) : error
      },
    )
    await insertMembership(sql, { orgId, personId, login, displayName, roleIds: [builtInRoleId('owner')], siteIds: [], now })
    return personId
  },
})

async function personsWith(tx: AccessTx, permission: string, known: Permissions): Promise<PersonId[]> {
  const [members, own] = [await activeMembers(tx), await ownRoles(tx)]
  return members.filter((member) => permissionsOf(member.roleIds, own, known).has(permission)).map((member) => member.personId)
}

async function firstPassword({ system }: AccessParts, login: string, password: string, names: readonly string[]): Promise<string> {
  const policy = policies[defaultProfile]
  const reasons = weaknesses(password, policy, [login, ...names])
  if (reasons.length > 0) throw accessErrors.weakPassword({ reasons, minLength: policy.minLength })
  if (await system.inSystem((sqlOf) => findPersonByLogin(sqlOf, LoginName.parse(login)))) throw accessErrors.loginTaken({ login })
  return hashPassword(password)
}

async function createPersonWithMembership({ system }: AccessParts, user: NewUser, now: Date): Promise<PersonId> {
  const { orgId, displayName, password, roles, siteIds = [], locale, mustChangePassword = false } = user
  const login = LoginName.parse(user.login)
  const acting: Acting = { orgId, actor: { kind: 'job', id: 'first data' }, address: '', traceId: '' }
  const known = await system.inSystem((sqlOf) => findPersonByLogin(sqlOf, login))
  const passwordHash = known ? undefined : await hashPassword(password)
  return system.inSystem(async (sqlOf) => {
    const person = { login, homeOrg: orgId, mustChangePassword, now, ...(locale ? { locale } : {}) }
    const personId = passwordHash === undefined ? known?.id : await insertPerson(sqlOf, { ...person, passwordHash })
    if (!personId) throw new Error(`No person ${login}`)
    const there = await sqlOf
      .selectFrom('access.membership')
      .select('person_id')
      .where('org_id', '=', orgId)
      .where('person_id', '=', personId)
      .executeTakeFirst()
    if (!there) await insertMembership(sqlOf, { orgId, personId, login, displayName, roleIds: roles.map(builtInRoleId), siteIds, now })
    return personId
  }, acting)
}
