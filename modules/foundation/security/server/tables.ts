import type { Actor } from '#kernel/context.ts'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'

/** The audit table is the kernel's; this module reads it and owns no table. */
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
}
export type SecurityDatabase = ModuleDatabase<SecurityTables>
export type SecuritySystem = SystemDatabase<SecurityTables>
export type SecurityTx = Tx<SecurityTables>
