import type { Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { Industry } from '#modules/foundation/organisations/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { CertificateId, CertificateKind, ConnectionWay, PartnerAction, PartnerId, PartnerState, PartnerTier } from '../contract.ts'
import type { CertificateWarning } from './connection-rules.ts'
import type { Side } from './partner-rules.ts'

export interface ProgrammeTables {
  'programme.setting': { org_id: OrgId; min_days: number; version: Generated<number> }
  'programme.partner': {
    id: Generated<PartnerId>
    buyer_org: OrgId
    supplier_org: OrgId | null
    name: string
    credit_code: string
    contact_name: string
    contact_phone: string | null
    contact_email: string | null
    delivers: string | null
    state: PartnerState
    tier: PartnerTier | null
    reason: string | null
    contract_no: string | null
    contract_from: string | null
    contract_until: string | null
    admitted_on: string | null
    created_at: Date
    version: Generated<number>
  }
  'programme.invitation': {
    org_id: OrgId
    id: Generated<string>
    partner_id: PartnerId
    token_hash: Buffer
    created_at: Date
    expires_at: Date
    used_at: Date | null
    revoked_at: Date | null
    attempts: Generated<number>
  }
  'programme.pending_login': { org_id: OrgId; partner_id: PartnerId; login: string; display_name: string; password_hash: string }
  'programme.application': {
    partner_id: PartnerId
    buyer_org: OrgId
    supplier_org: OrgId | null
    name: string
    name_en: string | null
    industry: Industry | null
    city: string | null
    employees: number
    revenue_wan: number
    delivers: string
    capacity: string | null
    contact_name: string
    contact_phone: string
    contact_email: string | null
    applied_at: Date
    version: Generated<number>
  }
  'programme.certificate': {
    id: Generated<CertificateId>
    partner_id: PartnerId
    buyer_org: OrgId
    supplier_org: OrgId | null
    added_org: OrgId
    added_by: string | null
    kind: CertificateKind
    number: string
    valid_from: string | null
    valid_until: string | null
    file_id: string
    file_name: string
    media_type: string
    bytes: number
    sha256: string
    object_key: string
    created_at: Date
    removed_at: Date | null
    told_days: Generated<CertificateWarning | null>
    tell_on: GeneratedAlways<string | null>
    version: Generated<number>
  }
  'programme.history': {
    id: Generated<string>
    partner_id: PartnerId
    buyer_org: OrgId
    supplier_org: OrgId | null
    side: Side
    action: PartnerAction
    state: PartnerState
    tier: PartnerTier | null
    reason: string | null
    actor: string | null
    at: Date
  }
  'programme.connection': {
    partner_id: PartnerId
    buyer_org: OrgId
    supplier_org: OrgId
    way: ConnectionWay
    first_day: string | null
    window_from: string
    window_until: string
    days: string[]
    workdays: string[]
    own_calendar: boolean
    checked_at: Date
  }
}
export type ProgrammeDatabase = ModuleDatabase<ProgrammeTables>
export type ProgrammeSystem = SystemDatabase<ProgrammeTables>
export type ProgrammeTx = Tx<ProgrammeTables>
