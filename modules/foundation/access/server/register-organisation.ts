import { v7 } from 'uuid'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import { organisationErrors } from '#modules/foundation/organisations/errors.ts'
import { OrgId } from '#values/ids.ts'
import type { accessApi } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { hashPassword } from './password-hash.ts'
import { insertMembership, insertPerson } from './person-store.ts'
import { builtInRoleId } from './role-rules.ts'
import { oneTimePassword } from './secrets.ts'

type Registration = z.output<typeof accessApi.registerOrganisation.body>

/** The operator takes an organisation onto the platform; its first owner makes all other users. */
export async function registerOrganisation(parts: AccessParts, ctx: Context, input: Registration) {
  const operator = await parts.organisations.facts(ctx.orgId)
  if (operator?.kind !== 'operator') throw organisationErrors.operatorOnly()
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const orgId = OrgId.parse(v7())
  const { ownerLogin: login, ownerName: displayName, ...organisation } = input
  await parts.system
    .inSystem(async (sqlOf) => {
      const tx = opaque({ orgId, sql: sqlOf })
      await parts.organisations.createOrganisation(tx, { ...organisation, orgId, demo: operator.demo }, ctx.now)
      const personId = await insertPerson(sqlOf, { login, homeOrg: orgId, passwordHash, mustChangePassword: true, now: ctx.now })
      await insertMembership(sqlOf, { orgId, personId, login, displayName, roleIds: [builtInRoleId('owner')], siteIds: [], now: ctx.now })
    }, ctx)
    .catch((error: unknown) => {
      if (violatedUnique(error) === 'person_login') throw accessErrors.loginTaken({ login })
      throw error
    })
  return { orgId, login, oneTimePassword: password }
}
