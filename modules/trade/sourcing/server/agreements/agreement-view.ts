import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { OrderProgress } from '#modules/trade/orders/public.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { writeMoney } from '#values/money.ts'
import type {
  Agreement,
  AgreementContent,
  AgreementHead,
  AgreementLine,
  CallOff,
  CallOffLine,
  ContentChange,
  Cumulative,
} from '../../agreement-contract.ts'
import { actionsOf, phaseOf } from '../../agreement-states.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import { diffAgreements } from './agreement-diff.ts'
import { type Counted, mostOf, sumOfLine } from './agreement-rules.ts'
import { type AgreementRow, type CallOffRow, callOffsOf, revisionsOf, sideOf, signaturesOf, standingOf, turnOf } from './agreement-store.ts'
import { countedOf, progressOf } from './cumulative.ts'
import { limitExceeded } from './limit-term.ts'

export function toAgreementHead(row: AgreementRow, ctx: Context): AgreementHead {
  const side = sideOf(row, ctx.orgId)
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    side,
    partner: side === 'buyer' ? { orgId: row.supplier_org, name: row.supplier_name } : { orgId: row.buyer_org, name: row.buyer_name },
    title: row.title,
    turn: turnOf(row),
    phase: phaseOf(standingOf(row), chinaDay(ctx.now)),
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    lineCount: row.line_count,
    callOffs: row.last_release,
    createdAt: row.created_at.toISOString(),
    version: row.version,
  }
}

export async function toAgreement(rooms: Rooms, tx: SourcingTx, ctx: Context, row: AgreementRow): Promise<Agreement> {
  const [revisions, signatures] = [await revisionsOf(tx, row.id), await signaturesOf(tx, row.id)]
  const contentOf = (no: number | null) => revisions.find((one) => one.no === no)?.content
  const content = contentOf(row.agreed_revision) ?? revisions[0]?.content
  if (!content) throw new Error(`sourcing: nothing says what agreement ${row.id} is about`)
  const callOffs = await callOffsOf(tx, row.id)
  const progress = await progressOf(rooms, opaque(tx), callOffs)
  const head = toAgreementHead(row, ctx)
  return {
    ...head,
    buyerName: row.buyer_name,
    supplierName: row.supplier_name,
    content,
    termLimit: await limitExceeded(rooms, tx, row, contentOf(row.open_revision) ?? content, ctx.now),
    openContent: row.agreed_revision === null ? null : (contentOf(row.open_revision) ?? null),
    openChanges: openChangesOf(row, revisions),
    agreedRevision: row.agreed_revision,
    openRevision: row.open_revision,
    revisions: revisions.map((one) => ({
      no: one.no,
      side: one.side,
      outcome: one.outcome,
      note: one.note,
      reason: one.reason,
      at: one.at.toISOString(),
      hash: one.hash,
      signatures: signatures
        .filter((signature) => signature.revision_no === one.no)
        .map(({ side, person, at, term_limit_days: days, term_limit_source: source }) => ({
          side,
          person,
          at: at.toISOString(),
          termLimit: days === null || source === null ? null : { days, source },
        })),
    })),
    cumulative: cumulativeOf(content, countedOf(progress, callOffs)),
    releases: releasesOf(progress, callOffs, (no) => contentOf(no) ?? content),
    endsOn: row.ends_on,
    endedBy: row.ended_by,
    endReason: row.end_reason,
    actions: actionsOf(standingOf(row), head.side, chinaDay(ctx.now)),
  }
}

/** Against the proposal that it counters, or else what is in force, or else what came before. */
function openChangesOf(row: AgreementRow, revisions: Awaited<ReturnType<typeof revisionsOf>>): ContentChange[] {
  const find = (no: number | null) => revisions.find((one) => one.no === no)
  const [open, agreed] = [find(row.open_revision), find(row.agreed_revision)]
  const previous = open && find(open.no - 1)
  const countered = previous?.outcome === 'superseded' && previous.no > (agreed?.no ?? 0)
  const base = countered ? previous : (agreed ?? previous)
  return open && base ? diffAgreements(base.content, open.content) : []
}

const cumulativeOf = ({ lines, currency, overTarget }: AgreementContent, counted: readonly Counted[]): Cumulative[] =>
  lines.map((line) => {
    const { calledOff, shipped, received, amount } = sumOfLine(line.no, currency, counted)
    const most = mostOf(line, overTarget)
    return {
      no: line.no,
      calledOff: writeDecimal(calledOff),
      shipped: writeDecimal(shipped),
      received: writeDecimal(received),
      open: writeDecimal(received < calledOff ? calledOff - received : 0n),
      left: most === undefined ? null : writeDecimal(most > calledOff ? most - calledOff : 0n),
      amount: writeMoney(currency, amount),
    }
  })

function releasesOf(
  progress: Awaited<ReturnType<typeof progressOf>>,
  callOffs: readonly CallOffRow[],
  contentOf: (revision: number) => AgreementContent,
): CallOff[] {
  return callOffs.flatMap((one) => {
    const order = progress.get(one.order_id)
    if (!order) return []
    const named = new Map(contentOf(one.revision_no).lines.map((line) => [line.no, line]))
    return [
      {
        id: one.id,
        no: one.no,
        note: one.note,
        madeAt: one.made_at.toISOString(),
        releasedAt: one.released_at?.toISOString() ?? null,
        lines: one.lines.map((line) => ({ ...line, ...describedLine(line, named.get(line.no), order) })),
        orderId: one.order_id,
        orderNumber: order.number,
        orderState: order.state,
      },
    ]
  })
}

/** What it is called in the revision it was called off by, and what its order has come to since. */
function describedLine(line: CallOffLine, agreed: AgreementLine | undefined, order: OrderProgress) {
  const stands = order.lines.get(line.orderLine)
  const moved = stands && (stands.committed !== decimal(line.quantity) || decimal(stands.netPrice) !== decimal(line.netPrice))
  return {
    material: agreed ? `${agreed.code} ${agreed.name}` : '',
    unit: agreed?.unit ?? '',
    now: moved ? { quantity: writeDecimal(stands.committed), netPrice: stands.netPrice } : null,
  }
}
