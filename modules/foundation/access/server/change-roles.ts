import type { Context } from '#kernel/context.ts'
import { violatedUnique } from '#kernel/postgres.ts'
import type { Permissions } from '#values/permission.ts'
import type { Role, RoleId } from '../contract.ts'
import { accessErrors } from '../errors.ts'
import type { AccessParts } from './access-parts.ts'
import { giverOf, mustKeepDuties, readAdministration } from './administration.ts'
import { lockAdministration } from './organisation-lock.ts'
import { builtInRoleOf, mayGive } from './role-rules.ts'
import { deleteRoleRow, insertRole, readRole, updateRoleRow } from './role-store.ts'

interface Values {
  name: string
  permissions: readonly string[]
}

export const createRole = (parts: AccessParts, ctx: Context, { name, permissions }: Values): Promise<Role> =>
  parts.db
    .inTenant(ctx, async (tx) => {
      await lockAdministration(tx.sql, tx.orgId)
      const administration = await readAdministration(tx.sql, tx.orgId, parts.permissions())
      const wanted = knownOnly(administration.known, permissions)
      if (!mayGive(giverOf(ctx, administration), wanted)) throw accessErrors.cannotGrant()
      const id = await insertRole(tx, name, wanted)
      return (await readRole(tx, id, administration.known)) ?? missing(id)
    })
    .catch(nameTaken(name))

/** Permissions that are taken away need not be one's own; those that are added must. */
export async function updateRole(parts: AccessParts, ctx: Context, id: RoleId, change: Values & { version: number }): Promise<Role> {
  if (builtInRoleOf(id)) throw accessErrors.builtInRole({ id })
  const role = await parts.db
    .inTenant(ctx, async (tx) => {
      await lockAdministration(tx.sql, tx.orgId)
      const administration = await readAdministration(tx.sql, tx.orgId, parts.permissions())
      const before = administration.roles.find((one) => one.id === id) ?? missing(id)
      const wanted = knownOnly(administration.known, change.permissions)
      const added = wanted.filter((permission) => !before.permissions.includes(permission))
      if (!mayGive(giverOf(ctx, administration), added)) throw accessErrors.cannotGrant()
      const roles = administration.roles.map((one) => (one.id === id ? { ...one, permissions: wanted } : one))
      mustKeepDuties({ ...administration, roles })
      if (!(await updateRoleRow(tx, id, change.version, change.name, wanted))) throw accessErrors.changedMeanwhile({ id })
      return (await readRole(tx, id, administration.known)) ?? missing(id)
    })
    .catch(nameTaken(change.name))
  parts.authenticator.forget()
  return role
}

export async function deleteRole(parts: AccessParts, ctx: Context, id: RoleId): Promise<void> {
  if (builtInRoleOf(id)) throw accessErrors.builtInRole({ id })
  await parts.db.inTenant(ctx, async (tx) => {
    await lockAdministration(tx.sql, tx.orgId)
    const role = (await readRole(tx, id, parts.permissions())) ?? missing(id)
    if (role.members > 0) throw accessErrors.roleInUse({ members: role.members })
    await deleteRoleRow(tx, id)
  })
}

export function knownOnly(known: Permissions, permissions: readonly string[]): string[] {
  const unknown = permissions.find((permission) => !(permission in known))
  if (unknown !== undefined) throw accessErrors.unknownPermission({ permission: unknown })
  return [...new Set(permissions)].sort()
}

export const nameTaken =
  (name: string) =>
  (error: unknown): never => {
    if (['role_name', 'client_name'].includes(violatedUnique(error) ?? '')) throw accessErrors.nameTaken({ name })
    throw error
  }

function missing(id: RoleId): never {
  throw accessErrors.notFound({ id })
}
