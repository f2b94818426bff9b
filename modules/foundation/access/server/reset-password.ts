import type { Context } from '#kernel/context.ts'
import type { PersonId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { mustBeAllowedToGive, readAdministration } from './administration.ts'
import { hashPassword } from './password-hash.ts'
import { findPerson, setPassword } from './person-store.ts'
import { sitesWithin } from './role-rules.ts'
import { oneTimePassword } from './secrets.ts'
import { deleteSessionsOf } from './session-store.ts'
import { readUser } from './user-store.ts'

/** Gives a one-time password and ends all sessions of the person. */
export async function resetPassword(parts: AccessParts, ctx: Context, personId: PersonId): Promise<string> {
  if (personId === ctx.actor.id) throw accessErrors.ownAccount()
  await parts.db.inTenant(ctx, async (tx) => {
    const user = await readUser(tx, personId)
    if (!user) throw accessErrors.notFound({ personId })
    // A password is all of an account: it may be reset only by somebody who could give all that the account has.
    mustBeAllowedToGive(ctx, await readAdministration(tx.sql, tx.orgId, parts.permissions()), user.roleIds)
    if (!sitesWithin(user.siteIds, ctx.scopes.sites)) throw accessErrors.cannotGrant({ siteIds: user.siteIds })
  })
  const password = oneTimePassword()
  const hash = await hashPassword(password)
  await parts.system.inSystem(async (sqlOf) => {
    const person = await findPerson(sqlOf, personId)
    if (!person) throw accessErrors.notFound({ personId })
    // The account opens another organisation too: its own one answers for it.
    if (person.home_org !== ctx.orgId) throw accessErrors.sharedPerson({ personId })
    await setPassword(sqlOf, person, { hash, mustChange: true, now: ctx.now })
    await deleteSessionsOf(sqlOf, personId)
  }, ctx)
  parts.authenticator.forget()
  return password
}
