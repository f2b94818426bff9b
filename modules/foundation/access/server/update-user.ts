import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { accessApi, PersonId, User } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import {
  type Administration,
  mustBeAllowedToGive,
  mustHaveRoom,
  mustKeepDuties,
  mustKnowRoles,
  readAdministration,
} from './administration.ts'
import { lockAdministration } from './organisation-lock.ts'
import { permissionsOf, sitesWithin } from './role-rules.ts'
import { deleteSessionsOf } from './session-store.ts'
import { readUser, updateMembership } from './user-store.ts'

type Change = z.output<typeof accessApi.updateUser.body>

export async function updateUser(parts: AccessParts, ctx: Context, personId: PersonId, change: Change): Promise<User> {
  const roleIds = [...new Set(change.roleIds)]
  const siteIds = [...new Set(change.siteIds)]
  const facts = await parts.organisations.facts(ctx.orgId)
  const user = await parts.db.inTenant(ctx, async (tx) => {
    await lockAdministration(tx.sql, tx.orgId)
    const before = await readUser(tx, personId)
    if (!before) throw accessErrors.notFound({ personId })
    if (before.version !== change.version) throw accessErrors.changedMeanwhile({ personId })
    const administration = await readAdministration(tx.sql, tx.orgId, parts.permissions())
    mustKnowRoles(
      administration,
      roleIds.filter((id) => !before.roleIds.includes(id)),
    )
    if (change.active && !before.active) mustHaveRoom(administration, facts?.userLimit ?? null)
    const after = { ...change, roleIds, siteIds }
    if (personId === ctx.actor.id) mustOnlyGiveUp(administration, before, after)
    else mustStandAbove(ctx, administration, before, after)
    const others = administration.members.filter((member) => member.personId !== personId)
    mustKeepDuties({ ...administration, members: change.active ? [...others, { personId, roleIds }] : others })
    await updateMembership(tx, personId, change.version, after)
    return (await readUser(tx, personId)) ?? before
  })
  if (!user.active) await parts.system.inSystem((sqlOf) => deleteSessionsOf(sqlOf, personId, { orgId: ctx.orgId }), ctx)
  parts.authenticator.forget()
  return user
}

type Rights = Pick<User, 'roleIds' | 'siteIds' | 'active'>

/** To one's own account one can give nothing and not close it; giving up rights is possible. */
function mustOnlyGiveUp({ roles, known }: Administration, before: Rights, after: Rights): void {
  if (!after.active) throw accessErrors.ownAccount()
  const had = permissionsOf(before.roleIds, roles, known)
  const has = permissionsOf(after.roleIds, roles, known)
  if ([...has].some((permission) => !had.has(permission))) throw accessErrors.cannotGrant()
  if (!sitesWithin(after.siteIds, before.siteIds.length > 0 ? before.siteIds : 'all')) throw accessErrors.cannotGrant()
}

/** Whoever changes an account could give all that it has and gets: else a lesser administrator could put down a greater one. */
function mustStandAbove(ctx: Context, administration: Administration, before: Rights, after: Rights): void {
  mustBeAllowedToGive(ctx, administration, [...before.roleIds, ...after.roleIds])
  const { sites } = ctx.scopes
  if (!sitesWithin(before.siteIds, sites) || !sitesWithin(after.siteIds, sites)) throw accessErrors.cannotGrant({ siteIds: after.siteIds })
}
