import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { type RequestDetail, type RequestId, requestEvents, type sourcingApi } from '../contract.ts'
import { sourcingErrors } from '../errors.ts'
import { type AwardedLine, awardedLines, ordersOf } from './award-store.ts'
import { deliveryDay } from './request-rules.ts'
import { lockRequest, type RequestRow, tellOwn } from './request-store.ts'
import type { Rooms } from './rooms.ts'
import type { SourcingTx } from './tables.ts'
import { toDetail } from './views.ts'

/** Whoever has an order already gets no second one. Errors: sourcing.notFound, changedMeanwhile, notAllowedNow, dayNeeded; and those of orders. */
export const orderAward = (
  rooms: Rooms,
  ctx: Context,
  id: RequestId,
  { version, day }: z.output<typeof sourcingApi.order.body>,
): Promise<RequestDetail> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await lockRequest(tx, ctx, id, { version, action: 'order' })
    const there = new Set((await ordersOf(tx, id)).map((one) => one.supplier_org))
    for (const [supplier, lines] of Map.groupBy(await awardedLines(tx, row), (one) => one.supplier_org)) {
      if (there.has(supplier)) continue
      const orderId = await orderOf(rooms, tx, ctx, row, { supplier, lines, day })
      await tx.sql
        .insertInto('sourcing.award_order')
        .values({ org_id: tx.orgId, request_id: id, supplier_org: supplier, order_id: orderId, made_at: ctx.now })
        .execute()
    }
    await tellOwn(tx, ctx, requestEvents.ordered, row)
    return toDetail(rooms, tx, ctx, row)
  })

interface Wanted {
  supplier: OrgId
  lines: readonly AwardedLine[]
  day: string | null
}

async function orderOf({ orders }: Rooms, tx: SourcingTx, ctx: Context, row: RequestRow, { supplier, lines, day }: Wanted) {
  const { terms, responseHours } = await orders.defaults(opaque(tx))
  const draft = {
    supplierId: supplier,
    terms: { ...terms, currency: row.currency, deliverTo: row.deliver_to },
    responseHours,
    lines: lines.map((one) => {
      const due = deliveryDay(one.line.day, one.leadTimeDays, chinaDay(ctx.now)) ?? day
      if (due === null) throw sourcingErrors.dayNeeded({ line: one.line.no })
      return {
        materialId: one.line.materialId,
        unit: one.line.unit,
        netPrice: writeDecimal(decimal(one.net_price)),
        taxRate: writeDecimal(decimal(one.tax_rate)),
        schedule: [{ quantity: writeDecimal(decimal(one.quantity)), day: due }],
      }
    }),
  }
  return orders.makeDraft(opaque(tx), ctx, draft, row.number)
}
