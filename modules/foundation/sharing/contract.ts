import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { sharingErrors } from './errors.ts'

export const AgreementId = idOf('SharingAgreement')
export type AgreementId = z.infer<typeof AgreementId>

export const sharingPermissions = permissions('sharing', {
  read: ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin', 'engineer', 'staff'],
  manage: ['owner', 'securityAdmin'],
})

/** `machine.card`: a machine's name and type, open to every partner by the relation alone. The others need an agreement. */
export const DataSet = z.enum(['machine.card', 'telemetry.values'])
export type DataSet = z.infer<typeof DataSet>
export const AgreedDataSet = DataSet.extract(['telemetry.values'])
export type AgreedDataSet = z.infer<typeof AgreedDataSet>

/** `raw`: each value as it was measured; `kpi`: sums and means over time only. */
export const Granularity = z.enum(['raw', 'kpi'])
export type Granularity = z.infer<typeof Granularity>

export const AgreementState = z.enum(['upcoming', 'inForce', 'expired', 'revoked'])
export type AgreementState = z.infer<typeof AgreementState>

export const MAX_ITEMS = 1000
const MAX_FIELDS = 200
const MAX_DELAY_MINUTES = 60 * 24 * 31

/** What is shared, with the name it had when the agreement was made. */
export const SharedItem = z.object({ id: z.uuidv7(), label: z.string().trim().min(1).max(120) })
export type SharedItem = z.infer<typeof SharedItem>

const Field = z.string().trim().min(1).max(80)

/** The terms of an agreement: what the grantor writes and nobody changes afterwards. */
export const Terms = z.object({
  dataSet: AgreedDataSet,
  /** `all`: also what the grantor adds later. */
  items: z.union([z.literal('all'), z.array(SharedItem).min(1).max(MAX_ITEMS)]),
  /** Names of the measuring points. */
  fields: z.union([z.literal('all'), z.array(Field).min(1).max(MAX_FIELDS)]),
  purpose: z.string().trim().min(1).max(300),
  granularity: Granularity,
  /** Values younger than this are withheld. */
  delayMinutes: z.int().min(0).max(MAX_DELAY_MINUTES),
  /** Opens values of [from, until); may lie in the past. */
  from: Instant,
  /** The agreement itself ends here too. */
  until: Instant,
})
export type Terms = z.infer<typeof Terms>

const Party = z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() })

const head = {
  id: AgreementId,
  grantor: Party,
  grantee: Party,
  /** Which side the asking organisation is. */
  side: z.enum(['grantor', 'grantee']),
  state: AgreementState,
  dataSet: AgreedDataSet,
  purpose: z.string(),
  granularity: Granularity,
  delayMinutes: z.int(),
  from: Instant,
  until: Instant,
  createdAt: Instant,
  revokedAt: Instant.nullable(),
}

/** An agreement in a list: how much it opens, not every name. */
export const AgreementHead = z.object({ ...head, itemCount: z.int().nullable(), fieldCount: z.int().nullable() })
export type AgreementHead = z.infer<typeof AgreementHead>

export const Agreement = z.object({
  ...head,
  items: Terms.shape.items,
  fields: Terms.shape.fields,
  createdBy: z.string().nullable(),
  revokedBy: z.string().nullable(),
})
export type Agreement = z.infer<typeof Agreement>

/** One hour in which one reader used the agreement. */
export const AccessLogEntry = z.object({
  id: z.uuidv7(),
  reader: z.string().nullable(),
  readerKind: z.enum(['user', 'client', 'device', 'job', 'system']),
  hour: Instant,
  firstAt: Instant,
  lastAt: Instant,
  reads: z.int(),
})
export type AccessLogEntry = z.infer<typeof AccessLogEntry>

const byId = z.object({ id: AgreementId })
const none = z.object({})

export const sharingApi = {
  list: endpoint({
    method: 'GET',
    path: '/sharing/agreements',
    summary: 'Agreements by which this organisation opens data to partners (`given`) or partners to it (`received`).',
    permission: 'sharing.read',
    params: none,
    query: listQuery(['createdAt', 'until', 'partner']).extend({
      direction: z.enum(['given', 'received']).default('given'),
      state: AgreementState.optional(),
      partnerId: OrgId.optional(),
    }),
    body: z.undefined(),
    response: pageOf(AgreementHead),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/sharing/agreements/:id',
    summary: 'One agreement with all its terms; both parties read the same text.',
    permission: 'sharing.read',
    params: byId,
    query: none,
    body: z.undefined(),
    response: Agreement,
    errors: [sharingErrors.notFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/sharing/agreements',
    summary: 'Opens data to a partner. The terms cannot be changed, only revoked; a change is a new agreement.',
    permission: 'sharing.manage',
    params: none,
    query: none,
    body: Terms.extend({ granteeId: OrgId }),
    response: Agreement,
    status: 201,
    errors: [sharingErrors.noRelation, sharingErrors.invalidPeriod],
  }),
  revoke: endpoint({
    method: 'POST',
    path: '/sharing/agreements/:id/revoke',
    summary: 'Ends an agreement at once: the next read by it is refused.',
    permission: 'sharing.manage',
    params: byId,
    query: none,
    body: none,
    response: Agreement,
    errors: [sharingErrors.notFound, sharingErrors.notRunning],
  }),
  accessLog: endpoint({
    method: 'GET',
    path: '/sharing/agreements/:id/reads',
    summary: 'Who read by the agreement, when and how often; both parties see it.',
    permission: 'sharing.read',
    params: byId,
    query: listQuery(['lastAt', 'reads']),
    body: z.undefined(),
    response: pageOf(AccessLogEntry),
    errors: [sharingErrors.notFound],
  }),
}

const AgreementNews = z.object({ agreementId: AgreementId, grantorId: OrgId, granteeId: OrgId, dataSet: AgreedDataSet })

export const sharingEvents = {
  granted: event('sharing.granted', 1, AgreementNews),
  revoked: event('sharing.revoked', 1, AgreementNews),
}
