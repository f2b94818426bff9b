import { z } from 'zod'
import { CreditCode, Industry, OrganisationKind, OrgCode } from '#modules/foundation/organisations/contract.ts'
import { organisationErrors } from '#modules/foundation/organisations/errors.ts'
import { endpoint } from '#values/endpoint.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { accessErrors } from './errors.ts'

export const PersonId = idOf('Person')
export type PersonId = z.infer<typeof PersonId>
export const RoleId = idOf('Role')
export type RoleId = z.infer<typeof RoleId>
export const SessionId = idOf('Session')
export type SessionId = z.infer<typeof SessionId>
export const ClientId = idOf('ApiClient')
export type ClientId = z.infer<typeof ClientId>

export const accessPermissions = permissions('access', {
  read: ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin'],
  manageUsers: ['owner', 'systemAdmin'],
  manageRoles: ['owner', 'securityAdmin'],
  manageClients: ['owner', 'securityAdmin'],
  /** Of use in the operator's organisation alone: takes new organisations onto the platform. */
  registerOrganisations: ['owner', 'systemAdmin'],
})

export const LoginName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{2,59}$/, { message: 'loginName' })
const Password = z.string().min(1).max(200)
const none = z.object({})

/** `mlps3`: GB/T 22239-2019 level 3 (composition, periodic change). `asvs`: OWASP ASVS 5.0 (length, no composition, no forced change). */
export const PolicyProfile = z.enum(['mlps3', 'asvs'])
export type PolicyProfile = z.infer<typeof PolicyProfile>

export const Locale = z.enum(['zh-CN', 'en-US'])

/** What the page needs to know about who is signed in. */
export const Session = z.object({
  person: z.object({ id: PersonId, login: z.string(), displayName: z.string(), mustChangePassword: z.boolean() }),
  organisation: z.object({
    id: OrgId,
    code: z.string(),
    name: z.string(),
    nameEn: z.string().nullable(),
    kind: OrganisationKind,
    demo: z.boolean(),
    sandbox: z.boolean(),
  }),
  memberships: z.array(z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() })),
  permissions: z.array(z.string()),
  roles: z.array(z.string()),
  /** Sent back as the header `x-csrf-token` with every request that changes something. */
  csrfToken: z.string(),
  expiresAt: Instant,
  locale: Locale,
})
export type Session = z.infer<typeof Session>

export const User = z.object({
  personId: PersonId,
  login: z.string(),
  displayName: z.string(),
  roleIds: z.array(RoleId),
  roleNames: z.array(z.string()),
  /** Empty: all sites of the organisation. */
  siteIds: z.array(z.uuidv7()),
  active: z.boolean(),
  lastSeenAt: Instant.nullable(),
  version: z.int(),
})
export type User = z.infer<typeof User>

export const Role = z.object({
  id: RoleId,
  /** A built-in role's key, by which the page translates its name; null for the organisation's own. */
  builtIn: z.string().nullable(),
  name: z.string(),
  permissions: z.array(z.string()),
  members: z.int(),
  version: z.int(),
})
export type Role = z.infer<typeof Role>

export const ApiClient = z.object({
  id: ClientId,
  name: z.string(),
  scopes: z.array(z.string()),
  /** Empty: all sites of the organisation. */
  siteIds: z.array(z.uuidv7()),
  active: z.boolean(),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
  version: z.int(),
})
export type ApiClient = z.infer<typeof ApiClient>

export const ActiveSession = z.object({
  id: SessionId,
  personId: PersonId,
  displayName: z.string(),
  startedAt: Instant,
  lastSeenAt: Instant,
  address: z.string(),
  userAgent: z.string(),
  current: z.boolean(),
})

export const accessApi = {
  /** Whether the platform waits for its first administrator. */
  state: endpoint({
    method: 'GET',
    path: '/access/state',
    summary: 'Whether the platform waits for its first administrator, and whether it shows demo data.',
    permission: 'public',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ needsFirstAdministrator: z.boolean(), demo: z.boolean() }),
    errors: [],
  }),
  firstAdministrator: endpoint({
    method: 'POST',
    path: '/access/first-administrator',
    summary: 'Makes the operator organisation and its first administrator on an empty platform.',
    permission: 'public',
    params: none,
    query: none,
    body: z.object({
      organisationName: z.string().trim().min(1).max(120),
      creditCode: CreditCode,
      login: LoginName,
      displayName: z.string().trim().min(1).max(60),
      password: Password,
      setupCode: z.string().max(60),
    }),
    response: z.object({ done: z.literal(true) }),
    status: 201,
    errors: [accessErrors.alreadyInitialised, accessErrors.weakPassword, accessErrors.wrongCredentials, accessErrors.locked],
  }),
  registerOrganisation: endpoint({
    method: 'POST',
    path: '/access/organisations',
    summary: 'The operator takes an organisation onto the platform; the answer holds its first owner’s one-time password, shown once.',
    permission: 'access.registerOrganisations',
    secret: true,
    params: none,
    query: none,
    body: z.object({
      code: OrgCode,
      name: z.string().trim().min(1).max(120),
      nameEn: z.string().trim().max(120).nullable(),
      kind: OrganisationKind.exclude(['operator']),
      industry: Industry.nullable(),
      creditCode: CreditCode,
      city: z.string().trim().max(60).nullable(),
      ownerLogin: LoginName,
      ownerName: z.string().trim().min(1).max(60),
    }),
    response: z.object({ orgId: OrgId, login: z.string(), oneTimePassword: z.string() }),
    status: 201,
    errors: [organisationErrors.operatorOnly, organisationErrors.creditCodeTaken, organisationErrors.codeTaken, accessErrors.loginTaken],
  }),
  logIn: endpoint({
    method: 'POST',
    path: '/access/log-in',
    summary: 'Starts a session; the cookie is HttpOnly and SameSite=Strict.',
    permission: 'public',
    params: none,
    query: none,
    body: z.object({ login: z.string().trim().max(60), password: Password }),
    response: Session,
    errors: [accessErrors.wrongCredentials, accessErrors.locked],
  }),
  logOut: endpoint({
    method: 'POST',
    path: '/access/log-out',
    summary: 'Ends the session.',
    permission: 'signedIn',
    params: none,
    query: none,
    body: none,
    response: z.object({ done: z.literal(true) }),
    errors: [],
  }),
  session: endpoint({
    method: 'GET',
    path: '/access/session',
    summary: 'Who is signed in, for which organisation, with which permissions.',
    permission: 'signedIn',
    params: none,
    query: none,
    body: z.undefined(),
    response: Session,
    errors: [],
  }),
  switchOrganisation: endpoint({
    method: 'POST',
    path: '/access/session/organisation',
    summary: 'Makes another organisation of the person the current one.',
    permission: 'signedIn',
    secret: true,
    params: none,
    query: none,
    body: z.object({ orgId: OrgId }),
    response: Session,
    errors: [accessErrors.notAMember],
  }),
  setLocale: endpoint({
    method: 'POST',
    path: '/access/session/locale',
    summary: 'Keeps the language of the person.',
    permission: 'signedIn',
    params: none,
    query: none,
    body: z.object({ locale: Locale }),
    response: z.object({ locale: Locale }),
    errors: [],
  }),
  changePassword: endpoint({
    method: 'POST',
    path: '/access/password',
    summary: 'Changes the own password; other sessions of the person end.',
    permission: 'signedIn',
    secret: true,
    params: none,
    query: none,
    body: z.object({ current: Password, next: Password }),
    response: z.object({ done: z.literal(true) }),
    errors: [accessErrors.wrongCredentials, accessErrors.weakPassword, accessErrors.locked],
  }),
  policy: endpoint({
    method: 'GET',
    path: '/access/policy',
    summary: 'The organisation’s password and session policy.',
    permission: 'signedIn',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({
      profile: PolicyProfile,
      minLength: z.int(),
      /** Three of the four classes: capital letters, small letters, digits, other characters. */
      composition: z.boolean(),
      maxAgeDays: z.int().nullable(),
      /** A new password differs from this many earlier ones. */
      history: z.int(),
      idleMinutes: z.int(),
      absoluteHours: z.int(),
      separationOfDuties: z.boolean(),
      version: z.int(),
    }),
    errors: [],
  }),
  setPolicy: endpoint({
    method: 'PATCH',
    path: '/access/policy',
    summary: 'Chooses the policy profile.',
    permission: 'access.manageRoles',
    params: none,
    query: none,
    body: z.object({ profile: PolicyProfile, version: z.int() }),
    response: z.object({ profile: PolicyProfile, version: z.int() }),
    errors: [accessErrors.changedMeanwhile, accessErrors.separationOfDuties, accessErrors.dutyMissing],
  }),
  users: endpoint({
    method: 'GET',
    path: '/access/users',
    summary: 'The organisation’s users.',
    permission: 'access.read',
    params: none,
    query: listQuery(['displayName', 'login', 'lastSeenAt']).extend({ active: z.stringbool().optional() }),
    body: z.undefined(),
    response: pageOf(User),
    errors: [],
  }),
  createUser: endpoint({
    method: 'POST',
    path: '/access/users',
    summary: 'Adds a user; the answer holds the one-time password, shown once.',
    permission: 'access.manageUsers',
    secret: true,
    params: none,
    query: none,
    body: z.object({
      login: LoginName,
      displayName: z.string().trim().min(1).max(60),
      roleIds: z.array(RoleId).min(1).max(20),
      siteIds: z.array(z.uuidv7()).max(200),
    }),
    response: z.object({ user: User, oneTimePassword: z.string() }),
    status: 201,
    errors: [
      accessErrors.loginTaken,
      accessErrors.tooManyUsers,
      accessErrors.unknownRole,
      accessErrors.separationOfDuties,
      accessErrors.cannotGrant,
    ],
  }),
  updateUser: endpoint({
    method: 'PATCH',
    path: '/access/users/:personId',
    summary: 'Changes name, roles, sites, or deactivates; a deactivated user’s sessions end at once.',
    permission: 'access.manageUsers',
    params: z.object({ personId: PersonId }),
    query: none,
    body: z.object({
      version: z.int(),
      displayName: z.string().trim().min(1).max(60),
      roleIds: z.array(RoleId).min(1).max(20),
      siteIds: z.array(z.uuidv7()).max(200),
      active: z.boolean(),
    }),
    response: User,
    errors: [
      accessErrors.tooManyUsers,
      accessErrors.notFound,
      accessErrors.changedMeanwhile,
      accessErrors.unknownRole,
      accessErrors.separationOfDuties,
      accessErrors.lastAdministrator,
      accessErrors.ownAccount,
      accessErrors.cannotGrant,
    ],
  }),
  resetPassword: endpoint({
    method: 'POST',
    path: '/access/users/:personId/reset-password',
    summary: 'Gives a one-time password that must be changed at the next log-in.',
    permission: 'access.manageUsers',
    secret: true,
    params: z.object({ personId: PersonId }),
    query: none,
    body: none,
    response: z.object({ oneTimePassword: z.string() }),
    errors: [accessErrors.notFound, accessErrors.ownAccount, accessErrors.cannotGrant, accessErrors.sharedPerson],
  }),
  roles: endpoint({
    method: 'GET',
    path: '/access/roles',
    summary: 'Built-in and own roles with their permissions.',
    permission: 'access.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ roles: z.array(Role), permissions: z.array(z.string()) }),
    errors: [],
  }),
  createRole: endpoint({
    method: 'POST',
    path: '/access/roles',
    summary: 'Adds a role of the organisation’s own.',
    permission: 'access.manageRoles',
    params: none,
    query: none,
    body: z.object({ name: z.string().trim().min(1).max(60), permissions: z.array(z.string()).max(500) }),
    response: Role,
    status: 201,
    errors: [accessErrors.nameTaken, accessErrors.cannotGrant, accessErrors.unknownPermission, accessErrors.separationOfDuties],
  }),
  updateRole: endpoint({
    method: 'PATCH',
    path: '/access/roles/:id',
    summary: 'Changes an own role.',
    permission: 'access.manageRoles',
    params: z.object({ id: RoleId }),
    query: none,
    body: z.object({ version: z.int(), name: z.string().trim().min(1).max(60), permissions: z.array(z.string()).max(500) }),
    response: Role,
    errors: [
      accessErrors.notFound,
      accessErrors.changedMeanwhile,
      accessErrors.nameTaken,
      accessErrors.builtInRole,
      accessErrors.cannotGrant,
      accessErrors.unknownPermission,
      accessErrors.separationOfDuties,
      accessErrors.lastAdministrator,
    ],
  }),
  deleteRole: endpoint({
    method: 'DELETE',
    path: '/access/roles/:id',
    summary: 'Removes an own role that nobody has.',
    permission: 'access.manageRoles',
    params: z.object({ id: RoleId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [accessErrors.notFound, accessErrors.builtInRole, accessErrors.roleInUse],
  }),
  clients: endpoint({
    method: 'GET',
    path: '/access/clients',
    summary: 'API clients of the organisation.',
    permission: 'access.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ clients: z.array(ApiClient) }),
    errors: [],
  }),
  createClient: endpoint({
    method: 'POST',
    path: '/access/clients',
    summary: 'Adds an API client; the answer holds its secret, shown once.',
    permission: 'access.manageClients',
    secret: true,
    params: none,
    query: none,
    body: z.object({
      name: z.string().trim().min(1).max(60),
      scopes: z.array(z.string()).min(1).max(200),
      siteIds: z.array(z.uuidv7()).max(200).default([]),
    }),
    response: z.object({ client: ApiClient, secret: z.string() }),
    status: 201,
    errors: [accessErrors.nameTaken, accessErrors.cannotGrant, accessErrors.unknownPermission],
  }),
  updateClient: endpoint({
    method: 'PATCH',
    path: '/access/clients/:id',
    summary: 'Changes scopes or deactivates a client; its tokens end at once.',
    permission: 'access.manageClients',
    params: z.object({ id: ClientId }),
    query: none,
    body: z.object({
      version: z.int(),
      name: z.string().trim().min(1).max(60),
      scopes: z.array(z.string()).min(1).max(200),
      siteIds: z.array(z.uuidv7()).max(200).default([]),
      active: z.boolean(),
    }),
    response: ApiClient,
    errors: [
      accessErrors.notFound,
      accessErrors.changedMeanwhile,
      accessErrors.nameTaken,
      accessErrors.cannotGrant,
      accessErrors.unknownPermission,
    ],
  }),
  token: endpoint({
    method: 'POST',
    path: '/access/token',
    summary: 'OAuth 2.0 client credentials (RFC 6749 §4.4), by HTTP Basic or in the body, as form or JSON: a bearer token for one hour.',
    permission: 'public',
    params: none,
    query: none,
    body: z.object({
      grant_type: z.literal('client_credentials'),
      client_id: z.string().max(100).optional(),
      client_secret: z.string().max(200).optional(),
      scope: z.string().max(4000).optional(),
    }),
    response: z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int(), scope: z.string() }),
    errors: [accessErrors.invalidClient, accessErrors.invalidScope, accessErrors.locked],
  }),
  sessions: endpoint({
    method: 'GET',
    path: '/access/sessions',
    summary: 'Sessions under way: one’s own, or with access.read the organisation’s.',
    permission: 'signedIn',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ sessions: z.array(ActiveSession) }),
    errors: [],
  }),
  revokeSession: endpoint({
    method: 'DELETE',
    path: '/access/sessions/:id',
    summary: 'Ends a session: one’s own, or with access.manageUsers any of the organisation.',
    permission: 'signedIn',
    params: z.object({ id: SessionId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [accessErrors.notFound],
  }),
}
