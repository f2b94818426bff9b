import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { accessApi, User } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { mustBeAllowedToGive, mustHaveRoom, mustKeepDuties, mustKnowRoles, readAdministration } from './administration.ts'
import { lockAdministration } from './organisation-lock.ts'
import { hashPassword } from './password-hash.ts'
import { insertMembership, insertPerson } from './person-store.ts'
import { sitesWithin } from './role-rules.ts'
import { oneTimePassword } from './secrets.ts'
import { readUser } from './user-store.ts'

type NewUser = z.output<typeof accessApi.createUser.body>

export async function createUser(parts: AccessParts, ctx: Context, user: NewUser): Promise<{ user: User; oneTimePassword: string }> {
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const roleIds = [...new Set(user.roleIds)]
  const siteIds = [...new Set(user.siteIds)]
  const facts = await parts.organisations.facts(ctx.orgId)
  const personId = await parts.system
    .inSystem(async (sqlOf) => {
      await lockAdministration(sqlOf, ctx.orgId)
      const administration = await readAdministration(sqlOf, ctx.orgId, parts.permissions())
      mustHaveRoom(administration, facts?.userLimit ?? null)
      mustKnowRoles(administration, roleIds)
      mustBeAllowedToGive(ctx, administration, roleIds)
      if (!sitesWithin(siteIds, ctx.scopes.sites)) throw accessErrors.cannotGrant({ siteIds })
      const { login, displayName } = user
      const id = await insertPerson(sqlOf, { login, homeOrg: ctx.orgId, passwordHash, mustChangePassword: true, now: ctx.now })
      mustKeepDuties({ ...administration, members: [...administration.members, { personId: id, roleIds }] })
      await insertMembership(sqlOf, { orgId: ctx.orgId, personId: id, login, displayName, roleIds, siteIds, now: ctx.now })
      return id
    }, ctx)
    .catch((error: unknown) => {
      if (violatedUnique(error) === 'person_login') throw accessErrors.loginTaken({ login: user.login })
      throw error
    })
  const created = await parts.db.inTenant(ctx, (tx) => readUser(tx, personId))
  if (!created) throw accessErrors.notFound({ personId })
  return { user: created, oneTimePassword: password }
}
