import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { builtInRoles, permissions } from '#values/permission.ts'
import { isCreditCode } from './credit-code.ts'
import { organisationErrors } from './errors.ts'

export const RelationId = idOf('Relation')
export type RelationId = z.infer<typeof RelationId>

export const organisationsPermissions = permissions('organisations', {
  read: builtInRoles,
  manage: ['owner', 'systemAdmin'],
  /** Of use in the operator's organisation alone: the list of all organisations, suspension, size thresholds. */
  operate: ['owner', 'systemAdmin'],
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

/** A sector of the statistical classification; `industry` is mining, manufacturing and utilities. */
export const Sector = z.string().regex(/^[a-z][A-Za-z]{1,39}$/, { message: 'sector' })

/** Short code in topics and file names: `moto-leader`. */
export const OrgCode = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, { message: 'orgCode' })

export const SizeRecord = z.object({
  validFrom: CalendarDate,
  sector: Sector,
  employees: z.int().min(0).max(10_000_000),
  /** Annual revenue in 10,000 CNY. */
  revenueWan: z.int().min(0).max(1_000_000_000),
  sizeClass: SizeClass,
})

/** The least a class demands, from a date on; both must be met, else the next lower class holds, at last micro. */
export const SizeRule = z.object({
  sector: Sector,
  sizeClass: z.enum(['large', 'medium', 'small']),
  minEmployees: z.int().min(0).max(10_000_000),
  minRevenueWan: z.int().min(0).max(1_000_000_000),
  validFrom: CalendarDate,
  /** The document the threshold stands in. */
  source: z.string().trim().min(1).max(200),
})
export type SizeRule = z.infer<typeof SizeRule>

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
  /** A sandbox of another organisation: own data for trying out, in no relation and in no count. */
  sandbox: z.boolean(),
  /** False: suspended by the operator; nobody logs in, no device is heard. */
  active: z.boolean(),
  sizes: z.array(SizeRecord),
  version: z.int(),
})
export type Organisation = z.infer<typeof Organisation>

/** What the operator of the platform sees of every organisation. */
export const PlatformOrganisation = Organisation.omit({ sizes: true }).extend({
  createdAt: Instant,
  /** Null: as much as there is. */
  quota: z.object({ valuesPerS: z.int().nullable(), users: z.int().nullable() }),
  usage: z.object({
    /** Values stored, mean of the last whole hour. */
    valuesPerS: z.number(),
    /** People who may log in. */
    users: z.int(),
    lastValueAt: Instant.nullable(),
  }),
})
export type PlatformOrganisation = z.infer<typeof PlatformOrganisation>

/** `supply`: the second delivers to the first; `finance`, `platform`, `assessment`: the second serves the first so. */
export const RelationKind = z.enum(['supply', 'finance', 'platform', 'assessment'])
export type RelationKind = z.infer<typeof RelationKind>

/** A relation opens nothing before the other side has confirmed it, nor outside its period. */
export const RelationState = z.enum(['proposed', 'declined', 'upcoming', 'active', 'ended'])
export type RelationState = z.infer<typeof RelationState>

export const Relation = z.object({
  id: RelationId,
  kind: RelationKind,
  state: RelationState,
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
  /** The last day. */
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
    errors: [organisationErrors.changedMeanwhile, organisationErrors.noSizeRule],
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
    summary: 'Proposes that an organisation of the platform, named by its credit code, delivers to this one or serves it.',
    permission: 'organisations.manage',
    params: z.object({}),
    query: z.object({}),
    body: z.object({
      supplierCreditCode: CreditCode,
      kind: RelationKind.default('supply'),
      tier: z.int().min(1).max(9),
      since: CalendarDate,
    }),
    response: Relation,
    status: 201,
    errors: [
      organisationErrors.notFound,
      organisationErrors.relationExists,
      organisationErrors.selfRelation,
      organisationErrors.wrongPartnerKind,
    ],
  }),
  confirmRelation: endpoint({
    method: 'POST',
    path: '/organisations/relations/:id/confirm',
    summary: 'The proposed supplier or servant agrees: from its first day on the relation holds.',
    permission: 'organisations.manage',
    params: z.object({ id: RelationId }),
    query: z.object({}),
    body: z.object({ version: z.int() }),
    response: Relation,
    errors: [organisationErrors.relationNotFound, organisationErrors.changedMeanwhile, organisationErrors.relationNotProposed],
  }),
  endRelation: endpoint({
    method: 'POST',
    path: '/organisations/relations/:id/end',
    summary: 'Ends a relation on a date, its last day, or declines or withdraws a proposed one; either side may.',
    permission: 'organisations.manage',
    params: z.object({ id: RelationId }),
    query: z.object({}),
    body: z.object({ version: z.int(), until: CalendarDate }),
    response: Relation,
    errors: [organisationErrors.relationNotFound, organisationErrors.changedMeanwhile, organisationErrors.invalidPeriod],
  }),
  sizeRules: endpoint({
    method: 'GET',
    path: '/organisations/size-rules',
    summary: 'The thresholds of the size classes by sector, newest first.',
    permission: 'organisations.read',
    params: z.object({}),
    query: z.object({}),
    body: z.undefined(),
    response: z.object({ rules: z.array(SizeRule) }),
    errors: [],
  }),
  setSizeRules: endpoint({
    method: 'POST',
    path: '/organisations/size-rules',
    summary: 'The operator sets a sector’s thresholds from a date on; earlier ones stay for earlier dates.',
    permission: 'organisations.operate',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ rules: z.array(SizeRule).min(1).max(60) }),
    response: z.object({ rules: z.array(SizeRule) }),
    errors: [organisationErrors.operatorOnly, organisationErrors.sizeRulesUnordered],
  }),
  platform: endpoint({
    method: 'GET',
    path: '/organisations/platform',
    summary: 'All organisations of the platform, for its operator.',
    permission: 'organisations.operate',
    params: z.object({}),
    query: listQuery(['name', 'code', 'createdAt']).extend({
      kind: OrganisationKind.optional(),
      industry: Industry.optional(),
      demo: z.stringbool().optional(),
    }),
    body: z.undefined(),
    response: pageOf(PlatformOrganisation),
    errors: [organisationErrors.operatorOnly],
  }),
  operate: endpoint({
    method: 'PATCH',
    path: '/organisations/platform/:orgId',
    summary: 'The operator suspends an organisation or lets it work again, and sets its quotas; what is left out stays.',
    permission: 'organisations.operate',
    params: z.object({ orgId: OrgId }),
    query: z.object({}),
    body: z.object({
      version: z.int(),
      active: z.boolean().optional(),
      valuesPerS: z.int().min(1).max(10_000_000).nullable().optional(),
      userLimit: z.int().min(1).max(1_000_000).nullable().optional(),
    }),
    response: PlatformOrganisation,
    errors: [
      organisationErrors.operatorOnly,
      organisationErrors.notFound,
      organisationErrors.changedMeanwhile,
      organisationErrors.ownOrganisation,
    ],
  }),
}

export const organisationsEvents = {
  relationProposed: event('organisations.relationProposed', 1, z.object({ relationId: RelationId, buyerOrg: OrgId, supplierOrg: OrgId })),
  relationStarted: event('organisations.relationStarted', 1, z.object({ relationId: RelationId, buyerOrg: OrgId, supplierOrg: OrgId })),
  relationEnded: event(
    'organisations.relationEnded',
    1,
    z.object({ relationId: RelationId, buyerOrg: OrgId, supplierOrg: OrgId, until: CalendarDate, endedAt: Instant }),
  ),
}
