import type { ColumnType, Generated } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { AccountId, AccrualId, AccrualLineId, VoucherId } from '../contract.ts'
import type { AccountKind, PostingRole, Side, VoucherKind } from '../ledger-contract.ts'

/** Minor units: below 2^53 by the tables' checks, so the driver's number is exact. */
type Minor = ColumnType<number, bigint, bigint>
/** Minor units that begin at nothing. */
type MinorFromZero = ColumnType<number, bigint | undefined, bigint>

interface AccountTable {
  org_id: OrgId
  id: Generated<AccountId>
  code: string
  name: string
  name_en: string | null
  kind: AccountKind
  side: Side
  valid_from: string
  valid_until: string | null
  source: string
  version: Generated<number>
}

interface VoucherTable {
  org_id: OrgId
  id: Generated<VoucherId>
  number: string
  day: string
  period: string
  summary: string
  kind: VoucherKind
  currency: Currency
  total: Minor
  source_entity: string | null
  source_id: string | null
  source_number: string | null
  source_day: string | null
  reverses: VoucherId | null
  posted_at: Date
  posted_by: string | null
}

interface VoucherLineTable {
  org_id: OrgId
  voucher_id: VoucherId
  id: Generated<string>
  line_no: number
  account_id: AccountId
  account_code: string
  account_name: string
  summary: string
  debit: Minor
  credit: Minor
  partner_org: OrgId | null
  partner_name: string | null
}

interface Parties {
  buyer_org: OrgId
  supplier_org: OrgId
}

interface AccrualTable extends Parties {
  id: Generated<AccrualId>
  buyer_name: string
  supplier_name: string
  receipt_id: string
  receipt_number: string
  kind: 'receipt' | 'return'
  day: string
  created_at: Date
}

interface AccrualLineTable extends Parties {
  id: Generated<AccrualLineId>
  accrual_id: AccrualId
  day: string
  line_no: number
  receipt_line_id: string
  schedule_line_id: string
  order_id: string
  order_number: string
  material_id: string
  material_code: string
  material_name: string
  unit: string
  quantity: string
  currency: Currency
  net_price: string
  tax_rate: string
  net: Minor
  tax: Minor
  invoiced_quantity: Generated<string>
  invoiced_net: MinorFromZero
  invoiced_tax: MinorFromZero
}

export interface FinanceTables {
  'finance.account': AccountTable
  'finance.posting': {
    org_id: OrgId
    id: Generated<string>
    role: PostingRole
    valid_from: string
    account_id: AccountId
    version: Generated<number>
  }
  'finance.period': {
    org_id: OrgId
    id: Generated<string>
    period: string
    closed_at: Date | null
    closed_by: string | null
    version: Generated<number>
  }
  'finance.voucher': VoucherTable
  'finance.voucher_line': VoucherLineTable
  'finance.accrual': AccrualTable
  'finance.accrual_line': AccrualLineTable
}
export type FinanceDatabase = ModuleDatabase<FinanceTables>
export type FinanceTx = Tx<FinanceTables>
