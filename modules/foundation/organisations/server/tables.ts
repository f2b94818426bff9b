import type { Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Industry, OrganisationKind, RelationId, RelationKind, SizeClass } from '../contract.ts'

interface OrganisationTable {
  org_id: OrgId
  org_no: GeneratedAlways<number>
  code: string
  name: string
  name_en: string | null
  kind: OrganisationKind
  industry: Industry | null
  credit_code: string
  city: string | null
  demo: boolean
  sandbox_of: OrgId | null
  active: Generated<boolean>
  values_per_s: Generated<number | null>
  user_limit: Generated<number | null>
  created_at: Date
  version: Generated<number>
}

interface SizeRecordTable {
  org_id: OrgId
  valid_from: string
  sector: string
  employees: number
  revenue_wan: number
  size_class: SizeClass
}

interface SizeRuleTable {
  sector: string
  size_class: Exclude<SizeClass, 'micro'>
  min_employees: number
  min_revenue_wan: number
  valid_from: string
  source: string
}

interface RelationTable {
  id: Generated<RelationId>
  buyer_org: OrgId
  supplier_org: OrgId
  kind: RelationKind
  tier: number
  since: string
  until: string | null
  confirmed_at: Date | null
  buyer_name: string
  buyer_name_en: string | null
  buyer_code: string
  buyer_kind: OrganisationKind
  buyer_industry: Industry | null
  buyer_city: string | null
  supplier_name: string
  supplier_name_en: string | null
  supplier_code: string
  supplier_kind: OrganisationKind
  supplier_industry: Industry | null
  supplier_city: string | null
  demo: boolean
  version: Generated<number>
}

export interface OrganisationsTables {
  'organisations.organisation': OrganisationTable
  'organisations.size_record': SizeRecordTable
  'organisations.size_rule': SizeRuleTable
  'organisations.relation': RelationTable
}
export type OrganisationsDatabase = ModuleDatabase<OrganisationsTables>
export type OrganisationsSystem = SystemDatabase<OrganisationsTables>
export type OrganisationsTx = Tx<OrganisationsTables>
