import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { type Currency, writeMoney } from '#values/money.ts'
import { diffContents } from '../content-diff.ts'
import type { Delivery, Order, OrderHead, Preparation, Revision } from '../contract.ts'
import { contentAmounts } from '../order-content.ts'
import { type Action, actionsOf } from '../order-states.ts'
import type { DraftRow } from './buyer-store.ts'
import { leftToShip, punctuality } from './delivery-rules.ts'
import { sideOf } from './open-order.ts'
import type { OrderRow, RevisionRow, SignatureRow } from './order-store.ts'
import type { ScheduleRow } from './projection-store.ts'

export const instant = (at: Date | null): string | null => at?.toISOString() ?? null

export function headView(row: OrderRow, reader: OrgId, now: Date): OrderHead {
  return {
    id: row.id,
    number: row.number,
    side: sideOf(row, reader),
    buyer: { orgId: row.buyer_org, name: row.buyer_name, nameEn: row.buyer_name_en },
    supplier: { orgId: row.supplier_org, name: row.supplier_name, nameEn: row.supplier_name_en },
    state: row.state,
    turn: row.turn,
    respondBy: instant(row.respond_by),
    unanswered: row.respond_by !== null && row.respond_by < now,
    ...moneyOf(row.currency, BigInt(row.net_amount), BigInt(row.tax_amount)),
    lines: row.line_count,
    nextDay: row.next_day,
    late: row.state === 'agreed' && row.next_day !== null && row.next_day < chinaDay(now),
    urgent: row.urgent,
    consigned: row.consigned,
    createdAt: row.created_at.toISOString(),
    version: row.version,
  }
}

const moneyOf = (currency: Currency, net: bigint, tax: bigint) => ({
  net: writeMoney(currency, net),
  gross: writeMoney(currency, net + tax),
})

export function revisionView(row: RevisionRow, signatures: readonly SignatureRow[]): Revision {
  const { net, tax } = contentAmounts(row.content)
  return {
    no: row.no,
    side: row.side,
    kind: row.kind,
    outcome: row.outcome,
    person: row.person,
    at: row.at.toISOString(),
    decidedAt: instant(row.decided_at),
    note: row.note,
    hash: row.hash,
    ...moneyOf(row.content.terms.currency, net, tax),
    signatures: signatures
      .filter((signature) => signature.revision_no === row.no)
      .map(({ side, person, at, hash, method, seal, term_limit_days: days, term_limit_source: source }) => ({
        side,
        person,
        at: at.toISOString(),
        hash,
        method,
        seal,
        termLimit: days === null || source === null ? null : { days, source },
      })),
  }
}

type DeliveryRow = Omit<ScheduleRow, 'last_accepted_on' | 'order_id' | 'buyer_org' | 'supplier_org' | 'line_id'>

const shortest = (numeric: string) => writeDecimal(decimal(numeric))
const orNull = (numeric: string | null) => (numeric === null ? null : shortest(numeric))

export function deliveryView(row: DeliveryRow, now: Date): Delivery {
  const [shipped, accepted, rejected] = [decimal(row.shipped), decimal(row.accepted), decimal(row.rejected)]
  const agreed = decimal(row.agreed_quantity ?? '0')
  const dueNow = row.state === 'agreed' || row.state === 'whole'
  return {
    id: row.id,
    lineNo: row.line_no,
    scheduleNo: row.schedule_no,
    state: row.state,
    requestedQuantity: orNull(row.requested_quantity),
    requestedDay: row.requested_day,
    // What both have signed is confirmed, also where nobody wrote a word beside the request.
    confirmedQuantity: orNull(row.confirmed_quantity ?? row.agreed_quantity),
    confirmedDay: row.confirmed_day ?? row.agreed_day,
    reason: row.confirmed_reason ?? '',
    shipped: writeDecimal(shipped),
    accepted: writeDecimal(accepted),
    rejected: writeDecimal(rejected),
    left: dueNow ? writeDecimal(leftToShip({ agreed, shipped, rejected })) : '0',
    wholeOn: row.whole_on,
    punctuality: dueNow && row.agreed_day ? punctuality(row.agreed_day, row.grace_days, row.whole_on, chinaDay(now)) : null,
  }
}

export interface OrderParts {
  order: OrderRow
  revisions: readonly RevisionRow[]
  signatures: readonly SignatureRow[]
  schedule: readonly ScheduleRow[]
  annex: Order['annex']
  /** The buyer's alone. */
  draft: DraftRow | undefined
}

export function orderView({ order, revisions, signatures, schedule, annex, draft }: OrderParts, ctx: Context): Omit<Order, 'termLimit'> {
  const { orgId, now } = ctx
  const side = sideOf(order, orgId)
  const byNo = new Map(revisions.map((revision) => [revision.no, revision.content]))
  const stands = order.agreed_revision ?? order.last_revision
  const content = byNo.get(stands) ?? draft?.content
  if (!content) throw new Error(`orders: nothing says what ${order.id} is about`)
  const open = order.open_revision === null ? undefined : byNo.get(order.open_revision)
  const before = order.agreed_revision === null ? byNo.get(order.last_revision - 1) : content
  return {
    ...headView(order, orgId, now),
    agreedRevision: order.agreed_revision,
    openRevision: order.open_revision,
    content,
    openContent: order.agreed_revision === null ? null : (open ?? null),
    openChanges: open && before ? diffContents(before, open) : [],
    deliveries: schedule.filter((row) => row.state !== 'dropped').map((row) => deliveryView(row, now)),
    revisions: revisions.map((revision) => revisionView(revision, signatures)),
    actions: allowed(actionsOf(order, side), ctx, draft),
    responseHours: order.response_hours,
    endReason: order.end_reason,
    steps: {
      createdAt: (side === 'buyer' ? order.created_at : (order.proposed_at ?? order.created_at)).toISOString(),
      proposedAt: instant(order.proposed_at),
      agreedAt: instant(order.agreed_at),
      firstShippedAt: instant(order.first_shipped_at),
      endedAt: instant(order.ended_at),
    },
    annex,
    preparation: side === 'buyer' && draft ? preparationView(draft) : null,
  }
}

const preparationView = (draft: DraftRow): z.input<typeof Preparation> => ({
  preparedBy: draft.prepared_by,
  submittedBy: draft.submitted_by,
  submittedAt: instant(draft.submitted_at),
  sentBackNote: draft.sent_back_note,
  approvedBy: draft.approved_by,
  approvedAt: instant(draft.approved_at),
})

/** Of what the state allows, what this person may do; two are the platform's own choice between two ends of one button. */
function allowed(actions: readonly Action[], { scopes, actor }: Context, draft: DraftRow | undefined): Action[] {
  return actions.filter((action) => {
    if (action === 'askApproval' || action === 'acceptCancellation') return false
    if (action === 'approve') return scopes.permissions.has('orders.approve') && !draft?.hands.includes(actor.id)
    return scopes.permissions.has(action === 'sendBack' ? 'orders.approve' : 'orders.manage')
  })
}
