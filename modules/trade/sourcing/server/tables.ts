import type { Generated, JSONColumnType } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Currency } from '#values/money.ts'
import type { AgreementContent, AgreementId, AgreementKind, CallOffId, CallOffLine, RevisionOutcome } from '../agreement-contract.ts'
import type { AgreementState, Side } from '../agreement-states.ts'
import type { Awarded, BidLine, InvitationId, InvitationState, QuestionId, RequestId, RequestLine } from '../contract.ts'
import type { StoredState } from './request-rules.ts'

export interface SourcingTables {
  'sourcing.request': {
    org_id: OrgId
    id: Generated<RequestId>
    number: string
    title: string
    state: StoredState
    currency: Currency
    deadline: Date
    deliver_to: string
    note: string
    lines: JSONColumnType<RequestLine[]>
    supplier_ids: OrgId[]
    reason: string | null
    created_at: Date
    created_by: string | null
    published_at: Date | null
    ended_at: Date | null
    told_deadline: Generated<Date | null>
    version: Generated<number>
  }
  'sourcing.invitation': {
    id: Generated<InvitationId>
    request_id: RequestId
    buyer_org: OrgId
    supplier_org: OrgId
    buyer_name: string
    supplier_name: string
    number: string
    title: string
    currency: Currency
    deadline: Date
    deliver_to: string
    note: string
    lines: JSONColumnType<RequestLine[]>
    request_state: Exclude<StoredState, 'draft'>
    state: InvitationState
    decline_reason: string | null
    quoted_at: Date | null
    awarded: JSONColumnType<Awarded[] | null, string | null, string | null>
    created_at: Date
    told_deadline: Generated<Date | null>
    version: Generated<number>
  }
  'sourcing.bid': {
    id: Generated<string>
    invitation_id: InvitationId
    request_id: RequestId
    buyer_org: OrgId
    supplier_org: OrgId
    no: number
    opens_at: Date
    lines: JSONColumnType<BidLine[]>
    note: string
    handed_in_at: Date
    handed_in_by: string | null
  }
  'sourcing.question': {
    id: Generated<QuestionId>
    invitation_id: InvitationId
    request_id: RequestId
    buyer_org: OrgId
    supplier_org: OrgId
    question: string
    asked_at: Date
    asked_by: string | null
    answered_at: Date | null
    version: Generated<number>
  }
  'sourcing.clarification': {
    id: Generated<string>
    invitation_id: InvitationId
    request_id: RequestId
    buyer_org: OrgId
    supplier_org: OrgId
    question: string
    answer: string
    answered_at: Date
  }
  'sourcing.award': {
    org_id: OrgId
    request_id: RequestId
    line_no: number
    supplier_org: OrgId
    bid_id: string
    share: string
    quantity: string
    net_price: string
    tax_rate: string
    reason: string | null
  }
  'sourcing.agreement': {
    id: Generated<AgreementId>
    number: string
    kind: AgreementKind
    buyer_org: OrgId
    supplier_org: OrgId
    buyer_name: string
    supplier_name: string
    state: AgreementState
    title: string
    currency: Currency
    valid_from: string
    valid_until: string
    line_count: number
    last_revision: Generated<number>
    agreed_revision: number | null
    open_revision: number | null
    proposer: Generated<Side>
    last_line: Generated<number>
    last_release: Generated<number>
    ends_on: string | null
    ended_by: Side | null
    end_reason: string | null
    created_at: Date
    version: Generated<number>
  }
  'sourcing.agreement_revision': {
    agreement_id: AgreementId
    no: number
    buyer_org: OrgId
    supplier_org: OrgId
    side: Generated<Side>
    outcome: RevisionOutcome
    content: JSONColumnType<AgreementContent>
    hash: string
    note: string
    at: Date
    decided_at: Date | null
    reason: string | null
  }
  'sourcing.agreement_signature': {
    agreement_id: AgreementId
    revision_no: number
    buyer_org: OrgId
    supplier_org: OrgId
    side: Side
    hash: string
    person_id: string
    person: string
    at: Date
    term_limit_days: number | null
    term_limit_source: string | null
  }
  'sourcing.call_off': {
    id: Generated<CallOffId>
    agreement_id: AgreementId
    buyer_org: OrgId
    supplier_org: OrgId
    revision_no: number
    no: number | null
    lines: JSONColumnType<CallOffLine[]>
    order_id: OrderId
    note: string
    made_at: Date
    released_at: Date | null
  }
  'sourcing.award_agreement': { org_id: OrgId; request_id: RequestId; supplier_org: OrgId; agreement_id: AgreementId; made_at: Date }
  'sourcing.award_order': { org_id: OrgId; request_id: RequestId; supplier_org: OrgId; order_id: OrderId; made_at: Date }
}
export type SourcingDatabase = ModuleDatabase<SourcingTables>
export type SourcingSystem = SystemDatabase<SourcingTables>
export type SourcingTx = Tx<SourcingTables>
