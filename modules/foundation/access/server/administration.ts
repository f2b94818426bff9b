import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'
import type { Permissions } from '#values/permission.ts'
import type { RoleId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import { defaultProfile, type Policy, policies } from './policies.ts'
import { builtInRoleId, dutyFault, type Giver, type Member, mayGive, type OwnRole, permissionsOfRole } from './role-rules.ts'
import type { AccessSql } from './tables.ts'

/** What decides who may give what in an organisation: read under the administration's lock. */
export interface Administration {
  policy: Policy
  roles: OwnRole[]
  members: Member[]
  known: Permissions
}

export async function readAdministration(sqlOf: AccessSql, orgId: OrgId, known: Permissions): Promise<Administration> {
  const policy = await sqlOf.selectFrom('access.policy').select('profile').where('org_id', '=', orgId).executeTakeFirst()
  const roles = await sqlOf.selectFrom('access.role').select(['id', 'name', 'permissions']).where('org_id', '=', orgId).execute()
  const members = await sqlOf
    .selectFrom('access.membership')
    .select(['person_id', 'role_ids'])
    .where('org_id', '=', orgId)
    .where('active', '=', true)
    .execute()
  return {
    policy: policies[policy?.profile ?? defaultProfile],
    roles,
    members: members.map((row) => ({ personId: row.person_id, roleIds: row.role_ids })),
    known,
  }
}

export const giverOf = (ctx: Context, { members }: Administration): Giver => ({
  permissions: ctx.scopes.permissions,
  ownerExists: members.some((member) => member.roleIds.includes(builtInRoleId('owner'))),
})

/** Errors: access.unknownRole. */
export function mustKnowRoles({ roles, known }: Administration, roleIds: readonly RoleId[]): void {
  const unknown = roleIds.find((id) => !permissionsOfRole(id, roles, known))
  if (unknown) throw accessErrors.unknownRole({ roleId: unknown })
}

/** Errors: access.cannotGrant. A role that is gone gives nothing. */
export function mustBeAllowedToGive(ctx: Context, administration: Administration, roleIds: readonly RoleId[]): void {
  const giver = giverOf(ctx, administration)
  for (const id of roleIds) {
    const permissions = permissionsOfRole(id, administration.roles, administration.known) ?? []
    if (!mayGive(giver, permissions)) throw accessErrors.cannotGrant({ roleId: id })
  }
}

/** Of the operator's quota (P-16). Errors: access.tooManyUsers. */
export function mustHaveRoom({ members }: Pick<Administration, 'members'>, limit: number | null): void {
  if (limit !== null && members.length >= limit) throw accessErrors.tooManyUsers({ limit, users: members.length })
}

/** Errors: access.separationOfDuties, access.lastAdministrator. */
export function mustKeepDuties({ members, roles, policy }: Pick<Administration, 'members' | 'roles' | 'policy'>): void {
  const fault = dutyFault(members, roles, policy.separationOfDuties)
  switch (fault?.kind) {
    case undefined:
      return
    case 'combined':
      throw accessErrors.separationOfDuties({ personIds: fault.personIds })
    case 'vacant':
      throw accessErrors.lastAdministrator({ duties: fault.duties })
    default:
      fault satisfies never
  }
}
