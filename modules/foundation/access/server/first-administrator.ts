import { v7 } from 'uuid'
import type { z } from 'zod'
import type { CallContext } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import type { accessApi } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { countTry, passed } from './login-guard.ts'
import { lockPlatform } from './organisation-lock.ts'
import { hashPassword } from './password-hash.ts'
import { weaknesses } from './password-rules.ts'
import { anyPerson, insertMembership, insertPerson } from './person-store.ts'
import { defaultProfile, policies } from './policies.ts'
import { builtInRoleId } from './role-rules.ts'
import { sameSecret } from './secrets.ts'

type FirstAdministrator = z.output<typeof accessApi.firstAdministrator.body>

/** Whether the platform waits for its first administrator; once it has one it never waits again. */
export async function needsFirstAdministrator({ system, organisations }: AccessParts): Promise<boolean> {
  return !(await system.inSystem(anyPerson)) && (await organisations.platformIsEmpty())
}

/** Only who sees what the server printed at its start may make the first administrator, and of two at once one. */
export async function firstAdministrator(parts: AccessParts, call: CallContext, input: FirstAdministrator): Promise<void> {
  if (!(await needsFirstAdministrator(parts))) throw accessErrors.alreadyInitialised()
  const counted = await countTry(parts.system, call, 'first administrator')
  if (!sameSecret(input.setupCode, parts.setupCode)) throw accessErrors.wrongCredentials()
  const policy = policies[defaultProfile]
  const reasons = weaknesses(input.password, policy, [input.login, input.displayName, input.organisationName])
  if (reasons.length > 0) {
    await parts.system.inSystem((sqlOf) => passed(sqlOf, call, counted))
    throw accessErrors.weakPassword({ reasons, minLength: policy.minLength })
  }
  const passwordHash = await hashPassword(input.password)
  const orgId = OrgId.parse(v7())
  const acting = { orgId, actor: { kind: 'system', id: 'first administrator' }, address: call.address, traceId: call.traceId } as const
  const { login, displayName, organisationName: name, creditCode } = input
  await parts.system.inSystem(async (sqlOf) => {
    await lockPlatform(sqlOf)
    if (await anyPerson(sqlOf)) throw accessErrors.alreadyInitialised()
    await passed(sqlOf, call, counted)
    const organisation = { orgId, code: 'operator', name, kind: 'operator', creditCode, demo: false } as const
    await parts.organisations.createOrganisation(opaque({ orgId, sql: sqlOf }), organisation, call.now)
    const personId = await insertPerson(sqlOf, { login, homeOrg: orgId, passwordHash, mustChangePassword: false, now: call.now })
    await insertMembership(sqlOf, { orgId, personId, login, displayName, roleIds: [builtInRoleId('owner')], siteIds: [], now: call.now })
  }, acting)
}
