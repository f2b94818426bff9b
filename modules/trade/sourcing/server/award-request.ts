import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { NewPrice, NewSource } from '#modules/trade/materials/public.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { type Awarded, type BidLine, type RequestDetail, type RequestId, type sourcingApi, sourcingEvents } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { awardProblem, splitQuantity } from './request-rules.ts'
import {
  bidsOf,
  changeRequest,
  type InvitationRow,
  invitationsOf,
  lockRequest,
  type RequestRow,
  readRequest,
  tell,
} from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTables, SourcingTx } from './tables.ts'
import { toDetail } from './views.ts'

type Award = z.output<typeof sourcingApi.award.body>
type AwardRow = SourcingTables['sourcing.award']

/**
 * The award is one transaction; prices and sources follow in the catalogue's own. Where these fail the award stands, the page says so, and
 * `applyAward` writes them once more.
 */
export async function awardRequest(rooms: Rooms, ctx: Context, id: RequestId, award: Award): Promise<RequestDetail> {
  await rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version: award.version, action: 'award' })
    const invitations = await invitationsOf(tx, id)
    const rows = await awardRows(tx, row, invitations, award)
    await tx.sql.insertInto('sourcing.award').values(rows).execute()
    for (const one of invitations) await tellResult(tx, one, rows)
    await tell(tx, ctx, sourcingEvents.decided, invitations, (one) => ({
      won: rows.some((given) => given.supplier_org === one.supplier_org),
    }))
    await changeRequest(tx, id, { state: 'awarded', reason: award.reason || null, ended_at: ctx.now })
  })
  return applyAward(rooms, ctx, id)
}

/** Errors: sourcing.notQuoted, sharesWrong, reasonNeeded. */
async function awardRows(tx: SourcingTx, row: RequestRow, invitations: readonly InvitationRow[], award: Award): Promise<AwardRow[]> {
  const quoted = new Set(invitations.filter((one) => one.state === 'quoted').map((one) => one.supplier_org))
  const bids = (await bidsOf(tx, row.id)).filter((bid) => quoted.has(bid.supplier_org))
  const offers = bids.map((bid) => ({ supplierId: bid.supplier_org, lines: bid.lines }))
  const problem = awardProblem(award.awards, offers, award.reason)
  if (problem) throw sourcingErrors[problem.kind]({ line: problem.no })
  return [...Map.groupBy(award.awards, (one) => one.no)].flatMap(([no, given]) => {
    const line = row.lines.find((one) => one.no === no)
    if (!line) throw sourcingErrors.notQuoted({ line: no })
    const parts = splitQuantity(
      decimal(line.quantity),
      given.map((one) => decimal(one.share)),
    )
    return given.map(({ supplierId, share, reason }, i) => {
      const bid = bids.find((one) => one.supplier_org === supplierId)
      const offered = bid?.lines.find((one) => one.no === no)
      if (!bid || !offered) throw sourcingErrors.notQuoted({ line: no })
      return {
        org_id: tx.orgId,
        request_id: row.id,
        line_no: no,
        supplier_org: supplierId,
        bid_id: bid.id,
        share,
        quantity: writeDecimal(parts[i] ?? 0n),
        net_price: offered.netPrice,
        tax_rate: offered.taxRate,
        reason: reason || null,
      }
    })
  })
}

/** His own lines, and nothing of whoever got the others. */
async function tellResult(tx: SourcingTx, invitation: InvitationRow, rows: readonly AwardRow[]): Promise<void> {
  const own: Awarded[] = rows
    .filter((one) => one.supplier_org === invitation.supplier_org)
    .map((one) => ({ no: one.line_no, share: one.share, quantity: one.quantity, netPrice: one.net_price }))
  await tx.sql
    .updateTable('sourcing.invitation')
    .set((eb) => ({ request_state: 'awarded', awarded: JSON.stringify(own), version: eb('version', '+', 1) }))
    .where('buyer_org', '=', tx.orgId)
    .where('id', '=', invitation.id)
    .execute()
}

/** Twice it changes nothing. Errors: sourcing.notFound, notAllowedNow; and those of materials. */
export async function applyAward(rooms: Rooms, ctx: Context, id: RequestId): Promise<RequestDetail> {
  const pending = await rooms.db.inTenant(ctx, async (tx) => {
    const row = await readRequest(tx, id)
    if (row.state !== 'awarded') throw sourcingErrors.notAllowedNow({ phase: row.state })
    if (row.applied_at !== null) return undefined
    const given = await tx.sql
      .selectFrom('sourcing.award as a')
      .innerJoin('sourcing.bid as b', 'b.id', 'a.bid_id')
      .select(['a.line_no', 'a.supplier_org', 'a.net_price', 'a.tax_rate', 'b.lines'])
      .where('a.org_id', '=', tx.orgId)
      .where('a.request_id', '=', id)
      .where('b.buyer_org', '=', tx.orgId)
      .orderBy('a.line_no')
      .orderBy('a.share', 'desc')
      .execute()
    return cataloguePart(rooms, tx, ctx, row, given)
  })
  if (pending) {
    if (pending.sources.length > 0) await rooms.materials.createSources(ctx, pending.sources)
    if (pending.prices.length > 0) await rooms.materials.createPrices(ctx, pending.prices)
  }
  return rooms.db.inTenant(ctx, async (tx) => {
    const row = await readRequest(tx, id)
    return toDetail(rooms, tx, ctx, row.applied_at === null ? await changeRequest(tx, id, { applied_at: ctx.now }) : row)
  })
}

interface Given {
  line_no: number
  supplier_org: AwardRow['supplier_org']
  net_price: string
  tax_rate: string
  lines: BidLine[]
}

/** What is there already is left as it is: a price of this award that was written before the process died is not written twice. */
async function cataloguePart(rooms: Rooms, tx: SourcingTx, ctx: Context, row: RequestRow, given: readonly Given[]) {
  const today = chinaDay(ctx.now)
  const sources: NewSource[] = []
  const prices: NewPrice[] = []
  for (const one of given) {
    const line = row.lines.find((asked) => asked.no === one.line_no)
    const bid = one.lines.find((offered) => offered.no === one.line_no)
    if (!line || !bid) continue
    const { materialId, unit, quantity } = line
    const supplier = one.supplier_org
    const there = await rooms.materials.sourcesOf(opaque(tx), supplier, [materialId], today)
    const [factor] = await rooms.materials.unitFactors(opaque(tx), [{ materialId, unit }])
    if (!there.has(materialId) && !sources.some((s) => s.supplier === supplier && s.materialId === materialId))
      sources.push({
        materialId,
        supplier,
        leadTimeDays: bid.leadTimeDays,
        minimum: bid.minimum === null || factor === undefined ? null : (decimal(bid.minimum) * factor) / 1_000_000n,
        validFrom: today,
      })
    const [known] = await rooms.materials.pricesFor(opaque(tx), supplier, today, row.currency, [
      { materialId, unit, quantity: decimal(quantity) },
    ])
    const [netPrice, taxRate] = [decimal(one.net_price), decimal(one.tax_rate)]
    if (known?.netPrice === netPrice && known.taxRate === taxRate) continue
    const validUntil = bid.validUntil !== null && bid.validUntil >= today ? bid.validUntil : null
    prices.push({ materialId, supplier, currency: row.currency, unit, netPrice, taxRate, validFrom: today, validUntil })
  }
  return { sources, prices }
}
