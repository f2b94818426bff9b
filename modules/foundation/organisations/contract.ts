import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { permissions } from '#values/permission.ts'
import { isCreditCode } from './credit-code.ts'
import { organisationErrors } from './errors.ts'

export const RelationId = idOf('Relation')
export type RelationId = z.infer<typeof RelationId>

export const organisationsPermissions = permissions('organisations', {
  read: ['owner', 'systemAdmin', 'securityAdmin', 'auditAdmin', 'engineer', 'staff'],
  manage: ['owner', 'systemAdmin'],
})

/** What an organisation is on the platform. A supplier's tier is a fact of its relation, not of the organisation. */
export const OrganisationKind = z.enum(['leader', 'supplier', 'funder', 'operator', 'assessor'])
export type OrganisationKind = z.infer<typeof OrganisationKind>

/** The seven sub-industries of the programme. */
export const Industry = z.enum([
  'instruments',
  'electronicComponents',
  'transmissions',
  'electricVehicles',
  'motorcycles',
  'motors',
  'dieCasting',
])
export type Industry = z.infer<typeof Industry>

/** Enterprise size by the statistical classification (国统字〔2017〕213号): by sector, employees and revenue. */
export const SizeClass = z.enum(['large', 'medium', 'small', 'micro'])
export type SizeClass = z.infer<typeof SizeClass>

/** Unified social credit code, 18 characters with the check character of GB 32100-2015. */
export const CreditCode = z.string().trim().toUpperCase().refine(isCreditCode, { message: 'creditCode' })

/** Short code in topics and file names: `moto-leader`. */
export const OrgCode = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, { message: 'orgCode' })

export const SizeRecord = z.object({
  validFrom: CalendarDate,
  sector: z.string().max(40),
  employees: z.int().min(0),
  /** Annual revenue in 10,000 CNY. */
  revenueWan: z.int().min(0),
  sizeClass: SizeClass,
})

export const Organisation = z.object({
  id: OrgId,
  code: OrgCode,
  name: z.string().min(1).max(120),
  nameEn: z.string().max(120).nullable(),
  kind: OrganisationKind,
  industry: Industry.nullable(),
  creditCode: z.string(),
  city: z.string().max(60).nullable(),
  demo: z.boolean(),
  sizes: z.array(SizeRecord),
  version: z.int(),
})
export type Organisation = z.infer<typeof Organisation>

/** `supply`: the second delivers to the first; `finance`, `platform`, `assessment`: the second serves the first so. */
export const RelationKind = z.enum(['supply', 'finance', 'platform', 'assessment'])
export type RelationKind = z.infer<typeof RelationKind>

export const Relation = z.object({
  id: RelationId,
  kind: RelationKind,
  /** Which side of the relation the asking organisation is. */
  side: z.enum(['buyer', 'supplier']),
  partnerId: OrgId,
  partnerName: z.string(),
  partnerNameEn: z.string().nullable(),
  partnerCode: z.string(),
  partnerKind: OrganisationKind,
  partnerIndustry: Industry.nullable(),
  partnerCity: z.string().nullable(),
  demo: z.boolean(),
  /** 1 = delivers directly; higher = tier in the buyer's chain. */
  tier: z.int().min(1).max(9),
  since: CalendarDate,
  until: CalendarDate.nullable(),
  version: z.int(),
})
export type Relation = z.infer<typeof Relation>

export const organisationsApi = {
  own: endpoint({
    method: 'GET',
    path: '/organisations/own',
    summary: 'The organisation the session stands in.',
    permission: 'organisations.read',
    params: z.object({}),
    query: z.object({}),
    body: z.undefined(),
    response: Organisation,
    errors: [],
  }),
  update: endpoint({
    method: 'PATCH',
    path: '/organisations/own',
    summary: 'Changes the own organisation; a new size record is added, older ones stay.',
    permission: 'organisations.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      version: z.int(),
      name: z.string().trim().min(1).max(120),
      nameEn: z.string().trim().max(120).nullable(),
      city: z.string().trim().max(60).nullable(),
      industry: Industry.nullable(),
      size: SizeRecord.omit({ sizeClass: true }).nullable(),
    }),
    response: Organisation,
    errors: [organisationErrors.changedMeanwhile],
  }),
  relations: endpoint({
    method: 'GET',
    path: '/organisations/relations',
    summary: 'The chain as this organisation sees it: its buyers, suppliers, funder, operator, assessor.',
    permission: 'organisations.read',
    params: z.object({}),
    query: listQuery(['partnerName', 'since', 'tier']).extend({
      side: z.enum(['buyer', 'supplier']).optional(),
      kind: RelationKind.optional(),
      industry: Industry.optional(),
      activeOnly: z.stringbool().default(true),
    }),
    body: z.undefined(),
    response: pageOf(Relation),
    errors: [],
  }),
  relation: endpoint({
    method: 'GET',
    path: '/organisations/relations/:id',
    summary: 'One relation.',
    permission: 'organisations.read',
    params: z.object({ id: RelationId }),
    query: z.object({}),
    body: z.undefined(),
    response: Relation,
    errors: [organisationErrors.relationNotFound],
  }),
  createRelation: endpoint({
    method: 'POST',
    path: '/organisations/relations',
    summary: 'A buyer records that an organisation of the platform, named by its credit code, delivers to it.',
    permission: 'organisations.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ supplierCreditCode: CreditCode, tier: z.int().min(1).max(9), since: CalendarDate }),
    response: Relation,
    status: 201,
    errors: [organisationErrors.notFound, organisationErrors.relationExists, organisationErrors.selfRelation],
  }),
  endRelation: endpoint({
    method: 'POST',
    path: '/organisations/relations/:id/end',
    summary: 'Ends a relation on a date; either side may.',
    permission: 'organisations.manage',
    params: z.object({ id: RelationId }),
    query: z.object({}),
    body: z.object({ version: z.int(), until: CalendarDate }),
    response: Relation,
    errors: [organisationErrors.relationNotFound, organisationErrors.changedMeanwhile, organisationErrors.invalidPeriod],
  }),
}

export const organisationsEvents = {
  relationStarted: event('organisations.relationStarted', 1, z.object({ relationId: RelationId, buyerOrg: OrgId, supplierOrg: OrgId })),
  relationEnded: event(
    'organisations.relationEnded',
    1,
    z.object({ relationId: RelationId, buyerOrg: OrgId, supplierOrg: OrgId, until: CalendarDate, endedAt: Instant }),
  ),
}
