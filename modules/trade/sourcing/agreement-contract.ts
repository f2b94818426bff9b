import { z } from 'zod'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { OrderHead, OrderId, TermLimit } from '#modules/trade/orders/contract.ts'
import { ordersErrors } from '#modules/trade/orders/errors.ts'
import { DecimalText, NonNegativeText, PositiveText } from '#values/decimal.ts'
import { endpoint } from '#values/endpoint.ts'
import { event } from '#values/event.ts'
import { idOf, OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { AgreementAction, AgreementPhase, Side } from './agreement-states.ts'
import { Fraction, MAX_LINES, RequestId } from './contract.ts'
import { sourcingErrors } from './errors.ts'

export const AgreementId = idOf('PurchaseAgreement')
export type AgreementId = z.infer<typeof AgreementId>
export const CallOffId = idOf('CallOff')
export type CallOffId = z.infer<typeof CallOffId>

/** framework: prices and volumes for a time; scheduling: deliveries by call-offs with cumulative quantities (交货计划协议). */
export const AgreementKind = z.enum(['framework', 'scheduling'])
export type AgreementKind = z.infer<typeof AgreementKind>
export const RevisionOutcome = z.enum(['open', 'agreed', 'superseded', 'refused', 'withdrawn'])
export type RevisionOutcome = z.infer<typeof RevisionOutcome>

export const MAX_BREAKS = 20
export const MAX_SLOTS = 60
export const MAX_CALL_OFFS = 1_000
/** Unless somebody says otherwise. */
export const NOTICE_DAYS = 30
const Hash = z.string().regex(/^[0-9a-f]{64}$/, { message: 'hash' })
const words = (max: number) => z.string().trim().min(1).max(max)

const Terms = z.object({
  title: words(120),
  validFrom: CalendarDate,
  validUntil: CalendarDate,
  /** Days from a side's notice to the last day on which something is called off. */
  noticeDays: z.int().min(0).max(365),
  deliverTo: words(200),
  paymentTerms: z.string().trim().max(200),
  paymentDays: z.int().min(0).max(365).nullable(),
  /** How far call-offs may go above a target: 0.05 is 5 %. */
  overTarget: Fraction,
  note: z.string().trim().max(1_000),
})

const AgreedPart = z.object({
  materialId: MaterialId,
  unit: words(20),
  taxRate: Fraction,
  /** Net prices by the quantity of one call-off; the first holds from 0. */
  breaks: z
    .array(z.object({ from: NonNegativeText, netPrice: NonNegativeText }))
    .min(1)
    .max(MAX_BREAKS),
  /** Over the whole validity; null: as much as is needed. */
  targetQuantity: PositiveText.nullable(),
  /** Net, in the agreement's currency. */
  targetAmount: PositiveText.nullable(),
})

export const AgreementLine = AgreedPart.extend({ no: z.int().min(1), code: z.string(), name: z.string(), specification: z.string() })
export type AgreementLine = z.infer<typeof AgreementLine>

/** What a revision says and both sides sign. */
export const AgreementContent = Terms.extend({
  kind: AgreementKind,
  currency: Currency,
  /** Number of the request whose award it was drawn up from, for good. */
  reference: z.string().optional(),
  /** What is called off stays the supplier's at the buyer's until it is used; for good. */
  consigned: z.literal(true).optional(),
  lines: z.array(AgreementLine),
})
export type AgreementContent = z.infer<typeof AgreementContent>

/** `no` names a line that is there, null a new one; lines that are not named are dropped. */
export const ProposedContent = Terms.extend({
  lines: z
    .array(AgreedPart.extend({ no: z.int().min(1).nullable() }))
    .min(1)
    .max(MAX_LINES),
})
export type ProposedContent = z.infer<typeof ProposedContent>

export const ContentField = z.enum([...Terms.keyof().options, 'taxRate', 'breaks', 'targetQuantity', 'targetAmount', 'added', 'dropped'])
/** What a proposal says otherwise than what it answers; `line` null: a term. */
export const ContentChange = z.object({
  line: z.int().nullable(),
  /** Code and name of the line's material. */
  material: z.string(),
  field: ContentField,
  was: z.string().nullable(),
  becomes: z.string().nullable(),
})
export type ContentChange = z.infer<typeof ContentChange>

const CallOffLine = z.object({
  no: z.int().min(1),
  /** Line of the order that it became. */
  orderLine: z.int().min(1),
  netPrice: NonNegativeText,
  schedule: z.array(z.object({ day: CalendarDate, quantity: PositiveText })),
  quantity: DecimalText,
  /** All that was called off of the line, this call-off included. */
  cumulative: DecimalText,
})
export type CallOffLine = z.infer<typeof CallOffLine>

const CallOff = z.object({
  id: CallOffId,
  /** Null: not released yet, its order waits for an approval. */
  no: z.int().nullable(),
  note: z.string(),
  madeAt: Instant,
  releasedAt: Instant.nullable(),
  lines: z.array(
    CallOffLine.extend({
      /** As the revision calls it that it was called off by. */
      material: z.string(),
      unit: z.string(),
      /** What its order has come to since; null: nothing else. */
      now: z.object({ quantity: DecimalText, netPrice: NonNegativeText }).nullable(),
    }),
  ),
  orderId: OrderId,
  orderNumber: z.string(),
  orderState: OrderHead.shape.state,
})
export type CallOff = z.infer<typeof CallOff>

/** Of a line since the first day of the agreement, as the orders count it. */
const Cumulative = z.object({
  no: z.int(),
  calledOff: DecimalText,
  shipped: DecimalText,
  received: DecimalText,
  /** Called off and not received yet. */
  open: DecimalText,
  /** What may still be called off, the tolerance included; null: no target. */
  left: DecimalText.nullable(),
  amount: Money,
})
export type Cumulative = z.infer<typeof Cumulative>

export const AgreementHead = z.object({
  id: AgreementId,
  number: z.string(),
  kind: AgreementKind,
  side: Side,
  partner: z.object({ orgId: OrgId, name: z.string() }),
  title: z.string(),
  phase: AgreementPhase,
  /** Who must answer the open proposal. */
  turn: Side.nullable(),
  validFrom: CalendarDate,
  validUntil: CalendarDate,
  lineCount: z.int(),
  callOffs: z.int(),
  createdAt: Instant,
  version: z.int(),
})
export type AgreementHead = z.infer<typeof AgreementHead>

export const Agreement = AgreementHead.extend({
  buyerName: z.string(),
  supplierName: z.string(),
  /** In force, or else the newest proposal. */
  content: AgreementContent,
  /** Of the open proposal where another revision is in force. */
  openContent: AgreementContent.nullable(),
  /** Set where the term of payment that is open, or else in force, goes beyond it. */
  termLimit: TermLimit.nullable(),
  /** Of the open proposal against the one that it answers, or else what is in force. */
  openChanges: z.array(ContentChange),
  agreedRevision: z.int().nullable(),
  openRevision: z.int().nullable(),
  revisions: z.array(
    z.object({
      no: z.int(),
      /** Who proposed it. */
      side: Side,
      outcome: RevisionOutcome,
      note: z.string(),
      reason: z.string().nullable(),
      at: Instant,
      hash: Hash,
      signatures: z.array(
        z.object({
          side: Side,
          person: z.string(),
          at: Instant,
          /** What whoever signed was told: the term of payment goes beyond this. */
          termLimit: TermLimit.pick({ days: true, source: true }).nullable(),
        }),
      ),
    }),
  ),
  cumulative: z.array(Cumulative),
  releases: z.array(CallOff),
  endsOn: CalendarDate.nullable(),
  endedBy: Side.nullable(),
  endReason: z.string().nullable(),
  actions: z.array(AgreementAction),
})
export type Agreement = z.infer<typeof Agreement>

const none = z.object({})
const one = z.object({ id: AgreementId })
const version = z.int()
const changed = [sourcingErrors.agreementNotFound, sourcingErrors.changedMeanwhile, sourcingErrors.notAllowedNow] as const
const contentErrors = [sourcingErrors.materialUnknown, sourcingErrors.contentInvalid, sourcingErrors.termTooLong] as const

const step = (name: string, summary: string, permission: string) => ({
  method: 'POST' as const,
  path: `/sourcing/agreements/:id/${name}`,
  summary,
  permission,
  params: one,
  query: none,
  response: Agreement,
})

export const agreementApi = {
  list: endpoint({
    method: 'GET',
    path: '/sourcing/agreements',
    summary: 'Framework and scheduling agreements of one side.',
    permission: 'sourcing.read',
    params: none,
    query: listQuery(['-createdAt' as 'createdAt']).extend({ side: Side.default('buyer'), phase: AgreementPhase.optional() }),
    body: z.undefined(),
    response: pageOf(AgreementHead),
    errors: [],
  }),
  get: endpoint({
    method: 'GET',
    path: '/sourcing/agreements/:id',
    summary: 'One agreement: content, signatures, call-offs and the cumulative quantities of its lines.',
    permission: 'sourcing.read',
    params: one,
    query: none,
    body: z.undefined(),
    response: Agreement,
    errors: [sourcingErrors.agreementNotFound],
  }),
  create: endpoint({
    method: 'POST',
    path: '/sourcing/agreements',
    summary: 'Proposes an agreement to a supplier, signed by the buyer; in force when the supplier has signed the same.',
    permission: 'sourcing.manage',
    params: none,
    query: none,
    body: ProposedContent.extend({
      kind: AgreementKind,
      supplierId: OrgId,
      currency: Currency.default('CNY'),
      /** What is called off stays the supplier's at the buyer's until it is used; for good. */
      consigned: z.boolean().optional(),
      /** The request whose award to this supplier it is drawn up from. */
      requestId: RequestId.optional(),
    }),
    response: Agreement,
    status: 201,
    errors: [sourcingErrors.noSupplier, sourcingErrors.notFound, ...contentErrors],
  }),
  fromAward: endpoint({
    method: 'GET',
    path: '/sourcing/requests/:id/agreement',
    summary: 'What an agreement drawn up from the award to a supplier begins with; nothing is kept until it is proposed.',
    permission: 'sourcing.manage',
    params: z.object({ id: RequestId }),
    query: z.object({ supplierId: OrgId }),
    body: z.undefined(),
    response: z.object({ supplierId: OrgId, supplierName: z.string(), content: AgreementContent }),
    errors: [sourcingErrors.notFound],
  }),
  propose: endpoint({
    ...step(
      'propose',
      'Proposes another content or counters the open one, signed by who proposes; what is in force stays so until both have signed.',
      'sourcing.agree',
    ),
    body: z.object({ version, content: ProposedContent, note: z.string().trim().max(500).default('') }),
    errors: [...changed, ...contentErrors],
  }),
  sign: endpoint({
    ...step('sign', 'Signs the open revision of the other side as the caller has seen it.', 'sourcing.agree'),
    body: z.object({ version, revision: z.int(), hash: Hash }),
    errors: [...changed, sourcingErrors.termTooLong],
  }),
  refuse: endpoint({
    ...step('refuse', 'Refuses the open revision and says why.', 'sourcing.agree'),
    body: z.object({ version, reason: words(500) }),
    errors: changed,
  }),
  withdraw: endpoint({
    ...step('withdraw', 'Takes the own open revision back.', 'sourcing.agree'),
    body: z.object({ version }),
    errors: changed,
  }),
  terminate: endpoint({
    ...step('terminate', 'Ends it by either side, after the days of notice that both have signed.', 'sourcing.agree'),
    body: z.object({ version, reason: words(500) }),
    errors: changed,
  }),
  callOff: endpoint({
    ...step('call-offs', 'Calls quantities off by day; they become an order that is proposed to the supplier.', 'sourcing.manage'),
    body: z.object({
      version,
      note: z.string().trim().max(500).default(''),
      lines: z
        .array(
          z.object({
            no: z.int().min(1),
            schedule: z
              .array(z.object({ day: CalendarDate, quantity: PositiveText }))
              .min(1)
              .max(MAX_SLOTS),
          }),
        )
        .min(1)
        .max(MAX_LINES),
    }),
    errors: [
      ...changed,
      sourcingErrors.lineUnknown,
      sourcingErrors.aboveTarget,
      sourcingErrors.tooManyCallOffs,
      ordersErrors.mayNotOrder,
      ordersErrors.termTooLong,
      ordersErrors.noSupplier,
      ordersErrors.proposalInvalid,
      ordersErrors.priceNotAllowed,
    ],
  }),
}

/** `bySide`: who did it. */
const about = { agreementId: AgreementId, number: z.string(), buyerOrg: OrgId, supplierOrg: OrgId }
export const agreementEvents = {
  proposed: event('sourcing.agreementProposed', 1, z.object({ ...about, revision: z.int(), bySide: Side.optional() })),
  signed: event('sourcing.agreementSigned', 1, z.object({ ...about, revision: z.int(), bySide: Side.optional() })),
  refused: event('sourcing.agreementRefused', 1, z.object({ ...about, revision: z.int(), bySide: Side.optional() })),
  withdrawn: event('sourcing.agreementWithdrawn', 1, z.object({ ...about, revision: z.int(), bySide: Side.optional() })),
  terminated: event('sourcing.agreementTerminated', 1, z.object({ ...about, bySide: Side, endsOn: CalendarDate })),
  calledOff: event('sourcing.calledOff', 1, z.object({ ...about, no: z.int(), orderId: OrderId })),
}
