import { sql } from 'kysely'
import { readPage } from '#kernel/page.ts'
import type { ListQuery, Page } from '#values/list.ts'
import type { PersonId, RoleId, User } from '../contract.ts'
import { builtInRoleOf, type OwnRole } from './role-rules.ts'
import type { AccessTx } from './tables.ts'

const users = (tx: AccessTx) =>
  tx.sql
    .selectFrom('access.membership as m')
    .leftJoin('access.presence as u', (join) => join.onRef('u.org_id', '=', 'm.org_id').onRef('u.subject_id', '=', 'm.person_id'))
    .select(['m.person_id', 'm.login', 'm.display_name', 'm.role_ids', 'm.site_ids', 'm.active', 'm.version', 'u.last_seen_at'])
    .where('m.org_id', '=', tx.orgId)

type UserRow = Awaited<ReturnType<ReturnType<typeof users>['execute']>>[number]

export async function userPage(tx: AccessTx, list: ListQuery & { active?: boolean | undefined }): Promise<Page<User>> {
  let query = users(tx)
  const words = (list.search ?? '').normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8)
  for (const word of words) query = query.where(sql<boolean>`strpos(lower(m.display_name || ' ' || m.login), ${word}) > 0`)
  const { active } = list
  if (active !== undefined) query = query.where('m.active', '=', active)
  const roles = await ownRoles(tx)
  const order = {
    sorts: {
      displayName: { by: 'm.display_name collate "zh-x-icu"', type: 'text' as const },
      login: { by: 'm.login', type: 'text' as const },
      lastSeenAt: { by: "coalesce(u.last_seen_at, '-infinity')", type: 'timestamptz' as const },
    },
    id: 'm.person_id',
  }
  return readPage(tx, query, list, order, (row) => toUser(row, roles))
}

export async function readUser(tx: AccessTx, personId: PersonId): Promise<User | undefined> {
  const row = await users(tx).where('m.person_id', '=', personId).executeTakeFirst()
  return row && toUser(row, await ownRoles(tx))
}

export const ownRoles = (tx: AccessTx) =>
  tx.sql
    .selectFrom('access.role')
    .select(['id', 'name', 'permissions', 'version'])
    .where('org_id', '=', tx.orgId)
    .orderBy(sql`name collate "zh-x-icu"`)
    .execute()

const toUser = (row: UserRow, roles: readonly OwnRole[]): User => ({
  personId: row.person_id,
  login: row.login,
  displayName: row.display_name,
  roleIds: row.role_ids,
  roleNames: row.role_ids.flatMap((id) => builtInRoleOf(id) ?? roles.find((role) => role.id === id)?.name ?? []),
  siteIds: row.site_ids,
  active: row.active,
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  version: row.version,
})

export interface MembershipChange {
  displayName: string
  roleIds: readonly RoleId[]
  siteIds: readonly string[]
  active: boolean
}

export const updateMembership = (tx: AccessTx, personId: PersonId, version: number, change: MembershipChange) =>
  tx.sql
    .updateTable('access.membership')
    .set({
      display_name: change.displayName,
      role_ids: [...change.roleIds],
      site_ids: [...change.siteIds],
      active: change.active,
      version: version + 1,
    })
    .where('org_id', '=', tx.orgId)
    .where('person_id', '=', personId)
    .where('version', '=', version)
    .returning('person_id')
    .executeTakeFirst()

export const userLabels = (tx: AccessTx, ids: readonly PersonId[]) =>
  tx.sql
    .selectFrom('access.membership')
    .select(['person_id', 'display_name', 'login'])
    .where('org_id', '=', tx.orgId)
    .where('person_id', 'in', [...ids])
    .execute()

export async function activeMembers(tx: AccessTx): Promise<{ personId: PersonId; roleIds: RoleId[] }[]> {
  const rows = await tx.sql
    .selectFrom('access.membership')
    .select(['person_id', 'role_ids'])
    .where('org_id', '=', tx.orgId)
    .where('active', '=', true)
    .execute()
  return rows.map((row) => ({ personId: row.person_id, roleIds: row.role_ids }))
}
