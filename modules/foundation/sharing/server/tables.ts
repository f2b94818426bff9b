import type { Generated } from 'kysely'
import type { Actor } from '#kernel/context.ts'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { AgreedDataSet, AgreementId, Granularity } from '../contract.ts'

export interface AgreementTable {
  id: Generated<AgreementId>
  grantor_org: OrgId
  grantee_org: OrgId
  grantor_name: string
  grantor_name_en: string | null
  grantee_name: string
  grantee_name_en: string | null
  data_set: AgreedDataSet
  item_ids: string[] | null
  item_labels: string[] | null
  fields: string[] | null
  purpose: string
  granularity: Granularity
  delay_minutes: number
  valid_from: Date
  valid_until: Date
  created_at: Date
  created_by: string | null
  revoked_at: Date | null
  revoked_by: string | null
}

export interface SharingTables {
  'sharing.agreement': AgreementTable
  'sharing.access_log': {
    id: Generated<string>
    agreement_id: AgreementId
    grantor_org: OrgId
    grantee_org: OrgId
    reader_kind: Actor['kind']
    reader_id: string
    reader_name: string | null
    hour: Date
    first_at: Date
    last_at: Date
    reads: number
  }
}
export type SharingDatabase = ModuleDatabase<SharingTables>
export type SharingTx = Tx<SharingTables>
