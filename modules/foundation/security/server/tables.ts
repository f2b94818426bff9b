import type { Generated } from 'kysely'
import type { Actor } from '#kernel/context.ts'
import type { MasterKeys } from '#kernel/master-keys.ts'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { SecretId } from '../contract.ts'

/** The audit table is the kernel's; this module only reads it. */
export interface SecurityTables {
  'kernel.audit': {
    id: number
    org_id: string | null
    at: Date
    actor: Partial<Actor> & { kind: Actor['kind']; address?: string; orgId?: string }
    trace: string | null
    action: string
    entity: string
    entity_id: string | null
    before: Record<string, unknown> | null
    after: Record<string, unknown> | null
    chain_no: number | null
    hash: Buffer | null
  }
  'security.data_key': {
    org_id: OrgId
    id: Generated<string>
    version: number
    algorithm: string
    master_key: string
    wrapped: Buffer
    created_at: Date
  }
  'security.secret': {
    org_id: OrgId
    id: SecretId
    purpose: string
    name: string
    algorithm: string
    key_version: number
    sealed: Buffer
    changed_by: Actor
    created_at: Date
    changed_at: Date
    version: Generated<number>
  }
  'security.secret_use': { org_id: OrgId; secret_id: SecretId; used_at: Date }
}
export type SecurityDatabase = ModuleDatabase<SecurityTables>
export type SecuritySystem = SystemDatabase<SecurityTables>
export type SecurityTx = Tx<SecurityTables>

export interface SecretParts {
  db: SecurityDatabase
  masterKeys: MasterKeys
}
