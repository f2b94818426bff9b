import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { materialsErrors } from '#modules/trade/materials/errors.ts'
import { OrderId } from '#modules/trade/orders/contract.ts'
import { ordersErrors } from '#modules/trade/orders/errors.ts'
import { DecimalText, NonNegativeText, PositiveText, readDecimal, ZERO } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { permissions } from '#values/permission.ts'
import { sourcingErrors } from './errors.ts'

export const RequestId = idOf('SourcingRequest')
export type RequestId = z.infer<typeof RequestId>
export const InvitationId = idOf('SourcingInvitation')
export type InvitationId = z.infer<typeof InvitationId>
export const QuestionId = idOf('SourcingQuestion')
export type QuestionId = z.infer<typeof QuestionId>

export const sourcingPermissions = permissions('sourcing', {
  read: ['owner', 'systemAdmin', 'engineer', 'buyer', 'sales', 'accountant'],
  /** The buyer's part: ask, answer, award. */
  manage: ['owner', 'buyer'],
  /** To sign, refuse and terminate agreements, of either side. */
  agree: ['owner', 'buyer', 'sales'],
  /** The supplier's part. */
  bid: ['owner', 'sales'],
})

export const MAX_LINES = 100
export const MAX_SUPPLIERS = 50
const words = (max: number) => z.string().trim().min(1).max(max)
const Note = z.string().trim().max(1_000).default('')
const ONE = 1_000_000n
export const Fraction = NonNegativeText.refine((text) => (readDecimal(text) ?? ZERO) <= ONE, { message: 'fraction' })

/** Between publishing and the deadline bids are sealed; after it they are open. */
export const RequestPhase = z.enum(['draft', 'bidding', 'opened', 'awarded', 'cancelled'])
export type RequestPhase = z.infer<typeof RequestPhase>
export const RequestAction = z.enum(['change', 'publish', 'extend', 'answer', 'cancel', 'award', 'order', 'bid', 'decline', 'ask'])
export type RequestAction = z.infer<typeof RequestAction>
export const InvitationState = z.enum(['invited', 'quoted', 'declined'])
export type InvitationState = z.infer<typeof InvitationState>
export const MouldOwner = z.enum(['none', 'buyer', 'supplier', 'shared'])
export type MouldOwner = z.infer<typeof MouldOwner>

export const RequestLine = z.object({
  no: z.int().min(1),
  materialId: MaterialId,
  code: z.string(),
  name: z.string(),
  specification: z.string(),
  unit: z.string(),
  quantity: PositiveText,
  day: CalendarDate.nullable(),
  note: z.string(),
})
export type RequestLine = z.infer<typeof RequestLine>

export const BidLine = z.object({
  no: z.int().min(1),
  netPrice: NonNegativeText,
  taxRate: Fraction,
  leadTimeDays: z.int().min(0).max(3_650).nullable(),
  minimum: PositiveText.nullable(),
  validUntil: CalendarDate.nullable(),
  /** Whose the mould or tool will be, and what it costs once. */
  mouldOwner: MouldOwner,
  mouldCost: NonNegativeText.nullable(),
  note: z.string().trim().max(300).default(''),
})
export type BidLine = z.infer<typeof BidLine>

const Awarded = z.object({ no: z.int(), share: z.string(), quantity: z.string(), netPrice: z.string() })
export type Awarded = z.infer<typeof Awarded>
const Clarification = z.object({ question: z.string(), answer: z.string(), answeredAt: Instant })

const RequestHead = z.object({
  id: RequestId,
  number: z.string(),
  title: z.string(),
  phase: RequestPhase,
  currency: Currency,
  deadline: Instant,
  lineCount: z.int(),
  supplierCount: z.int(),
  createdAt: Instant,
  version: z.int(),
})
export type RequestHead = z.infer<typeof RequestHead>

/** One supplier's bid for a line beside the others'. */
const Compared = z.object({
  supplierId: OrgId,
  bid: BidLine.nullable(),
  grossPrice: z.string().nullable(),
  amount: Money.nullable(),
  lowest: z.boolean(),
  soonest: z.boolean(),
})
export type Compared = z.infer<typeof Compared>

export const RequestDetail = RequestHead.extend({
  deliverTo: z.string(),
  note: z.string(),
  lines: z.array(RequestLine),
  suppliers: z.array(
    z.object({
      supplierId: OrgId,
      name: z.string(),
      /** Null in a draft. */
      invitationId: InvitationId.nullable(),
      state: InvitationState.nullable(),
      quotedAt: Instant.nullable(),
      declineReason: z.string().nullable(),
      /** Of the bid; known once it is open. */
      note: z.string().nullable(),
      total: Money.nullable(),
      /** How punctual he has been with this buyer, by the schedule lines due in the period; null: nothing delivered. */
      punctuality: z.object({ onTime: z.int(), due: z.int(), rate: DecimalText.nullable() }).nullable(),
    }),
  ),
  questions: z.array(
    z.object({ id: QuestionId, supplierName: z.string(), question: z.string(), askedAt: Instant, answered: z.boolean(), version: z.int() }),
  ),
  clarifications: z.array(Clarification),
  /** By line; empty while bids are sealed. */
  comparison: z.array(z.object({ no: z.int(), bids: z.array(Compared) })),
  /** Of which agreed days the punctuality tells. */
  punctualityOf: z.object({ from: CalendarDate, until: CalendarDate }),
  awards: z.array(
    Awarded.extend({
      supplierId: OrgId,
      reason: z.string().nullable(),
      /** Without one the order's maker must say it. */ day: CalendarDate.nullable(),
    }),
  ),
  /** What the awards became. */
  orders: z.array(z.object({ supplierId: OrgId, orderId: OrderId, number: z.string() })),
  agreements: z.array(z.object({ supplierId: OrgId, agreementId: z.string(), number: z.string() })),
  reason: z.string().nullable(),
  actions: z.array(RequestAction),
})
export type RequestDetail = z.infer<typeof RequestDetail>

export const Invitation = z.object({
  id: InvitationId,
  number: z.string(),
  title: z.string(),
  buyerId: OrgId,
  buyerName: z.string(),
  phase: RequestPhase,
  state: InvitationState,
  currency: Currency,
  deadline: Instant,
  lineCount: z.int(),
  quotedAt: Instant.nullable(),
  /** Lines that were awarded to this supplier; null before the award. */
  awardedLines: z.int().nullable(),
  version: z.int(),
})
export type Invitation = z.infer<typeof Invitation>

export const InvitationDetail = Invitation.extend({
  deliverTo: z.string(),
  note: z.string(),
  lines: z.array(RequestLine),
  bid: z.object({ lines: z.array(BidLine), note: z.string(), handedInAt: Instant, no: z.int() }).nullable(),
  clarifications: z.array(Clarification),
  questions: z.array(z.object({ question: z.string(), askedAt: Instant, answered: z.boolean() })),
  awarded: z.array(Awarded).nullable(),
  declineReason: z.string().nullable(),
  actions: z.array(RequestAction),
})
export type InvitationDetail = z.infer<typeof InvitationDetail>

const Draft = z.object({
  title: words(120),
  currency: Currency.default('CNY'),
  deadline: Instant,
  deliverTo: words(200),
  note: Note,
  lines: z
    .array(
      z.object({
        materialId: MaterialId,
        unit: words(20),
        quantity: PositiveText,
        day: CalendarDate.nullable().default(null),
        note: z.string().trim().max(300).default(''),
      }),
    )
    .min(1)
    .max(MAX_LINES),
  supplierIds: z.array(OrgId).min(1).max(MAX_SUPPLIERS),
})
export type Draft = z.output<typeof Draft>

const none = z.object({})
const one = z.object({ id: RequestId })
const oneInvitation = z.object({ id: InvitationId })
const version = z.int()
const changed = [sourcingErrors.notFound, sourcingErrors.changedMeanwhile, sourcingErrors.notAllowedNow] as const
const draftErrors = [sourcingErrors.noSupplier, sourcingErrors.materialUnknown] as const

const buyerApi = {
  list: endpoint({
    method: 'GET',
    path: '/sourcing/requests',
    summary: 'The organisation’s own requests for quotation.',
    permission: 'sourcing.read',
    params: none,
    query: listQuery(['-createdAt' as 'createdAt', 'deadline']).extend({ phase: RequestPhase.optional() }),
    body: z.undefined(),
    response: pageOf(RequestHead),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/sourcing/requests/:id',
    summary: 'One request with who was asked; after the deadline with the bids side by side.',
    permission: 'sourcing.read',
    params: one,
    query: none,
    body: z.undefined(),
    response: RequestDetail,
    errors: [sourcingErrors.notFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/sourcing/requests',
    summary: 'Makes a draft; nobody else sees it.',
    permission: 'sourcing.manage',
    params: none,
    query: none,
    body: Draft,
    response: RequestDetail,
    status: 201,
    errors: draftErrors,
  }),
  update: endpoint({
    method: 'PUT',
    path: '/sourcing/requests/:id',
    summary: 'Changes a draft.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    body: Draft.extend({ version }),
    response: RequestDetail,
    errors: [...changed, ...draftErrors],
  }),
  publish: endpoint({
    method: 'POST',
    path: '/sourcing/requests/:id/publish',
    summary: 'Sends it to the suppliers; from now on its lines stand and bids are sealed until the deadline.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    body: z.object({ version }),
    response: RequestDetail,
    errors: [...changed, ...draftErrors, sourcingErrors.deadlineTooEarly],
  }),
  extend: endpoint({
    method: 'POST',
    path: '/sourcing/requests/:id/extend',
    summary: 'Moves the deadline to a later time, before it has passed.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    body: z.object({ version, deadline: Instant }),
    response: RequestDetail,
    errors: [...changed, sourcingErrors.deadlineTooEarly],
  }),
  answer: endpoint({
    method: 'POST',
    path: '/sourcing/questions/:id/answer',
    summary: 'Answers a question to all who were invited, in the buyer’s words and without who asked.',
    permission: 'sourcing.manage',
    params: z.object({ id: QuestionId }),
    query: none,
    body: z.object({ version, question: words(1_000), answer: words(2_000) }),
    response: RequestDetail,
    errors: changed,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/sourcing/requests/:id/cancel',
    summary: 'Ends it without an award; whoever was invited is told.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    body: z.object({ version, reason: words(500) }),
    response: RequestDetail,
    errors: changed,
  }),
  award: endpoint({
    method: 'POST',
    path: '/sourcing/requests/:id/award',
    summary: 'Gives each line to one supplier or splits it by shares; prices and approved sources follow in the catalogue.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    body: z.object({
      version,
      reason: Note,
      awards: z
        .array(z.object({ no: z.int().min(1), supplierId: OrgId, share: Fraction, reason: z.string().trim().max(300).default('') }))
        .min(1)
        .max(MAX_LINES * 10),
    }),
    response: RequestDetail,
    errors: [
      ...changed,
      sourcingErrors.sealed,
      sourcingErrors.notQuoted,
      sourcingErrors.sharesWrong,
      sourcingErrors.reasonNeeded,
      materialsErrors.noRelation,
      materialsErrors.sourceNotFound,
      materialsErrors.priceOverlaps,
    ],
  }),
  order: endpoint({
    method: 'POST',
    path: '/sourcing/requests/:id/orders',
    summary: 'Makes a draft order for each awarded supplier that has none yet; twice it makes none twice.',
    permission: 'sourcing.manage',
    params: one,
    query: none,
    /** `day`: for lines without a day of their own and without a lead time. */
    body: z.object({ version, day: CalendarDate.nullable().default(null) }),
    response: RequestDetail,
    errors: [
      ...changed,
      sourcingErrors.dayNeeded,
      ordersErrors.mayNotOrder,
      ordersErrors.noSupplier,
      ordersErrors.proposalInvalid,
      ordersErrors.priceNotAllowed,
    ],
  }),
}

const supplierApi = {
  invitations: endpoint({
    method: 'GET',
    path: '/sourcing/invitations',
    summary: 'Requests that this organisation is asked to quote for.',
    permission: 'sourcing.read',
    params: none,
    query: listQuery(['-createdAt' as 'createdAt', 'deadline']).extend({ state: InvitationState.optional() }),
    body: z.undefined(),
    response: pageOf(Invitation),
    errors: [],
  }),
  invitation: endpoint({
    method: 'GET',
    path: '/sourcing/invitations/:id',
    summary: 'What is asked, the own bid, answers, and what was awarded to this organisation.',
    permission: 'sourcing.read',
    params: oneInvitation,
    query: none,
    body: z.undefined(),
    response: InvitationDetail,
    errors: [sourcingErrors.notFound],
  }),
  bid: endpoint({
    method: 'POST',
    path: '/sourcing/invitations/:id/bid',
    summary: 'Hands in a bid, sealed until the deadline; a later one takes its place.',
    permission: 'sourcing.bid',
    params: oneInvitation,
    query: none,
    body: z.object({ version, note: Note, lines: z.array(BidLine).min(1).max(MAX_LINES) }),
    response: InvitationDetail,
    errors: [...changed, sourcingErrors.deadlinePassed, sourcingErrors.lineUnknown],
  }),
  decline: endpoint({
    method: 'POST',
    path: '/sourcing/invitations/:id/decline',
    summary: 'Says that there will be no bid; until the deadline one may still be handed in.',
    permission: 'sourcing.bid',
    params: oneInvitation,
    query: none,
    body: z.object({ version, reason: words(300) }),
    response: InvitationDetail,
    errors: [...changed, sourcingErrors.deadlinePassed],
  }),
  ask: endpoint({
    method: 'POST',
    path: '/sourcing/invitations/:id/questions',
    summary: 'Asks the buyer; the answer goes to all who were invited, without who asked.',
    permission: 'sourcing.bid',
    params: oneInvitation,
    query: none,
    body: z.object({ question: words(1_000) }),
    response: InvitationDetail,
    errors: [sourcingErrors.notFound, sourcingErrors.notAllowedNow, sourcingErrors.deadlinePassed],
  }),
}

export const sourcingApi = { ...buyerApi, ...supplierApi }

const about = { requestId: RequestId, invitationId: InvitationId, buyerOrg: OrgId, supplierOrg: OrgId, number: z.string() }
export const sourcingEvents = {
  invited: event('sourcing.invited', 1, z.object(about)),
  extended: event('sourcing.extended', 1, z.object(about)),
  answered: event('sourcing.answered', 1, z.object(about)),
  cancelled: event('sourcing.cancelled', 1, z.object(about)),
  decided: event('sourcing.decided', 1, z.object({ ...about, won: z.boolean() })),
  /** Without a word of what it says. */
  quoted: event('sourcing.quoted', 1, z.object(about)),
  asked: event('sourcing.asked', 1, z.object(about)),
}

/** Of a request as a whole, for its owner's timeline: a supplier hears of his invitation alone. */
const aboutRequest = z.object({ requestId: RequestId, number: z.string() })
export const requestEvents = {
  published: event('sourcing.requestPublished', 1, aboutRequest),
  extended: event('sourcing.requestExtended', 1, aboutRequest),
  answered: event('sourcing.requestAnswered', 1, aboutRequest),
  cancelled: event('sourcing.requestCancelled', 1, aboutRequest),
  awarded: event('sourcing.requestAwarded', 1, aboutRequest),
  ordered: event('sourcing.requestOrdered', 1, aboutRequest),
}
