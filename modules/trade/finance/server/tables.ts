import type { Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { VoucherId } from '../contract.ts'

interface FinanceTables {
  'finance.voucher': { org_id: OrgId; id: Generated<VoucherId>; name: string; version: Generated<number> }
}
export type FinanceDatabase = ModuleDatabase<FinanceTables>
export type FinanceTx = Tx<FinanceTables>
