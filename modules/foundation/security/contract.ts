import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { securityErrors } from './errors.ts'

export const SecretId = idOf('Secret')
export type SecretId = z.infer<typeof SecretId>

export const securityPermissions = permissions('security', {
  readAudit: ['owner', 'auditAdmin'],
  manageSecrets: ['owner', 'securityAdmin'],
})

/**
 * How long audit entries must be kept at least: six months (Cybersecurity Law of the PRC, article 21 (3)). The platform deletes none at
 * all, and no role of the running platform can.
 */
export const RETENTION_DAYS = 184

/** An organisation keeps no more. */
export const SECRETS_LIMIT = 5_000
export const SECRET_BYTES = 16 * 1024

/** The CSV ends here; whoever needs more narrows the period. */
export const EXPORT_LIMIT = 1_000_000

export const AuditActor = z.object({
  kind: z.enum(['user', 'client', 'device', 'job', 'system']),
  id: z.string().nullable(),
  /** As it was at that time. */
  name: z.string().nullable(),
})

export const AuditEntry = z.object({
  id: z.int(),
  at: Instant,
  actor: AuditActor,
  address: z.string().nullable(),
  /** `insert`, `update`, `delete` of a record, or what else happened: `access.logIn`. */
  action: z.string(),
  /** `module.record`. */
  entity: z.string(),
  entityId: z.string().nullable(),
  /** What the record is called, where it has a name. */
  name: z.string().nullable(),
  /** Names of the fields that an update changed. */
  fields: z.array(z.string()),
  /** Place in the organisation's chain; null until the chain has reached it (a second). */
  chainNo: z.int().nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** The purpose of those that people keep here themselves; every other belongs to the module that names it. */
export const SHARED_PURPOSE = 'shared'

/** What may be known of a secret: everything but itself. */
export const KeptSecret = z.object({
  id: SecretId,
  purpose: z.string(),
  name: z.string(),
  algorithm: z.string(),
  /** Version of the organisation's data key that it is sealed with. */
  keyVersion: z.int(),
  changedBy: AuditActor,
  createdAt: Instant,
  changedAt: Instant,
  /** To the minute; null: never yet. */
  lastUsedAt: Instant.nullable(),
  version: z.int(),
})
export type KeptSecret = z.infer<typeof KeptSecret>

export const DataKey = z.object({
  version: z.int(),
  algorithm: z.string(),
  createdAt: Instant,
  /** Id of the master key that wraps it. */
  masterKey: z.string(),
  secrets: z.int(),
})

const SecretName = z.string().trim().min(1).max(80)
const SecretText = z.string().min(1).max(SECRET_BYTES)

const Row = z.record(z.string(), z.unknown()).nullable()

export const AuditDetail = AuditEntry.extend({
  before: Row,
  after: Row,
  actorOrgId: OrgId.nullable(),
  trace: z.string().nullable(),
  hash: z.string().nullable(),
})
export type AuditDetail = z.infer<typeof AuditDetail>

const auditFilter = {
  /** [from, until). */
  from: Instant.optional(),
  until: Instant.optional(),
  actorId: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  entity: z.string().max(100).optional(),
  entityId: z.string().max(100).optional(),
}

const none = z.object({})

export const securityApi = {
  list: endpoint({
    method: 'GET',
    path: '/security/audit',
    summary: 'Who did what, when and from where in this organisation, newest first.',
    permission: 'security.readAudit',
    params: none,
    query: listQuery(['at']).extend({ sort: z.enum(['at', '-at']).default('-at'), ...auditFilter }),
    body: z.undefined(),
    response: pageOf(AuditEntry),
    errors: [],
  }),
  facets: endpoint({
    method: 'GET',
    path: '/security/audit/facets',
    summary: 'Actors, actions and records that occur in the newest 20,000 entries, for the filters.',
    permission: 'security.readAudit',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({
      actors: z.array(AuditActor.extend({ id: z.string() })),
      actions: z.array(z.string()),
      entities: z.array(z.string()),
      oldestAt: Instant.nullable(),
    }),
    errors: [],
  }),
  entry: endpoint({
    method: 'GET',
    path: '/security/audit/entries/:id',
    summary: 'One entry with the record before and after.',
    permission: 'security.readAudit',
    params: z.object({ id: z.coerce.number().int().min(1) }),
    query: none,
    body: z.undefined(),
    response: AuditDetail,
    errors: [securityErrors.entryNotFound],
  }),
  exportCsv: endpoint({
    method: 'GET',
    path: '/security/audit.csv',
    summary: 'The same list as CSV, streamed, at most 1,000,000 entries; the export itself is audited.',
    permission: 'security.readAudit',
    params: none,
    query: z.object({ search: z.string().trim().max(100).optional(), ...auditFilter }),
    body: z.undefined(),
    response: z.string(),
    answer: 'csv',
    errors: [],
  }),
  verify: endpoint({
    method: 'POST',
    path: '/security/audit/verify',
    summary: 'Recomputes the hash chain of this organisation and names the first place where an entry was changed or is missing.',
    permission: 'security.readAudit',
    params: none,
    query: none,
    body: none,
    response: z.object({
      /** Entries found as they were written, from the first on. */
      rows: z.int(),
      break: z.object({ chainNo: z.int(), reason: z.enum(['changed', 'missing']), at: Instant.nullable() }).nullable(),
      /** The chain's end. Noted elsewhere, it proves later that nothing before was rewritten. */
      head: z.object({ chainNo: z.int(), hash: z.string() }).nullable(),
      checkedAt: Instant,
    }),
    errors: [],
  }),
  secrets: endpoint({
    method: 'GET',
    path: '/security/secrets',
    summary: 'Which secrets the organisation keeps, for what, since when and last used when; never a value. With its data keys.',
    permission: 'security.manageSecrets',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ secrets: z.array(KeptSecret), keys: z.array(DataKey) }),
    errors: [],
  }),
  keepSecret: endpoint({
    method: 'POST',
    path: '/security/secrets',
    summary: 'Keeps a secret under a name, so that connections can refer to it; nobody can read it again.',
    permission: 'security.manageSecrets',
    secret: true,
    params: none,
    query: none,
    body: z.object({ name: SecretName, secret: SecretText }),
    response: KeptSecret,
    status: 201,
    errors: [securityErrors.secretNameTaken, securityErrors.secretTooLarge, securityErrors.tooManySecrets],
  }),
  replaceSecret: endpoint({
    method: 'PUT',
    path: '/security/secrets/:id',
    summary: 'Gives a secret that was kept here a new value or another name.',
    permission: 'security.manageSecrets',
    params: z.object({ id: SecretId }),
    query: none,
    body: z.object({
      version: z.int(),
      name: SecretName,
      /** Null: the value stays. */
      secret: SecretText.nullable(),
    }),
    response: KeptSecret,
    errors: [
      securityErrors.secretNotFound,
      securityErrors.changedMeanwhile,
      securityErrors.keptByModule,
      securityErrors.secretNameTaken,
      securityErrors.secretTooLarge,
    ],
  }),
  forgetSecret: endpoint({
    method: 'DELETE',
    path: '/security/secrets/:id',
    summary: 'Forgets a secret that was kept here.',
    permission: 'security.manageSecrets',
    params: z.object({ id: SecretId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [securityErrors.secretNotFound, securityErrors.keptByModule],
  }),
  rotateDataKey: endpoint({
    method: 'POST',
    path: '/security/data-key/rotate',
    summary: 'Makes a new data key for the organisation and seals all its secrets anew.',
    permission: 'security.manageSecrets',
    params: none,
    query: none,
    body: none,
    response: z.object({ version: z.int(), secrets: z.int() }),
    errors: [],
  }),
}
