import type { Generated, GeneratedAlways } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { OrderId, OrderLineId, RevisionKind, RevisionOutcome, ScheduleLineId, ScheduleState } from '../contract.ts'
import type { ExpediteId, ExpediteState } from '../expedite-contract.ts'
import type { OrderContent } from '../order-content.ts'
import type { OrderState, Side, Turn } from '../order-states.ts'

/** Quantities and prices are numeric and come as text, amounts are bigint minor units and come as number. */
export interface OrderTable {
  id: Generated<OrderId>
  number: string
  buyer_org: OrgId
  supplier_org: OrgId
  buyer_name: string
  buyer_name_en: string | null
  supplier_name: string
  supplier_name_en: string | null
  state: OrderState
  turn: Turn
  response_hours: number
  respond_by: Date | null
  last_revision: Generated<number>
  agreed_revision: number | null
  open_revision: number | null
  currency: Currency
  deliver_to: string
  payment_terms: string
  payment_days: number | null
  over_tolerance: string
  under_tolerance: string
  grace_days: number
  net_amount: number
  tax_amount: number
  line_count: number
  consigned: boolean
  next_day: string | null
  urgent: boolean
  created_at: Date
  created_by: string | null
  proposed_at: Date | null
  agreed_at: Date | null
  first_shipped_at: Date | null
  ended_at: Date | null
  end_reason: string | null
  answer_order: GeneratedAlways<Date>
  due_order: GeneratedAlways<string>
  told_overdue_of: Generated<Date | null>
  version: Generated<number>
}

interface Parties {
  order_id: OrderId
  buyer_org: OrgId
  supplier_org: OrgId
}

export interface RevisionTable extends Parties {
  id: Generated<string>
  no: number
  side: Side
  kind: RevisionKind
  outcome: RevisionOutcome
  content: OrderContent
  hash: string
  note: string
  person_id: string
  person: string
  at: Date
  decided_at: Date | null
}

export interface SignatureTable extends Parties {
  id: Generated<string>
  revision_no: number
  side: Side
  hash: string
  person_id: string
  person: string
  at: Date
  method: string
  seal: string | null
  term_limit_days: number | null
  term_limit_source: string | null
}

interface LineTable extends Parties {
  id: Generated<OrderLineId>
  line_no: number
  material_id: MaterialId
  material_code: string
  material_name: string
  supplier_code: string | null
  specification: string
  unit: string
  unit_factor: string
  quantity: string
  net_price: string
  tax_rate: string
  net_amount: number
  tax_amount: number
  rejected_by: Side | null
  rejected_reason: string | null
}

export interface ScheduleLineTable extends Parties {
  id: Generated<ScheduleLineId>
  line_id: OrderLineId
  line_no: number
  schedule_no: number
  state: ScheduleState
  requested_quantity: string | null
  requested_day: string | null
  confirmed_quantity: string | null
  confirmed_day: string | null
  confirmed_reason: string | null
  due_quantity: string
  due_day: string
  agreed_quantity: string | null
  agreed_day: string | null
  most: Generated<string>
  least: Generated<string>
  grace_days: Generated<number>
  shipped: Generated<string>
  accepted: Generated<string>
  rejected: Generated<string>
  last_accepted_on: string | null
  whole_on: string | null
  told_soon_of: Generated<string | null>
  told_overdue_of: Generated<string | null>
}

export type ReminderReason = 'dueSoon' | 'overdue' | 'unanswered' | 'expedite'

export interface ExpediteTable extends Parties {
  id: Generated<ExpediteId>
  schedule_line_id: ScheduleLineId
  wanted_day: string
  reason: string
  asked_by: string
  asked_at: Date
  state: Generated<ExpediteState>
  promised_day: string | null
  answer: string | null
  answered_by: string | null
  answered_at: Date | null
  revision_no: number | null
  version: Generated<number>
}

export interface OrdersTables {
  'orders.order': OrderTable
  'orders.revision': RevisionTable
  'orders.signature': SignatureTable
  'orders.line': LineTable
  'orders.schedule_line': ScheduleLineTable
  'orders.reminder': Parties & {
    id: Generated<string>
    side: Side
    reason: ReminderReason
    day: string
    no_of_day: number
    person: string
    note: string
    at: Date
  }
  'orders.expedite': ExpediteTable
  'orders.draft': {
    org_id: OrgId
    order_id: OrderId
    content: OrderContent
    note: Generated<string>
    prepared_by: string
    hands: string[]
    submitted_by: string | null
    submitted_at: Date | null
    sent_back_note: string | null
    approved_by: string | null
    approved_at: Date | null
    approved_amount: number | null
  }
  'orders.annex': {
    org_id: OrgId
    order_id: OrderId
    note: Generated<string>
    cost_object: Generated<string>
    own_number: Generated<string>
    version: Generated<number>
  }
  'orders.imported_order': {
    org_id: OrgId
    reference_key: string
    reference: string
    order_id: OrderId
    person: string
    at: Date
  }
  'orders.setting': {
    org_id: OrgId
    approval_limit: number | null
    approval_currency: Currency
    response_hours: number
    over_tolerance: string
    under_tolerance: string
    grace_days: number
    deliver_to: string
    payment_terms: string
    payment_days: number | null
    version: Generated<number>
  }
}
export type OrdersDatabase = ModuleDatabase<OrdersTables>
export type OrdersSystem = SystemDatabase<OrdersTables>
export type OrdersTx = Tx<OrdersTables>
