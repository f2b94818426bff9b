import type { Context } from '#kernel/context.ts'
import type { Identity } from '#kernel/http.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { requestErrors } from '#values/errors.ts'
import { PersonId, type RoleId, type Session, type SessionId } from '../contract.ts'
import { activeMemberships, findPerson } from './person-store.ts'
import { defaultProfile, passwordExpired, policies, sessionEndMs } from './policies.ts'
import { builtInRoleOf } from './role-rules.ts'
import { csrfTokenOf } from './secrets.ts'
import { ownRolesOf, readSession } from './session-store.ts'
import type { AccessSql, AccessSystem } from './tables.ts'

interface Parts {
  system: AccessSystem
  organisations: OrganisationsPublic
}

/** What the page shows of who is signed in. Errors: request.notSignedIn for a caller without a session. */
export async function describeSession(parts: Parts, ctx: Identity['ctx'] & Pick<Context, 'now'>): Promise<Session> {
  const found = await parts.system.inSystem(async (sqlOf) => {
    const session = ctx.sessionId && (await readSession(sqlOf, ctx.sessionId as SessionId))
    const person = await findPerson(sqlOf, PersonId.parse(ctx.actor.id))
    if (!session || !person) return undefined
    const memberships = await activeMemberships(sqlOf, person.id)
    const current = memberships.find((membership) => membership.org_id === ctx.orgId)
    if (!current) return undefined
    return {
      session,
      person,
      memberships,
      displayName: current.display_name,
      roles: await roleNames(sqlOf, ctx.orgId, current.role_ids),
      policy: policies[(await profileOf(sqlOf, ctx.orgId)) ?? defaultProfile],
      homePolicy: policies[(await profileOf(sqlOf, person.home_org)) ?? defaultProfile],
    }
  })
  const organisation = await parts.organisations.facts(ctx.orgId)
  if (!found || !organisation) throw requestErrors.notSignedIn()
  const { session, person, policy } = found
  return {
    person: {
      id: person.id,
      login: person.login,
      displayName: found.displayName,
      mustChangePassword: person.must_change_password || passwordExpired(person.password_set_at, found.homePolicy, ctx.now),
    },
    organisation: {
      id: organisation.orgId,
      code: organisation.code,
      name: organisation.name,
      nameEn: organisation.nameEn,
      kind: organisation.kind,
      demo: organisation.demo,
      sandbox: organisation.sandbox,
    },
    memberships: await namedMemberships(parts, found.memberships),
    permissions: [...ctx.scopes.permissions].sort(),
    roles: found.roles,
    csrfToken: csrfTokenOf(session.token_hash),
    expiresAt: new Date(sessionEndMs(session, policy)).toISOString(),
    locale: person.locale,
  }
}

async function namedMemberships({ organisations }: Parts, memberships: { org_id: Context['orgId'] }[]): Promise<Session['memberships']> {
  const facts = await Promise.all(memberships.map((membership) => organisations.facts(membership.org_id)))
  return facts.flatMap((one) => (one?.active ? [{ orgId: one.orgId, name: one.name, nameEn: one.nameEn }] : []))
}

const profileOf = async (sqlOf: AccessSql, orgId: Context['orgId']) =>
  (await sqlOf.selectFrom('access.policy').select('profile').where('org_id', '=', orgId).executeTakeFirst())?.profile

/** A built-in role by its key, which the page translates; an own one by its name. */
async function roleNames(sqlOf: AccessSql, orgId: Context['orgId'], ids: readonly RoleId[]): Promise<string[]> {
  const ownIds = ids.filter((id) => !builtInRoleOf(id))
  const own = ownIds.length > 0 ? await ownRolesOf(sqlOf, orgId, ownIds) : []
  return ids.flatMap((id) => builtInRoleOf(id) ?? own.find((role) => role.id === id)?.name ?? [])
}
