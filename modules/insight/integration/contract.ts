import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { idOf } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { ReferenceKey, ReferenceWord } from '#values/reference.ts'
import { integrationErrors } from './errors.ts'

export const ReferenceId = idOf('Reference')
export type ReferenceId = z.infer<typeof ReferenceId>

/** A record of any kind that takes references. */
export const RecordId = idOf('Record')
export type RecordId = z.infer<typeof RecordId>

export const integrationPermissions = permissions('integration', {
  read: ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin', 'engineer', 'staff'],
  /** Beside it the permission to change the record itself is needed. */
  manage: ['owner', 'systemAdmin', 'engineer'],
  /** Opens and resets the sandbox and gets its secrets. */
  sandbox: ['owner', 'systemAdmin'],
})

/** `module.table`: `devices.device`. */
const Entity = z.string().max(80)

const MAX_AT_ONCE = 500
/** Numbers of one record, of all systems together. */
export const MAX_OF_RECORD = 100

export const Reference = ReferenceKey.extend({
  id: ReferenceId,
  entity: Entity,
  recordId: RecordId,
  record: z.object({ code: z.string(), name: z.string(), nameEn: z.string().nullable() }),
  createdAt: Instant,
})
export type Reference = z.infer<typeof Reference>

const none = z.object({})

export const integrationApi = {
  referenceKinds: endpoint({
    method: 'GET',
    path: '/integration/references/kinds',
    summary: 'The kinds of records that take references, as far as the caller may see them.',
    permission: 'integration.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ kinds: z.array(z.object({ entity: Entity, canManage: z.boolean() })) }),
    errors: [],
  }),
  references: endpoint({
    method: 'GET',
    path: '/integration/references',
    summary: 'How outside systems name the organisation’s records: of one record, of one system, or all.',
    permission: 'integration.read',
    params: none,
    query: listQuery(['key', 'createdAt']).extend({
      entity: Entity.optional(),
      recordId: RecordId.optional(),
      system: ReferenceWord.optional(),
      type: ReferenceWord.optional(),
    }),
    body: z.undefined(),
    response: pageOf(Reference),
    errors: [integrationErrors.unknownKind, integrationErrors.recordNotFound],
  }),
  resolveReference: endpoint({
    method: 'GET',
    path: '/integration/references/resolve',
    summary: 'The record that an outside system knows by this key.',
    permission: 'integration.read',
    params: none,
    query: ReferenceKey,
    body: z.undefined(),
    response: Reference,
    errors: [integrationErrors.referenceNotFound],
  }),
  resolveReferences: endpoint({
    method: 'POST',
    path: '/integration/references/resolve',
    summary: `Up to ${MAX_AT_ONCE} keys at once; those that no record is known by come back as missing.`,
    permission: 'integration.read',
    params: none,
    query: none,
    body: z.object({ keys: z.array(ReferenceKey).min(1).max(MAX_AT_ONCE) }),
    response: z.object({ found: z.array(Reference), missing: z.array(ReferenceKey) }),
    question: true,
    errors: [],
  }),
  addReferences: endpoint({
    method: 'POST',
    path: '/integration/references',
    summary:
      'Gives records references, all or none. What is there already stays as it is; with `replace` other keys of the same system and type leave the record.',
    permission: 'integration.manage',
    params: none,
    query: none,
    body: z.object({
      references: z
        .array(ReferenceKey.extend({ entity: Entity, recordId: RecordId }))
        .min(1)
        .max(MAX_AT_ONCE),
      replace: z.boolean().default(false),
    }),
    response: z.object({ references: z.array(Reference) }),
    errors: [
      integrationErrors.unknownKind,
      integrationErrors.recordNotFound,
      integrationErrors.referenceTaken,
      integrationErrors.systemReserved,
      integrationErrors.tooManyReferences,
    ],
  }),
  removeReference: endpoint({
    method: 'DELETE',
    path: '/integration/references/:id',
    summary: 'Takes a reference from its record; the key is free again.',
    permission: 'integration.manage',
    params: z.object({ id: ReferenceId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [integrationErrors.referenceNotFound],
  }),
}
