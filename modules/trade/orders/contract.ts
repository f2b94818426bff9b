import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { DecimalText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { permissions } from '#values/permission.ts'
import { Change } from './content-diff.ts'
import { ordersErrors } from './errors.ts'
import { givenTerms, MAX_LINES, OrderContent, Reason, Terms } from './order-content.ts'
import { Action, OrderState, Side, Turn } from './order-states.ts'
import { NewLine, Proposal } from './proposal.ts'
import { Quote } from './quote.ts'

export const OrderId = idOf('Order')
export type OrderId = z.infer<typeof OrderId>
export const OrderLineId = idOf('OrderLine')
export type OrderLineId = z.infer<typeof OrderLineId>
export const ScheduleLineId = idOf('ScheduleLine')
export type ScheduleLineId = z.infer<typeof ScheduleLineId>

export const ordersPermissions = permissions('orders', {
  read: ['owner', 'systemAdmin', 'engineer', 'staff', 'buyer', 'sales', 'warehouse', 'accountant'],
  /** To make, propose, answer and close orders, of either side. */
  manage: ['owner', 'buyer', 'sales'],
  setPrices: ['owner', 'buyer', 'sales'],
  approve: ['owner', 'accountant'],
  settings: ['owner', 'systemAdmin'],
})

export const RevisionKind = z.enum(['order', 'counter', 'amendment', 'cancellation'])
export type RevisionKind = z.infer<typeof RevisionKind>
export const RevisionOutcome = z.enum(['open', 'agreed', 'superseded', 'rejected', 'withdrawn'])
export type RevisionOutcome = z.infer<typeof RevisionOutcome>
export const ScheduleState = z.enum(['proposed', 'agreed', 'whole', 'ended', 'dropped'])
export type ScheduleState = z.infer<typeof ScheduleState>
export const Punctuality = z.enum(['onTime', 'late', 'overdue', 'open'])

const Party = z.object({ orgId: OrgId, name: z.string(), nameEn: z.string().nullable() })
const Hash = z.string().regex(/^[0-9a-f]{64}$/, { message: 'hash' })
const Note = z.string().trim().max(1_000)
const none = z.object({})
const byId = z.object({ id: OrderId })

/** An order in a list. */
export const OrderHead = z.object({
  id: OrderId,
  number: z.string(),
  /** Which side the asking organisation is. */
  side: Side,
  buyer: Party,
  supplier: Party,
  state: OrderState,
  turn: Turn,
  respondBy: Instant.nullable(),
  /** The answer is overdue. */
  unanswered: z.boolean(),
  net: Money,
  gross: Money,
  lines: z.int(),
  /** The first day on which something is due; null before the agreement and when all is there. */
  nextDay: CalendarDate.nullable(),
  late: z.boolean(),
  urgent: z.boolean(),
  /** The goods stay the supplier's at the buyer's until they are used. */
  consigned: z.boolean(),
  createdAt: Instant,
  version: z.int(),
})
export type OrderHead = z.infer<typeof OrderHead>

/** How long the law lets this buyer have this supplier wait for payment, from the delivery. */
export const TermLimit = z.object({
  days: z.int(),
  name: z.string(),
  source: z.string(),
  /** More than that is not signed. */
  blocking: z.boolean(),
})
export type TermLimit = z.infer<typeof TermLimit>

export const Signature = z.object({
  side: Side,
  person: z.string(),
  at: Instant,
  hash: Hash,
  method: z.string(),
  seal: z.string().nullable(),
  /** What whoever signed was told: the term of payment goes beyond this. */
  termLimit: TermLimit.pick({ days: true, source: true }).nullable(),
})
export type Signature = z.infer<typeof Signature>

export const Revision = z.object({
  no: z.int(),
  side: Side,
  kind: RevisionKind,
  outcome: RevisionOutcome,
  person: z.string(),
  at: Instant,
  decidedAt: Instant.nullable(),
  note: z.string(),
  hash: Hash,
  net: Money,
  gross: Money,
  signatures: z.array(Signature),
})
export type Revision = z.infer<typeof Revision>

/** A schedule line with its counters, of the revision in force. */
export const Delivery = z.object({
  id: ScheduleLineId,
  lineNo: z.int(),
  scheduleNo: z.int(),
  state: ScheduleState,
  requestedQuantity: DecimalText.nullable(),
  requestedDay: CalendarDate.nullable(),
  confirmedQuantity: DecimalText.nullable(),
  confirmedDay: CalendarDate.nullable(),
  reason: z.string(),
  shipped: DecimalText,
  accepted: DecimalText,
  rejected: DecimalText,
  /** Still to be shipped. */
  left: DecimalText,
  wholeOn: CalendarDate.nullable(),
  /** Null before the agreement. */
  punctuality: Punctuality.nullable(),
})
export type Delivery = z.infer<typeof Delivery>

/** How an order got to its delivery: null, not yet. */
export const Steps = z.object({
  createdAt: Instant,
  proposedAt: Instant.nullable(),
  agreedAt: Instant.nullable(),
  firstShippedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})

export const Annex = z.object({ note: Note, costObject: z.string().trim().max(80), ownNumber: z.string().trim().max(80), version: z.int() })
export type Annex = z.infer<typeof Annex>

/** The buyer's way to a proposal; the supplier never sees it. */
export const Preparation = z.object({
  preparedBy: z.string(),
  submittedBy: z.string().nullable(),
  submittedAt: Instant.nullable(),
  sentBackNote: z.string().nullable(),
  approvedBy: z.string().nullable(),
  approvedAt: Instant.nullable(),
})

export const Order = OrderHead.extend({
  agreedRevision: z.int().nullable(),
  openRevision: z.int().nullable(),
  /** What is in force, or else open, or else the draft. */
  content: OrderContent,
  /** Of the open proposal where another revision is in force. */
  openContent: OrderContent.nullable(),
  /** What the open proposal changes against what stood before it. */
  openChanges: z.array(Change),
  deliveries: z.array(Delivery),
  revisions: z.array(Revision),
  /** Set where the term of payment that is open, or else stands, goes beyond it. */
  termLimit: TermLimit.nullable(),
  /** What the caller's side may do now. */
  actions: z.array(Action),
  responseHours: z.int(),
  endReason: z.string().nullable(),
  steps: Steps,
  annex: Annex,
  preparation: Preparation.nullable(),
})
export type Order = z.infer<typeof Order>

/** One schedule line in a list, of either side. */
export const OpenDelivery = Delivery.extend({
  orderId: OrderId,
  orderNumber: z.string(),
  side: Side,
  partner: Party,
  materialId: MaterialId,
  materialCode: z.string(),
  materialName: z.string(),
  supplierCode: z.string().nullable(),
  specification: z.string(),
  unit: z.string(),
  dueQuantity: DecimalText,
  dueDay: CalendarDate,
  currency: Currency,
  netPrice: DecimalText,
})
export type OpenDelivery = z.infer<typeof OpenDelivery>

export const DraftInput = z.object({
  supplierId: OrgId,
  terms: Terms.omit(givenTerms),
  responseHours: z.int().min(1).max(720).default(48),
  urgent: z.boolean().default(false),
  /** The goods stay the supplier's at the buyer's until they are used; for good. */
  consigned: z.boolean().default(false),
  note: Note.default(''),
  lines: z.array(NewLine).min(1).max(MAX_LINES),
})
export type DraftInput = z.output<typeof DraftInput>

/** What new orders of the organisation begin with, and from which gross amount on somebody else approves. */
export const Settings = z.object({
  terms: Terms.omit({ currency: true, ...givenTerms }).extend({ deliverTo: z.string().trim().max(200) }),
  responseHours: z.int().min(1).max(720),
  /** Null: no order needs an approval. */
  approvalLimit: Money.nullable(),
  /** 0 as long as nothing was set. */
  version: z.int(),
})
export type Settings = z.infer<typeof Settings>

const Step = z.object({ version: z.int(), note: Note.default('') })
const seen = [ordersErrors.notFound, ordersErrors.changedMeanwhile, ordersErrors.notAllowedNow]
const proposing = [
  ...seen,
  ordersErrors.termTooLong,
  ordersErrors.proposalInvalid,
  ordersErrors.nothingChanged,
  ordersErrors.approvalNeeded,
  ordersErrors.priceNotAllowed,
]
/** Whole contents of many lines. */
const PROPOSAL_BYTES = 2 * 1024 * 1024

const step = (name: string, summary: string) => ({
  method: 'POST' as const,
  path: `/orders/:id/${name}`,
  summary,
  permission: 'orders.manage',
  params: byId,
  query: none,
})

export const ordersApi = {
  list: endpoint({
    method: 'GET',
    path: '/orders',
    summary: 'Orders of one side: those the organisation has placed (`buyer`) or received (`supplier`), of all its customers in one list.',
    permission: 'orders.read',
    params: none,
    query: listQuery(['-createdAt', 'createdAt', 'respondBy', 'nextDay']).extend({
      side: Side.default('buyer'),
      state: OrderState.optional(),
      /** `me`: the own side must answer; `partner`: the other; `any`: somebody must. */
      waitsFor: z.enum(['me', 'partner', 'any']).optional(),
      partnerId: OrgId.optional(),
      /** Something agreed is past its day. */
      late: z.stringbool().optional(),
    }),
    body: z.undefined(),
    response: pageOf(OrderHead),
    errors: [],
  }),
  counts: endpoint({
    method: 'GET',
    path: '/orders/counts',
    summary: 'How many orders of a side wait for the own answer or approval, are being talked over, are agreed.',
    permission: 'orders.read',
    params: none,
    query: z.object({ side: Side }),
    body: z.undefined(),
    response: z.object({ mine: z.int(), talked: z.int(), agreed: z.int() }),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/orders/:id',
    summary: 'One order: content in force, open proposal, deliveries with their counters, revisions with signatures, own annex.',
    permission: 'orders.read',
    params: byId,
    query: none,
    body: z.undefined(),
    response: Order,
    errors: [ordersErrors.notFound],
  }),
  standing: endpoint({
    method: 'GET',
    path: '/orders/:id/standing',
    summary: 'How far an order has come: asked again and again by an open page, so that it renews itself.',
    permission: 'orders.read',
    passive: true,
    params: byId,
    query: none,
    body: z.undefined(),
    response: z.object({
      version: z.int(),
      /** Moves on with every request to expedite one of its deliveries and with every answer; 0: none was made. */
      expedites: z.int(),
    }),
    errors: [ordersErrors.notFound],
  }),
  revision: endpoint({
    method: 'GET',
    path: '/orders/:id/revisions/:no',
    summary: 'What a revision says, and what it changes against another (default: the one before).',
    permission: 'orders.read',
    params: byId.extend({ no: z.coerce.number().int().min(1) }),
    query: z.object({ against: z.coerce.number().int().min(1).optional() }),
    body: z.undefined(),
    response: z.object({ revision: Revision, content: OrderContent, against: z.int().nullable(), changes: z.array(Change) }),
    errors: [ordersErrors.notFound, ordersErrors.unknownRevision],
  }),
  quote: endpoint({
    method: 'POST',
    path: '/orders/quote',
    summary: 'Of some materials those that a supplier is an approved source of, with the price in force.',
    permission: 'orders.manage',
    params: none,
    query: none,
    body: z.object({ supplierId: OrgId, currency: Currency, materialIds: z.array(MaterialId).min(1).max(50) }),
    question: true,
    response: z.object({ items: z.array(Quote) }),
    errors: [],
  }),
  termLimit: endpoint({
    method: 'GET',
    path: '/orders/term-limit',
    summary: 'How long the law lets the own organisation have a supplier wait for payment; null: nothing is known to bind.',
    permission: 'orders.read',
    params: none,
    query: z.object({ supplierId: OrgId }),
    body: z.undefined(),
    response: z.object({ limit: TermLimit.nullable() }),
    errors: [],
  }),
  create: endpoint({
    method: 'POST',
    path: '/orders',
    summary: 'Makes a draft for a supplier; prices come from the price list unless given. Only the buyer sees it.',
    permission: 'orders.manage',
    params: none,
    query: none,
    body: DraftInput,
    bodyLimit: PROPOSAL_BYTES,
    response: Order,
    status: 201,
    errors: [ordersErrors.noSupplier, ordersErrors.proposalInvalid, ordersErrors.priceNotAllowed],
  }),
  edit: endpoint({
    method: 'PATCH',
    path: '/orders/:id',
    summary: 'Changes a draft: terms, and lines as a proposal does.',
    permission: 'orders.manage',
    params: byId,
    query: none,
    body: z.object({
      version: z.int(),
      proposal: Proposal,
      responseHours: z.int().min(1).max(720).optional(),
      urgent: z.boolean().optional(),
      note: Note.optional(),
    }),
    bodyLimit: PROPOSAL_BYTES,
    response: Order,
    errors: [...seen, ordersErrors.proposalInvalid, ordersErrors.priceNotAllowed],
  }),
  submit: endpoint({
    ...step('submit', 'Proposes a draft to the supplier, or asks for the approval that its amount needs.'),
    body: Step,
    response: Order,
    errors: [...seen, ordersErrors.proposalInvalid],
  }),
  approve: endpoint({
    ...step('approve', 'Approves a submitted draft, which is proposed by it. Nobody approves his own.'),
    permission: 'orders.approve',
    body: Step,
    response: Order,
    errors: [...seen, ordersErrors.ownApproval, ordersErrors.proposalInvalid],
  }),
  sendBack: endpoint({
    ...step('send-back', 'Gives a submitted draft back to who prepared it.'),
    permission: 'orders.approve',
    body: z.object({ version: z.int(), note: Note.min(1) }),
    response: Order,
    errors: seen,
  }),
  propose: endpoint({
    ...step('propose', 'A counter-proposal to the open one, or an amendment of what is agreed.'),
    body: Step.extend({ proposal: Proposal }),
    bodyLimit: PROPOSAL_BYTES,
    response: Order,
    errors: proposing,
  }),
  accept: endpoint({
    ...step('accept', 'Signs the open revision as it stands: with both signatures it is in force.'),
    body: z.object({ version: z.int(), revision: z.int(), hash: Hash }),
    response: Order,
    errors: [...seen, ordersErrors.belowShipped, ordersErrors.approvalNeeded, ordersErrors.termTooLong],
  }),
  reject: endpoint({
    ...step('reject', 'The supplier refuses the order; or either side refuses an amendment, and what is agreed stays.'),
    body: z.object({ version: z.int(), reason: Reason.min(1) }),
    response: Order,
    errors: seen,
  }),
  withdraw: endpoint({
    ...step('withdraw', 'The buyer takes back an order before the agreement; or a side its own open amendment.'),
    body: z.object({ version: z.int(), reason: Reason }),
    response: Order,
    errors: seen,
  }),
  cancel: endpoint({
    ...step('cancel', 'Proposes to cancel an agreed order; what was shipped stays. It takes both sides.'),
    body: z.object({ version: z.int(), reason: Reason.min(1) }),
    response: Order,
    errors: [...seen, ordersErrors.nothingChanged],
  }),
  close: endpoint({
    ...step('close', 'The buyer forgoes what has not been delivered.'),
    body: z.object({ version: z.int(), reason: Reason.min(1) }),
    response: Order,
    errors: [...seen, ordersErrors.stillOnTheWay],
  }),
  print: endpoint({
    method: 'GET',
    path: '/orders/:id/print',
    summary: 'The order as it is in force, or else as it is proposed, as a PDF on A4 or on three-part 241 mm paper.',
    permission: 'orders.read',
    params: byId,
    query: z.object({ paper: z.enum(['a4', 'continuous241']).default('a4') }),
    body: z.undefined(),
    response: z.unknown(),
    answer: 'pdf',
    errors: [ordersErrors.notFound],
  }),
  settings: endpoint({
    method: 'GET',
    path: '/orders/settings',
    summary: 'The organisation’s defaults for new orders and its approval limit.',
    permission: 'orders.read',
    params: none,
    query: none,
    body: z.undefined(),
    response: Settings,
    errors: [],
  }),
  setSettings: endpoint({
    method: 'PUT',
    path: '/orders/settings',
    summary: 'Sets defaults and approval limit; orders that are under way keep what they have.',
    permission: 'orders.settings',
    params: none,
    query: none,
    body: Settings,
    response: Settings,
    errors: [ordersErrors.changedMeanwhile],
  }),
  annotate: endpoint({
    method: 'PUT',
    path: '/orders/:id/annex',
    summary: 'The own private annex: note, cost object, own number. The other side never sees it.',
    permission: 'orders.manage',
    params: byId,
    query: none,
    body: Annex,
    response: Annex,
    errors: [ordersErrors.notFound, ordersErrors.changedMeanwhile],
  }),
}

const OrderNews = z.object({
  orderId: OrderId,
  number: z.string(),
  buyerOrg: OrgId,
  supplierOrg: OrgId,
  buyerName: z.string(),
  supplierName: z.string(),
})
/** `bySide`: who did it. */
const StepNews = OrderNews.extend({ bySide: Side, revision: z.int().nullable() })

export const ordersEvents = {
  /** Within the buyer's house. */
  awaitsApproval: event('orders.awaitsApproval', 1, OrderNews),
  proposed: event('orders.proposed', 1, StepNews.extend({ kind: RevisionKind, respondBy: Instant })),
  agreed: event('orders.agreed', 1, StepNews.extend({ kind: RevisionKind })),
  rejected: event('orders.rejected', 1, StepNews.extend({ kind: RevisionKind, reason: z.string() })),
  withdrawn: event('orders.withdrawn', 1, StepNews.extend({ kind: RevisionKind, reason: z.string() })),
  cancelled: event('orders.cancelled', 1, StepNews),
  closed: event('orders.closed', 1, StepNews.extend({ reason: z.string() })),
  completed: event('orders.completed', 1, OrderNews),
  reminded: event(
    'orders.reminded',
    1,
    OrderNews.extend({ bySide: Side, reason: z.enum(['dueSoon', 'overdue', 'unanswered', 'expedite']), note: z.string() }),
  ),
}
