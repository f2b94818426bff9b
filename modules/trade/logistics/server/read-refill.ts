import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { type Decimal, decimal, divide, least, multiply, writeDecimal, ZERO } from '#values/decimal.ts'
import type { logisticsApi } from '../contract.ts'
import { agreedView } from './read-shipments.ts'
import type { Rooms } from './rooms.ts'
import { atLeastZero, leftToShip } from './shipment-rules.ts'
import type { LogisticsTx } from './tables.ts'

type Asked = z.output<typeof logisticsApi.refill.query>

/** What is on its way already is not sent twice: what the buyer sees lacking stays so until he has received it. */
export const readRefill = (rooms: Rooms, ctx: Context, asked: Asked): Promise<z.output<typeof logisticsApi.refill.response>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const coming = await comingOf(tx, asked)
    const open = await rooms.orders.shippable(opaque(tx), { supplier: ctx.orgId, buyer: asked.buyerId, consigned: asked.materialId })
    const name = (await rooms.organisations.labels(opaque(tx), [asked.buyerId])).get(asked.buyerId)
    const buyer = { orgId: asked.buyerId, name: name?.name ?? '', nameEn: name?.nameEn ?? null }
    let lacking = atLeastZero(decimal(asked.quantity) - coming)
    const lines = open.flatMap((line) => {
      const quantity = least(leftToShip(line), divide(lacking, line.unitFactor))
      if (quantity <= ZERO) return []
      lacking = atLeastZero(lacking - multiply(quantity, line.unitFactor))
      return [{ ...agreedView(line), buyer, quantity: writeDecimal(quantity) }]
    })
    return { coming: writeDecimal(coming), missing: writeDecimal(lacking), lines }
  })

/** In base units. */
async function comingOf(tx: LogisticsTx, { buyerId, materialId }: Asked): Promise<Decimal> {
  const { coming } = await tx.sql
    .selectFrom('logistics.line as l')
    .innerJoin('logistics.shipment as s', 's.id', 'l.shipment_id')
    .select(sql<string>`coalesce(sum((l.quantity - l.accepted - l.rejected) * l.unit_factor), 0)::numeric(18, 6)`.as('coming'))
    .where('l.supplier_org', '=', tx.orgId)
    .where('l.buyer_org', '=', buyerId)
    .where('l.material_id', '=', materialId)
    .where('l.consigned', '=', sql.lit(true))
    .where('s.supplier_org', '=', tx.orgId)
    .where('s.state', 'in', ['issued', 'inTransit', 'arrived', 'receiving'])
    .where(sql<boolean>`l.quantity > l.accepted + l.rejected`)
    .executeTakeFirstOrThrow()
  return decimal(coming)
}
