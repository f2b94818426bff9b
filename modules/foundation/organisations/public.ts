import type { OrgScope } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Industry, OrganisationKind, RelationId, RelationKind, SizeClass } from './contract.ts'

export interface OrganisationLabel {
  name: string
  nameEn: string | null
  code: string
}

/** What everybody on the platform may rely on about an organisation. */
export interface OrganisationFacts extends OrgScope, OrganisationLabel {
  kind: OrganisationKind
  creditCode: string
  demo: boolean
  /** Belongs to another organisation, for trying out; it enters no count. */
  sandbox: boolean
  active: boolean
  /** People who may log in; null: any number. */
  userLimit: number | null
}

export interface NewOrganisation {
  /** Where the caller must know it beforehand. */
  orgId?: OrgId
  code: string
  name: string
  nameEn?: string | null
  kind: OrganisationKind
  industry?: Industry | null
  /** Null for a sandbox, which is no enterprise. */
  creditCode: string | null
  city?: string | null
  demo: boolean
  /** Whose sandbox it is. Errors then: organisations.sandboxExists. */
  sandboxOf?: OrgId
  /** Sector `industry` unless another is named. */
  sizes?: { validFrom: string; sector?: string; employees: number; revenueWan: number }[]
}

export interface NewRelation {
  buyer: OrgId
  supplier: OrgId
  kind: RelationKind
  tier: number
  since: string
  until?: string | null
}

export interface OrganisationsPublic {
  /** Names of the own organisation and of those it stands or stood in a relation with; strangers are left out. */
  labels(tx: OpaqueTx, ids: readonly OrgId[]): Promise<Map<OrgId, OrganisationLabel>>
  /** The confirmed relation with another organisation that holds on that day, from whichever side. */
  relationWith(
    tx: OpaqueTx,
    other: OrgId,
    today: string,
  ): Promise<{ relationId: RelationId; kind: RelationKind; side: 'buyer' | 'supplier' } | undefined>
  /**
   * Suppliers whose relation holds on that day, by words (NFKC, small letters): code or either name, as people write them in lists. A word that
   * means none is left out.
   */
  suppliersNamed(tx: OpaqueTx, words: readonly string[], today: string): Promise<Map<string, OrgId | 'several'>>
  /** Both names of an organisation in the stores. Errors: organisations.notFound. */
  scope(orgId: OrgId): Promise<OrgScope>
  /** As the system role, at most some seconds old: for log-in and the like, not for lists. */
  facts(orgId: OrgId): Promise<OrganisationFacts | undefined>
  /** The size class recorded for that day; undefined where none is. As the system role: law goes by both parties' sizes, which neither sees of the other. */
  sizeClassOn(orgId: OrgId, day: string): Promise<SizeClass | undefined>
  organisationByCode(code: string): Promise<OrganisationFacts | undefined>
  /** All of them, in both stores' names: for background work alone. */
  everyScope(): Promise<OrgScope[]>
  /** Organisation number → values a second that it may send; whoever has no quota is not in it. */
  valueQuotas(): Promise<Map<number, number>>
  /** The sandbox in use of an organisation. */
  sandboxOf(orgId: OrgId): Promise<(OrganisationFacts & { createdAt: Date }) | undefined>
  /** In a transaction of the system role: the sandbox is suspended for good, its place is free. */
  retireSandbox(tx: OpaqueTx, sandboxId: OrgId): Promise<void>
  /** Whether there is no organisation yet. */
  platformIsEmpty(): Promise<boolean>
  /** In a transaction of the system role (first administrator, first data). Errors: organisations.creditCodeTaken, codeTaken, noSizeRule. */
  createOrganisation(tx: OpaqueTx, organisation: NewOrganisation, now: Date): Promise<OrgScope>
  /** In a transaction of the system role: a relation that both sides have agreed on already. Errors: organisations.notFound. */
  createRelation(tx: OpaqueTx, relation: NewRelation, now: Date): Promise<RelationId>
}
