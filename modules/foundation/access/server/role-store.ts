import { sql } from 'kysely'
import type { Permissions } from '#values/permission.ts'
import { builtInRoles } from '#values/permission.ts'
import type { Role, RoleId } from '../contract.ts'
import { builtInRoleId, permissionsOfRole } from './role-rules.ts'
import type { AccessTx } from './tables.ts'
import { ownRoles } from './user-store.ts'

/** Built-in roles first, then the organisation's own by name. */
export async function listRoles(tx: AccessTx, known: Permissions): Promise<Role[]> {
  const own = await ownRoles(tx)
  const members = await memberCounts(tx)
  const permissions = (id: RoleId) => [...(permissionsOfRole(id, own, known) ?? [])].sort()
  const builtIn = builtInRoles.map((key) => {
    const id = builtInRoleId(key)
    return { id, builtIn: key, name: key, permissions: permissions(id), members: members.get(id) ?? 0, version: 1 }
  })
  return [
    ...builtIn,
    ...own.map(({ id, name, version }) => ({
      id,
      builtIn: null,
      name,
      permissions: permissions(id),
      members: members.get(id) ?? 0,
      version,
    })),
  ]
}

export async function readRole(tx: AccessTx, id: RoleId, known: Permissions): Promise<Role | undefined> {
  return (await listRoles(tx, known)).find((role) => role.id === id)
}

async function memberCounts(tx: AccessTx): Promise<Map<RoleId, number>> {
  const { rows } = await sql<{ id: RoleId; n: number }>`
    select r as id, count(*)::int as n from access.membership m, unnest(m.role_ids) r where m.org_id = ${tx.orgId} group by r`.execute(
    tx.sql,
  )
  return new Map(rows.map((row) => [row.id, row.n]))
}

export async function insertRole(tx: AccessTx, name: string, permissions: readonly string[]): Promise<RoleId> {
  const { id } = await tx.sql
    .insertInto('access.role')
    .values({ org_id: tx.orgId, name, permissions: [...permissions] })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export const updateRoleRow = (tx: AccessTx, id: RoleId, version: number, name: string, permissions: readonly string[]) =>
  tx.sql
    .updateTable('access.role')
    .set({ name, permissions: [...permissions], version: version + 1 })
    .where('org_id', '=', tx.orgId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()

export const deleteRoleRow = (tx: AccessTx, id: RoleId) =>
  tx.sql.deleteFrom('access.role').where('org_id', '=', tx.orgId).where('id', '=', id).execute()
