import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { NewPrice, NewSource } from '#modules/trade/materials/public.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import {
  type Awarded,
  type BidLine,
  type RequestDetail,
  type RequestId,
  requestEvents,
  type sourcingApi,
  sourcingEvents,
} from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { awardProblem, splitQuantity } from './request-rules.ts'
import { bidsOf, changeRequest, type InvitationRow, invitationsOf, lockRequest, type RequestRow, tell, tellOwn } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTables, SourcingTx } from './tables.ts'
import { toDetail } from './views.ts'

type Award = z.output<typeof sourcingApi.award.body>
type AwardRow = SourcingTables['sourcing.award']

interface Given {
  row: SourcingTables['sourcing.award']
  bid: BidLine
}

/** With the award its prices and approved sources stand in the catalogue, or nothing does. Errors: also those of materials. */
export const awardRequest = (rooms: Rooms, ctx: Context, id: RequestId, award: Award): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version: award.version, action: 'award' })
    const invitations = await invitationsOf(tx, id)
    const given = await givenBy(tx, row, invitations, award)
    const rows = given.map((one) => one.row)
    await tx.sql.insertInto('sourcing.award').values(rows).execute()
    const { sources, prices } = await cataloguePart(rooms, tx, ctx, row, given)
    await rooms.materials.addSources(opaque(tx), ctx, sources)
    await rooms.materials.addPrices(opaque(tx), ctx, prices)
    for (const one of invitations) await tellResult(tx, one, rows)
    await tell(tx, ctx, sourcingEvents.decided, invitations, (one) => ({
      won: rows.some((award) => award.supplier_org === one.supplier_org),
    }))
    await tellOwn(tx, ctx, requestEvents.awarded, row)
    return toDetail(rooms, tx, ctx, await changeRequest(tx, id, { state: 'awarded', reason: award.reason || null, ended_at: ctx.now }))
  })

/** Errors: sourcing.notQuoted, sharesWrong, reasonNeeded. */
async function givenBy(tx: SourcingTx, row: RequestRow, invitations: readonly InvitationRow[], award: Award): Promise<Given[]> {
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
      const given: Given['row'] = {
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
      return { row: given, bid: offered }
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

/** What is there already is left as it is; of a material on several lines the first one's price is listed. */
async function cataloguePart({ materials }: Rooms, tx: SourcingTx, ctx: Context, row: RequestRow, given: readonly Given[]) {
  const today = chinaDay(ctx.now)
  const lineOf = new Map(row.lines.map((line) => [line.no, line]))
  const awards = given.flatMap(({ row: award, bid }) => {
    const line = lineOf.get(award.line_no)
    return line ? [{ award, bid, ...line, quantity: decimal(line.quantity) }] : []
  })
  const factors = await materials.unitFactors(opaque(tx), awards)
  const factorOf = new Map(awards.map((one, i) => [one, factors[i]]))
  const sources: NewSource[] = []
  const prices: NewPrice[] = []
  for (const [supplier, own] of Map.groupBy(awards, (one) => one.award.supplier_org)) {
    const materialIds = own.map((one) => one.materialId)
    const there = await materials.sourcesOf(opaque(tx), supplier, materialIds, today)
    const known = await materials.pricesFor(opaque(tx), supplier, today, row.currency, own)
    const listed = new Set<string>()
    for (const [i, one] of own.entries()) {
      const { materialId, unit, award, bid } = one
      if (!there.has(materialId) && materialIds.indexOf(materialId) === i) {
        const factor = factorOf.get(one)
        const minimum = bid.minimum === null || factor === undefined ? null : (decimal(bid.minimum) * factor) / 1_000_000n
        sources.push({ materialId, supplier, leadTimeDays: bid.leadTimeDays, minimum, validFrom: today })
      }
      const [netPrice, taxRate, place] = [decimal(award.net_price), decimal(award.tax_rate), `${materialId} ${unit}`]
      if (listed.has(place)) continue
      listed.add(place)
      if (known[i]?.netPrice === netPrice && known[i].taxRate === taxRate) continue
      const validUntil = bid.validUntil !== null && bid.validUntil >= today ? bid.validUntil : null
      prices.push({ materialId, supplier, currency: row.currency, unit, netPrice, taxRate, validFrom: today, validUntil })
    }
  }
  return { sources, prices }
}
