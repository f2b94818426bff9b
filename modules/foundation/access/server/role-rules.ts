import { type BuiltInRole, builtInRoles, type Permissions } from '#values/permission.ts'
import { type PersonId, RoleId } from '../contract.ts'

/** Built-in roles are no rows: a permission that a later version brings is theirs at once. Their ids are public and never change. */
const ids: Record<BuiltInRole, string> = {
  owner: '00000000-0000-7000-8000-000000000001',
  systemAdmin: '00000000-0000-7000-8000-000000000002',
  securityAdmin: '00000000-0000-7000-8000-000000000003',
  auditAdmin: '00000000-0000-7000-8000-000000000004',
  engineer: '00000000-0000-7000-8000-000000000005',
  staff: '00000000-0000-7000-8000-000000000006',
  buyer: '00000000-0000-7000-8000-000000000007',
  sales: '00000000-0000-7000-8000-000000000008',
  warehouse: '00000000-0000-7000-8000-000000000009',
  accountant: '00000000-0000-7000-8000-00000000000a',
}

export const builtInRoleId = (role: BuiltInRole): RoleId => RoleId.parse(ids[role])
export const builtInRoleOf = (id: RoleId): BuiltInRole | undefined => builtInRoles.find((role) => ids[role] === id)

export interface OwnRole {
  id: RoleId
  name: string
  permissions: readonly string[]
}

/** The permissions of a role; an own role loses what the platform no longer knows. Undefined: there is no such role. */
export function permissionsOfRole(id: RoleId, own: readonly OwnRole[], known: Permissions): ReadonlySet<string> | undefined {
  const builtIn = builtInRoleOf(id)
  if (builtIn) return new Set(Object.keys(known).filter((permission) => known[permission]?.includes(builtIn)))
  const role = own.find((one) => one.id === id)
  return role && new Set(role.permissions.filter((permission) => permission in known))
}

export function permissionsOf(roleIds: readonly RoleId[], own: readonly OwnRole[], known: Permissions): Set<string> {
  return new Set(roleIds.flatMap((id) => [...(permissionsOfRole(id, own, known) ?? [])]))
}

/** The three administrators (三员, GB/T 22239-2019 8.1.4.2, 8.1.5): who makes accounts, who gives rights, who reads the record. */
export const duties = ['system', 'security', 'audit'] as const
export type Duty = (typeof duties)[number]

const dutyByPermission: Record<string, Duty> = {
  'access.manageUsers': 'system',
  'access.manageRoles': 'security',
  'access.manageClients': 'security',
  'security.readAudit': 'audit',
}
const dutyByRole: Partial<Record<BuiltInRole, readonly Duty[]>> = {
  owner: duties,
  systemAdmin: ['system'],
  securityAdmin: ['security'],
  auditAdmin: ['audit'],
}

export const dutiesOfPermissions = (permissions: Iterable<string>): Set<Duty> =>
  new Set([...permissions].flatMap((permission) => dutyByPermission[permission] ?? []))

export function dutiesOfRole(id: RoleId, own: readonly OwnRole[]): Set<Duty> {
  const builtIn = builtInRoleOf(id)
  if (builtIn) return new Set(dutyByRole[builtIn] ?? [])
  return dutiesOfPermissions(own.find((role) => role.id === id)?.permissions ?? [])
}

export interface Member {
  personId: PersonId
  roleIds: readonly RoleId[]
}

const dutiesOfMember = (member: Member, own: readonly OwnRole[]): Set<Duty> =>
  new Set(member.roleIds.flatMap((id) => [...dutiesOfRole(id, own)]))

/** What would be wrong with an organisation of these active members. */
export type DutyFault = { kind: 'combined'; personIds: PersonId[] } | { kind: 'vacant'; duties: Duty[] }

/** With separation every duty has its own person; without, at least one person must be able to make accounts. */
export function dutyFault(members: readonly Member[], own: readonly OwnRole[], separation: boolean): DutyFault | undefined {
  const held = members.map((member) => ({ personId: member.personId, duties: dutiesOfMember(member, own) }))
  const combined = separation ? held.filter((one) => one.duties.size > 1).map((one) => one.personId) : []
  if (combined.length > 0) return { kind: 'combined', personIds: combined }
  const needed: readonly Duty[] = separation ? duties : ['system']
  const vacant = needed.filter((duty) => !held.some((one) => one.duties.has(duty)))
  return vacant.length > 0 ? { kind: 'vacant', duties: vacant } : undefined
}

/** Who gives: his permissions, and whether anybody in the organisation is its owner. */
export interface Giver {
  permissions: ReadonlySet<string>
  ownerExists: boolean
}

/**
 * Nobody gives a permission that he lacks. Where duties are separated nobody has them all, so an administrator may also give what belongs
 * to no administrator; an administrator's own duty only he himself hands on.
 */
export const mayGive = (giver: Giver, permissions: Iterable<string>): boolean =>
  [...permissions].every((permission) => giver.permissions.has(permission) || (!giver.ownerExists && !isAdministrative(permission)))

const isAdministrative = (permission: string): boolean =>
  permission in dutyByPermission || permission.startsWith('access.') || permission.startsWith('security.')

/** Sites an actor may hand out: within his own; an empty list means all. */
export const sitesWithin = (sites: readonly string[], scope: readonly string[] | 'all'): boolean =>
  scope === 'all' || (sites.length > 0 && sites.every((site) => scope.includes(site)))
