import type { ColumnType, Generated } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { SizeClass } from '#modules/foundation/organisations/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type {
  AccountId,
  AccrualId,
  AccrualLineId,
  InvoiceId,
  PayableId,
  PaymentId,
  StatementId,
  StatementLineId,
  VoucherId,
} from '../contract.ts'
import type { AccrualKind, InvoiceState } from '../invoice-contract.ts'
import type { AccountKind, PostingRole, Side, VoucherKind } from '../ledger-contract.ts'
import type { StatementLineKind, StatementState } from '../statement-contract.ts'
import type { MatchReason } from './invoices/match-rules.ts'
import type { StockRole } from './stock/stock-rules.ts'

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
  kind: AccrualKind
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
  payment_days: number | null
  net: Minor
  tax: Minor
  invoiced_quantity: Generated<string>
  invoiced_net: MinorFromZero
  invoiced_tax: MinorFromZero
}

interface PartyNames extends Parties {
  buyer_name: string
  supplier_name: string
}

interface InvoiceTable extends PartyNames {
  id: Generated<InvoiceId>
  drafter_org: OrgId
  state: InvoiceState
  code: string | null
  number: string | null
  bill_number: string | null
  bill_day: string | null
  day: string
  currency: Currency
  net: Minor
  tax: Minor
  gross: Minor
  note: string
  entered_by: string
  entered_name: string | null
  submitted_at: Date | null
  match: ColumnType<MatchReason[] | null, string | null | undefined, string | null>
  matched_at: Date | null
  blocked_by: string | null
  blocked_name: string | null
  block_reason: string | null
  released_by: string | null
  released_name: string | null
  release_reason: string | null
  approved_name: string | null
  approved_at: Date | null
  dispute_reason: string | null
  confirmed_at: Date | null
  confirmed_name: string | null
  end_reason: string | null
  version: Generated<number>
}

interface InvoiceLineTable extends Parties {
  id: Generated<string>
  invoice_id: InvoiceId
  drafter_org: OrgId
  draft: Generated<boolean>
  line_no: number
  accrual_line_id: AccrualLineId
  quantity: string
  tax_rate: string
  net: Minor
  tax: Minor
}

interface PayableTable extends PartyNames {
  id: Generated<PayableId>
  invoice_id: InvoiceId
  invoice_number: string
  invoice_day: string
  delivered_day: string
  due_day: string
  due_kind: 'law' | 'agreed' | 'default'
  due_days: number
  due_source: string
  buyer_class: SizeClass | null
  supplier_class: SizeClass | null
  currency: Currency
  gross: Minor
  paid: MinorFromZero
  disputed: MinorFromZero
  dispute_reason: string | null
  accrued_gross: MinorFromZero
  created_at: Date
  settled_on: string | null
  version: Generated<number>
}

interface PaymentTable extends PartyNames {
  id: Generated<PaymentId>
  number: string
  day: string
  currency: Currency
  amount: Minor
  method: 'bank' | 'acceptance' | 'offset' | 'other'
  reference: string
  created_at: Date
  created_name: string | null
  cancelled_at: Date | null
  cancel_reason: string | null
  version: Generated<number>
}

interface TermRuleTable {
  id: Generated<string>
  clause: string
  name: string
  payer_classes: string[]
  payee_classes: string[]
  days: number
  valid_from: string
  valid_until: string | null
  source: string
  blocking: boolean
}

interface PartnerTermTable extends PartyNames {
  id: Generated<string>
  days: number
  basis: 'delivery' | 'invoice' | 'monthEnd'
  valid_from: string
  source: string
  version: Generated<number>
}

interface SettingTable {
  org_id: OrgId
  id: Generated<string>
  price_fraction: string
  line_amount: Minor
  tax_amount: Minor
  quantity_fraction: string
  default_days: number
  version: Generated<number>
}

interface StatementTable extends PartyNames {
  id: Generated<StatementId>
  proposer_org: OrgId
  number: string
  state: StatementState
  currency: Currency
  previous_id: StatementId | null
  until_day: string
  opening: Minor
  closing: Minor
  content_hash: string
  created_at: Date
  buyer_signed_at: Date | null
  buyer_signed_name: string | null
  supplier_signed_at: Date | null
  supplier_signed_name: string | null
  buyer_class: SizeClass | null
  supplier_class: SizeClass | null
  end_reason: string | null
  version: Generated<number>
}

interface StatementLineTable extends Parties {
  id: Generated<StatementLineId>
  statement_id: StatementId
  proposer_org: OrgId
  line_no: number
  kind: StatementLineKind
  document_id: string
  number: string
  day: string
  amount: Minor
  answer: 'ticked' | 'disputed' | null
  reason: string | null
}

export interface FinanceTables {
  'finance.statement': StatementTable
  'finance.statement_line': StatementLineTable
  'finance.invoice': InvoiceTable
  'finance.invoice_line': InvoiceLineTable
  'finance.payable': PayableTable
  'finance.payment': PaymentTable
  'finance.allocation': Parties & { id: Generated<string>; payment_id: PaymentId; payable_id: PayableId; amount: Minor }
  'finance.term_rule': TermRuleTable
  'finance.partner_term': PartnerTermTable
  'finance.order_class': Parties & {
    id: Generated<string>
    order_id: string
    buyer_class: SizeClass | null
    supplier_class: SizeClass | null
    frozen_on: string
  }
  'finance.setting': SettingTable
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
  'finance.stock_posting': { org_id: OrgId; id: Generated<string>; source_id: string; role: StockRole; posted: Minor }
  'finance.accrual': AccrualTable
  'finance.accrual_line': AccrualLineTable
}
export type FinanceDatabase = ModuleDatabase<FinanceTables>
export type FinanceTx = Tx<FinanceTables>
export type FinanceSystem = SystemDatabase<FinanceTables>
