/**
 * The roles every organisation has from its first day; it may add its own. System, security and audit administrators are three
 * people where the policy profile separates duties (GB/T 22239-2019 8.1.4.2).
 */
export const builtInRoles = [
  'owner',
  'systemAdmin',
  'securityAdmin',
  'auditAdmin',
  'engineer',
  'staff',
  'buyer',
  'sales',
  'warehouse',
  'accountant',
] as const
export type BuiltInRole = (typeof builtInRoles)[number]

/** Permission → the built-in roles that have it. */
export type Permissions = Record<string, readonly BuiltInRole[]>

/** Declares a module's permissions beside its contract: `permissions('devices', { read: […], manage: […] })` names `devices.read`, `devices.manage`. */
export const permissions = <const Actions extends Record<string, readonly BuiltInRole[]>>(module: string, actions: Actions): Permissions =>
  Object.fromEntries(Object.entries(actions).map(([action, roles]) => [`${module}.${action}`, roles]))
