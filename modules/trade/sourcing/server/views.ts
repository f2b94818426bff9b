import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, sumOf, writeDecimal } from '#values/decimal.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type Currency, lineAmount, writeMoney } from '#values/money.ts'
import type { Compared, Invitation, InvitationDetail, RequestDetail, RequestHead } from '../contract.ts'
import { agreementsOf, awardedLines, ordersOf } from './award-store.ts'
import { allowed, bestOf, deliveryDay, grossOf, phaseOf } from './request-rules.ts'
import { type BidRow, bidsOf, type InvitationRow, invitationsOf, ownBid, type RequestRow } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTx } from './tables.ts'

/** How far back a supplier's punctuality is counted. */
const YEAR_DAYS = 365

export const toHead = (row: RequestRow, now: Date): RequestHead => ({
  id: row.id,
  number: row.number,
  title: row.title,
  phase: phaseOf(row.state, row.deadline, now),
  currency: row.currency,
  deadline: row.deadline.toISOString(),
  lineCount: row.lines.length,
  supplierCount: row.supplier_ids.length,
  createdAt: row.created_at.toISOString(),
  version: row.version,
})

export async function toDetail(rooms: Rooms, tx: SourcingTx, ctx: Context, row: RequestRow): Promise<RequestDetail> {
  const head = toHead(row, ctx.now)
  const invitations = await invitationsOf(tx, row.id)
  // Asked whatever the phase: while they are sealed there is nothing to be had.
  const quoted = new Set(invitations.filter((one) => one.state === 'quoted').map((one) => one.supplier_org))
  const opened = (await bidsOf(tx, row.id)).filter((bid) => quoted.has(bid.supplier_org))
  const bids = new Map(opened.map((bid) => [bid.supplier_org, bid]))
  const labels = await rooms.organisations.labels(opaque(tx), row.supplier_ids)
  const today = chinaDay(ctx.now)
  const period = { from: shiftDate(today, -YEAR_DAYS), until: today }
  const punctual = await rooms.orders.punctuality(opaque(tx), ctx, row.supplier_ids, period)
  const awards = await awardedLines(tx, row)
  const made = await ordersOf(tx, row.id)
  const numbers = await rooms.orders.labels(
    opaque(tx),
    made.map((one) => one.order_id),
  )
  const bySupplier = new Map(invitations.map((one) => [one.supplier_org, one]))
  return {
    ...head,
    deliverTo: row.deliver_to,
    note: row.note,
    lines: row.lines,
    suppliers: row.supplier_ids.map((supplierId) => {
      const invitation = bySupplier.get(supplierId)
      const bid = bids.get(supplierId)
      return {
        supplierId,
        name: invitation?.supplier_name ?? labels.get(supplierId)?.name ?? '',
        invitationId: invitation?.id ?? null,
        state: invitation?.state ?? null,
        quotedAt: invitation?.quoted_at?.toISOString() ?? null,
        declineReason: invitation?.decline_reason ?? null,
        note: bid?.note ?? null,
        total: bid ? writeMoney(row.currency, sumOf(bid.lines.map((line) => amountOf(row, line.no, line.netPrice)))) : null,
        punctuality: punctual.get(supplierId) ?? null,
      }
    }),
    questions: (await questionsOf(tx, row)).map((one) => ({
      id: one.id,
      supplierName: bySupplier.get(one.supplier_org)?.supplier_name ?? '',
      question: one.question,
      askedAt: one.asked_at.toISOString(),
      answered: one.answered_at !== null,
      version: one.version,
    })),
    clarifications: invitations[0] ? await clarificationsOf(tx, invitations[0]) : [],
    comparison: bids.size === 0 ? [] : row.lines.map((line) => ({ no: line.no, bids: compare(row, line.no, bids) })),
    punctualityOf: period,
    awards: awards.map((one) => ({
      no: one.line_no,
      supplierId: one.supplier_org,
      share: writeDecimal(decimal(one.share)),
      quantity: writeDecimal(decimal(one.quantity)),
      netPrice: writeDecimal(decimal(one.net_price)),
      reason: one.reason,
      day: deliveryDay(one.line.day, one.leadTimeDays, chinaDay(ctx.now)),
    })),
    orders: made.map((one) => ({
      supplierId: one.supplier_org,
      orderId: one.order_id,
      number: numbers.get(one.order_id)?.number ?? '',
    })),
    agreements: (await agreementsOf(tx, row.id)).map((one) => ({
      supplierId: one.supplier_org,
      agreementId: one.agreement_id,
      number: one.number,
    })),
    reason: row.reason,
    actions: allowed[head.phase].buyer.filter(
      (action) => action !== 'order' || awards.some((award) => !made.some((one) => one.supplier_org === award.supplier_org)),
    ),
  }
}

const amountOf = (row: { lines: RequestRow['lines']; currency: Currency }, no: number, netPrice: string): bigint => {
  const quantity = row.lines.find((line) => line.no === no)?.quantity
  return quantity === undefined ? 0n : lineAmount(row.currency, decimal(netPrice), decimal(quantity))
}

function compare(row: RequestRow, no: number, bids: ReadonlyMap<RequestRow['supplier_ids'][number], BidRow>): Compared[] {
  const offers = [...bids].map(([supplierId, { lines }]) => ({ supplierId, lines }))
  const { lowest, soonest } = bestOf(no, offers)
  return offers.map(({ supplierId, lines }) => {
    const bid = lines.find((line) => line.no === no) ?? null
    if (!bid) return { supplierId, bid, grossPrice: null, amount: null, lowest: false, soonest: false }
    return {
      supplierId,
      bid,
      grossPrice: writeDecimal(grossOf(decimal(bid.netPrice), decimal(bid.taxRate))),
      amount: writeMoney(row.currency, amountOf(row, no, bid.netPrice)),
      lowest: decimal(bid.netPrice) === lowest,
      soonest: bid.leadTimeDays !== null && bid.leadTimeDays === soonest,
    }
  })
}

const questionsOf = (tx: SourcingTx, { id }: RequestRow) =>
  tx.sql.selectFrom('sourcing.question').selectAll().where('buyer_org', '=', tx.orgId).where('request_id', '=', id).orderBy('id').execute()

const clarificationsOf = async (tx: SourcingTx, { id }: InvitationRow) => {
  const rows = await tx.sql
    .selectFrom('sourcing.clarification')
    .selectAll()
    .where('invitation_id', '=', id)
    .where((eb) => eb.or([eb('buyer_org', '=', tx.orgId), eb('supplier_org', '=', tx.orgId)]))
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ question: row.question, answer: row.answer, answeredAt: row.answered_at.toISOString() }))
}

export const toInvitation = (row: InvitationRow, now: Date): Invitation => ({
  id: row.id,
  number: row.number,
  title: row.title,
  buyerId: row.buyer_org,
  buyerName: row.buyer_name,
  phase: phaseOf(row.request_state, row.deadline, now),
  state: row.state,
  currency: row.currency,
  deadline: row.deadline.toISOString(),
  lineCount: row.lines.length,
  quotedAt: row.quoted_at?.toISOString() ?? null,
  awardedLines: row.awarded?.length ?? null,
  version: row.version,
})

export async function toInvitationDetail(tx: SourcingTx, ctx: Context, row: InvitationRow): Promise<InvitationDetail> {
  const head = toInvitation(row, ctx.now)
  const bid = await ownBid(tx, row.id)
  const questions = await tx.sql
    .selectFrom('sourcing.question')
    .selectAll()
    .where('supplier_org', '=', tx.orgId)
    .where('invitation_id', '=', row.id)
    .orderBy('id')
    .execute()
  return {
    ...head,
    deliverTo: row.deliver_to,
    note: row.note,
    lines: row.lines,
    bid: bid ? { lines: bid.lines, note: bid.note, handedInAt: bid.handed_in_at.toISOString(), no: bid.no } : null,
    clarifications: await clarificationsOf(tx, row),
    questions: questions.map((one) => ({
      question: one.question,
      askedAt: one.asked_at.toISOString(),
      answered: one.answered_at !== null,
    })),
    awarded: row.awarded,
    declineReason: row.decline_reason,
    actions: [...allowed[head.phase].supplier],
  }
}
