import { z } from 'zod'
import { CreditCode, Industry } from '#modules/foundation/organisations/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { builtInRoles, permissions } from '#values/permission.ts'
import { programmeErrors } from './errors.ts'

export const PartnerId = idOf('Partner')
export type PartnerId = z.infer<typeof PartnerId>
export const CertificateId = idOf('PartnerCertificate')
export type CertificateId = z.infer<typeof CertificateId>

export const programmePermissions = permissions('programme', {
  read: builtInRoles,
  /** The leader's part: invite, review, admit, suspend. */
  manage: ['owner', 'buyer'],
  /** The supplier's part: apply, certificates, leave. */
  answer: ['owner', 'sales'],
})

export const PartnerState = z.enum(['invited', 'applied', 'underReview', 'admitted', 'suspended', 'exited', 'refused', 'withdrawn'])
export type PartnerState = z.infer<typeof PartnerState>
export const PartnerTier = z.enum(['strategic', 'preferred', 'approved', 'probation'])
export type PartnerTier = z.infer<typeof PartnerTier>
export const PartnerAction = z.enum([
  'invite',
  'apply',
  'decline',
  'recall',
  'withdraw',
  'startReview',
  'return',
  'refuse',
  'admit',
  'changeTier',
  'suspend',
  'resume',
  'exit',
])
export type PartnerAction = z.infer<typeof PartnerAction>
export const ConnectionWay = z.enum(['device', 'system', 'portal'])
export type ConnectionWay = z.infer<typeof ConnectionWay>
export const CertificateKind = z.enum([
  'businessLicence',
  'iso9001',
  'iatf16949',
  'iso14001',
  'iso45001',
  'ccc',
  'productionLicence',
  'environment',
  'other',
])
export type CertificateKind = z.infer<typeof CertificateKind>
export const CERTIFICATE_MAX_BYTES = 10 * 1024 * 1024
export const LINK_DAYS = 14

const text = (max: number) => z.string().trim().max(max)
const words = (max: number) => z.string().trim().min(1).max(max)
export const Phone = z
  .string()
  .trim()
  .regex(/^[+\d][\d\s-]{4,29}$/, { message: 'phone' })
const optional = <S extends z.ZodType>(schema: S) => schema.nullable().default(null)
const Reason = optional(text(1_000))

export const Connection = z.object({
  way: ConnectionWay,
  firstDay: CalendarDate.nullable(),
  /** Of the supplier's own working days in the window, on so many something valid came. */
  validDays: z.int(),
  /** So many it takes. */
  neededDays: z.int(),
  enough: z.boolean(),
})
export type Connection = z.infer<typeof Connection>

export const Partner = z.object({
  id: PartnerId,
  side: z.enum(['buyer', 'supplier']),
  organisationId: OrgId.nullable(),
  buyerName: z.string().nullable(),
  name: z.string(),
  creditCode: z.string(),
  contactName: z.string(),
  contactPhone: z.string().nullable(),
  contactEmail: z.string().nullable(),
  delivers: z.string().nullable(),
  state: PartnerState,
  tier: PartnerTier.nullable(),
  reason: z.string().nullable(),
  contractNo: z.string().nullable(),
  contractFrom: CalendarDate.nullable(),
  contractUntil: CalendarDate.nullable(),
  admittedOn: CalendarDate.nullable(),
  createdAt: Instant,
  /** The link that is out, where the enterprise is not on the platform yet. */
  linkExpiresAt: Instant.nullable(),
  connections: z.array(Connection),
  /** The last day that the counts are of; null: not counted yet. */
  countedUntil: CalendarDate.nullable(),
  /** Admitted, a contract in force, and enough days in one way at least. */
  counted: z.boolean(),
  /** What the asking side may do now. */
  actions: z.array(PartnerAction),
  version: z.int(),
})
export type Partner = z.infer<typeof Partner>

export const Certificate = z.object({
  id: CertificateId,
  partnerId: PartnerId,
  partnerName: z.string(),
  kind: CertificateKind,
  number: z.string(),
  validFrom: CalendarDate.nullable(),
  validUntil: CalendarDate.nullable(),
  /** `within60` and so on: ends within so many days. */
  validity: z.enum(['valid', 'within60', 'within30', 'within7', 'over', 'unlimited']),
  daysLeft: z.int().nullable(),
  fileName: z.string(),
  mediaType: z.string(),
  fileBytes: z.int(),
  addedAt: Instant,
  addedBy: z.string().nullable(),
  /** The asking side added it and may remove it. */
  mine: z.boolean(),
})
export type Certificate = z.infer<typeof Certificate>

export const Application = z.object({
  name: words(120),
  nameEn: optional(text(120)),
  industry: optional(Industry),
  city: optional(text(60)),
  employees: z.int().min(0).max(10_000_000),
  revenueWan: z.int().min(0).max(1_000_000_000),
  delivers: words(500),
  capacity: optional(text(500)),
  contactName: words(60),
  contactPhone: Phone,
  contactEmail: optional(z.email().max(120)),
})
export type Application = z.infer<typeof Application>
export const StoredApplication = Application.extend({ appliedAt: Instant })

export const PartnerDetail = Partner.extend({
  application: StoredApplication.nullable(),
  certificates: z.array(Certificate),
  checklist: z.array(z.object({ step: z.enum(['signedIn', 'certificate', 'contract', 'firstData', 'enoughDays']), done: z.boolean() })),
  history: z.array(
    z.object({
      at: Instant,
      side: z.enum(['buyer', 'supplier']),
      action: PartnerAction,
      state: PartnerState,
      tier: PartnerTier.nullable(),
      reason: z.string().nullable(),
      actor: z.string().nullable(),
    }),
  ),
  rule: z.object({ minDays: z.int(), windowFrom: CalendarDate.nullable(), windowUntil: CalendarDate.nullable(), ownCalendar: z.boolean() }),
})
export type PartnerDetail = z.infer<typeof PartnerDetail>

const Contact = {
  contactName: words(60),
  contactPhone: optional(Phone),
  contactEmail: optional(z.email().max(120)),
  delivers: optional(text(500)),
}
const Contract = { contractNo: optional(text(60)), contractFrom: optional(CalendarDate), contractUntil: optional(CalendarDate) }
const none = z.object({})
const one = z.object({ id: PartnerId })
const Link = z.object({ token: z.string(), expiresAt: Instant })

export const CertificateQuery = z.object({
  kind: CertificateKind,
  number: words(80),
  validFrom: CalendarDate.optional(),
  validUntil: CalendarDate.optional(),
  fileName: words(200),
})

const common = [programmeErrors.notFound, programmeErrors.changedMeanwhile, programmeErrors.notAllowedNow] as const

const leaderApi = {
  partners: endpoint({
    method: 'GET',
    path: '/programme/partners',
    summary: 'The suppliers in the organisation’s own programme, with their state and how they are connected.',
    permission: 'programme.read',
    params: none,
    query: listQuery(['-createdAt' as 'createdAt', 'name']).extend({ state: PartnerState.optional(), tier: PartnerTier.optional() }),
    body: z.undefined(),
    response: pageOf(Partner),
    errors: [],
  }),
  summary: endpoint({
    method: 'GET',
    path: '/programme/summary',
    summary: 'How many suppliers stand where, how many are connected by which way, how many count, and by which rule.',
    permission: 'programme.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({
      byState: z.record(PartnerState, z.int()),
      byTier: z.record(PartnerTier, z.int()),
      byWay: z.record(ConnectionWay, z.int()),
      counted: z.int(),
      endingCertificates: z.int(),
      minDays: z.int(),
      version: z.int(),
    }),
    errors: [],
  }),
  setRule: endpoint({
    method: 'PUT',
    path: '/programme/rule',
    summary:
      'Sets on how many of its own working days in the last 30 days a supplier must have sent something valid to count as connected.',
    permission: 'programme.manage',
    params: none,
    query: none,
    body: z.object({ minDays: z.int().min(1).max(22), version: z.int().min(0) }),
    response: z.object({ minDays: z.int(), version: z.int() }),
    errors: [programmeErrors.changedMeanwhile],
  }),
  invite: endpoint({
    method: 'POST',
    path: '/programme/partners',
    summary:
      'Takes an enterprise that is not on the platform into the programme and makes its link, valid for 14 days and for one application.',
    permission: 'programme.manage',
    params: none,
    query: none,
    body: z.object({ name: words(120), creditCode: CreditCode, ...Contact }),
    response: z.object({ partner: Partner, link: Link }),
    status: 201,
    secret: true,
    errors: [programmeErrors.leaderOnly, programmeErrors.partnerExists, programmeErrors.ownOrganisation],
  }),
  takeIn: endpoint({
    method: 'POST',
    path: '/programme/partners/take-in',
    summary:
      'Invites suppliers that are on the platform and in a supply relation with the leader; they apply there. Those in it already stay.',
    permission: 'programme.manage',
    params: none,
    query: none,
    body: z.object({ organisationIds: z.array(OrgId).min(1).max(200) }),
    response: z.object({ invited: z.int() }),
    errors: [programmeErrors.leaderOnly, programmeErrors.noRelation],
  }),
  renewLink: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/link',
    summary: 'Makes a new link; the one before is worth nothing from now on.',
    permission: 'programme.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int() }),
    response: z.object({ partner: Partner, link: Link }),
    secret: true,
    errors: [...common, programmeErrors.linkNeeded],
  }),
  links: endpoint({
    method: 'POST',
    path: '/programme/links',
    summary: 'New links for up to 500 invited enterprises as a workbook; the ones before are worth nothing from now on.',
    permission: 'programme.manage',
    params: none,
    query: z.object({ origin: z.url().max(200) }),
    body: none,
    response: z.undefined(),
    answer: 'xlsx',
    secret: true,
    errors: [programmeErrors.leaderOnly],
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/programme/partners/:id',
    summary: 'Changes contact, deliveries and contract of a partner.',
    permission: 'programme.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int(), ...Contact, ...Contract }),
    response: PartnerDetail,
    errors: common,
  }),
  act: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/act',
    summary:
      'What the leader does: begin the review, return or refuse an application, change the tier, suspend, resume, end, withdraw an invitation.',
    permission: 'programme.manage',
    params: one,
    query: none,
    body: z.object({
      version: z.int(),
      action: PartnerAction.extract(['invite', 'startReview', 'return', 'refuse', 'changeTier', 'suspend', 'resume', 'exit', 'withdraw']),
      reason: Reason,
      tier: optional(PartnerTier),
    }),
    response: PartnerDetail,
    errors: [...common, programmeErrors.reasonNeeded],
  }),
  admit: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/admit',
    summary: 'Admits an applicant with a tier; an enterprise that is new gets its organisation, its relation and its first person.',
    permission: 'programme.manage',
    params: one,
    query: none,
    body: z.object({ version: z.int(), tier: PartnerTier, reason: Reason, ...Contract }),
    response: PartnerDetail,
    errors: [...common, programmeErrors.leaderOnly, programmeErrors.organisationExists],
  }),
  annex: endpoint({
    method: 'GET',
    path: '/programme/annex',
    summary: 'The list of connected enterprises as a workbook: the annex to an acceptance, with the rule on it.',
    permission: 'programme.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'xlsx',
    errors: [],
  }),
}

const bothApi = {
  partner: endpoint({
    method: 'GET',
    path: '/programme/partners/:id',
    summary: 'One place in a programme, for either side: application, certificates, checklist, what happened.',
    permission: 'programme.read',
    params: one,
    query: none,
    body: z.undefined(),
    response: PartnerDetail,
    errors: [programmeErrors.notFound],
  }),
  certificates: endpoint({
    method: 'GET',
    path: '/programme/certificates',
    summary: 'Certificates by the day on which they end, of the whole programme or the own ones.',
    permission: 'programme.read',
    params: none,
    query: listQuery(['validUntil']).extend({
      side: z.enum(['buyer', 'supplier']).default('buyer'),
      /** Those that end within so many days, or have ended. */
      within: z.coerce.number().int().min(0).max(3_660).optional(),
    }),
    body: z.undefined(),
    response: pageOf(Certificate),
    errors: [],
  }),
  addCertificate: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/certificates',
    summary: 'Adds a certificate or licence with its file (PDF or picture, up to 10 MB); either side may.',
    permission: 'programme.read',
    params: one,
    query: CertificateQuery,
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: CERTIFICATE_MAX_BYTES,
    response: Certificate,
    status: 201,
    errors: [programmeErrors.notFound, programmeErrors.tooManyFiles, programmeErrors.notAllowedNow],
  }),
  certificateFile: endpoint({
    method: 'GET',
    path: '/programme/certificates/:id/content',
    summary: 'The file of a certificate.',
    permission: 'programme.read',
    params: z.object({ id: CertificateId }),
    query: none,
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [programmeErrors.certificateNotFound],
  }),
  removeCertificate: endpoint({
    method: 'DELETE',
    path: '/programme/certificates/:id',
    summary: 'Takes a certificate away; whoever added it may.',
    permission: 'programme.read',
    params: z.object({ id: CertificateId }),
    query: none,
    body: z.undefined(),
    response: z.object({ done: z.literal(true) }),
    errors: [programmeErrors.certificateNotFound, programmeErrors.notYours],
  }),
}

const supplierApi = {
  mine: endpoint({
    method: 'GET',
    path: '/programme/mine',
    summary: 'The programmes that this organisation is a partner in or invited to.',
    permission: 'programme.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: z.object({ partners: z.array(Partner) }),
    errors: [],
  }),
  apply: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/apply',
    summary: 'An invited organisation applies; it agrees that the leader is told on which days it was connected.',
    permission: 'programme.answer',
    params: one,
    query: none,
    body: Application.extend({ version: z.int(), consent: z.literal(true) }),
    response: PartnerDetail,
    errors: common,
  }),
  answer: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/answer',
    summary: 'What the supplier does: decline an invitation, take an application back, leave the programme.',
    permission: 'programme.answer',
    params: one,
    query: none,
    body: z.object({ version: z.int(), action: PartnerAction.extract(['decline', 'recall', 'exit']), reason: Reason }),
    response: PartnerDetail,
    errors: [...common, programmeErrors.reasonNeeded],
  }),
  recount: endpoint({
    method: 'POST',
    path: '/programme/partners/:id/recount',
    summary: 'Counts the own connected days anew instead of at the next hour.',
    permission: 'programme.read',
    params: one,
    query: none,
    body: none,
    response: PartnerDetail,
    errors: [programmeErrors.notFound, programmeErrors.notAllowedNow],
  }),
}

export const programmeApi = { ...leaderApi, ...bothApi, ...supplierApi }

const about = { partnerId: PartnerId, buyerOrg: OrgId, supplierOrg: OrgId.nullable(), name: z.string() }
export const programmeEvents = {
  /** The supplier moved: applied, declined, took back, left. */
  supplierActed: event('programme.supplierActed', 1, z.object({ ...about, action: PartnerAction, state: PartnerState })),
  /** The leader moved. */
  leaderActed: event('programme.leaderActed', 1, z.object({ ...about, action: PartnerAction, state: PartnerState })),
  /** A certificate ends in so many days; below zero: it has ended. */
  certificateEnds: event(
    'programme.certificateEnds',
    1,
    z.object({ ...about, certificateId: CertificateId, certificate: z.string(), validUntil: CalendarDate, daysLeft: z.int() }),
  ),
}
