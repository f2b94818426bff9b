import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import type { ConsignedUse, Consignment, consignedApi } from '../consigned-contract.ts'
import { type ConsignmentId, type ConsignmentUsed, inventoryEvents, type StockDocumentId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
import { drawLayers } from './consigned-layers.ts'
import { levelOf, refillOf } from './consigned-rules.ts'
import {
  addConsigned,
  type ConsignmentRow,
  findConsignment,
  listConsigned,
  lockConsignment,
  type Side,
  writeBounds,
} from './consigned-store.ts'
import { lockItems } from './item-store.ts'
import { systemLocation } from './location-store.ts'
import { postMoves } from './post-moves.ts'
import type { Rooms } from './rooms.ts'
import type { InventoryTx } from './tables.ts'
import { holdSetting } from './valuation-store.ts'

const read = (text: string | null): Decimal | null => (text === null ? null : decimal(text))
const write = (value: Decimal | null): string | null => (value === null ? null : writeDecimal(value))

function view(row: ConsignmentRow, side: Side, names: ReadonlyMap<OrgId, { name: string }>): Consignment {
  const partner = side === 'buyer' ? row.supplier_org : row.buyer_org
  const kept = { quantity: decimal(row.quantity), min: read(row.min_quantity), max: read(row.max_quantity) }
  return {
    id: row.id,
    partner: { id: partner, name: names.get(partner)?.name ?? '' },
    materialId: row.material_id,
    code: row.code,
    name: row.name,
    specification: row.specification,
    unit: row.unit,
    quantity: writeDecimal(kept.quantity),
    min: write(kept.min),
    max: write(kept.max),
    level: levelOf(kept),
    refill: write(refillOf(kept)),
    version: row.version,
  }
}

const one = async ({ organisations }: Rooms, tx: InventoryTx, row: ConsignmentRow): Promise<Consignment> =>
  view(row, 'buyer', await organisations.labels(opaque(tx), [row.supplier_org]))

export const readConsigned = (rooms: Rooms, ctx: Context, list: z.output<typeof consignedApi.consigned.query>) =>
  rooms.db.inTenant(ctx, async (tx) => {
    const page = await listConsigned(tx, list)
    const partners = page.items.map((row) => (list.side === 'buyer' ? row.supplier_org : row.buyer_org))
    const names = await rooms.organisations.labels(opaque(tx), [...new Set(partners)])
    return { ...page, items: page.items.map((row) => view(row, list.side, names)) }
  })

interface Bounds {
  min: string | null
  max: string | null
}

function refuseCrossed({ min, max }: Bounds): void {
  if (min !== null && max !== null && decimal(min) > decimal(max)) throw inventoryErrors.boundsCrossed()
}

export const agreeConsigned = (
  rooms: Rooms,
  ctx: Context,
  { supplierId, materialId, ...bounds }: { supplierId: OrgId; materialId: MaterialId } & Bounds,
): Promise<Consignment> =>
  rooms.db.inTenant(ctx, async (tx) => {
    refuseCrossed(bounds)
    const relation = await rooms.organisations.relationWith(opaque(tx), supplierId, chinaDay(ctx.now))
    if (relation?.side !== 'buyer') throw inventoryErrors.noSupplier({ id: supplierId })
    const facts = (await rooms.materials.facts(opaque(tx), [materialId])).get(materialId)
    if (!facts) throw inventoryErrors.materialNotFound({ id: materialId })
    const before = await findConsignment(tx, supplierId, materialId)
    if (before && (before.min_quantity !== null || before.max_quantity !== null))
      throw inventoryErrors.consignedAlready({ material: facts.code })
    await addConsigned(tx, [{ supplier: supplierId, facts, change: 0n }])
    const row = await findConsignment(tx, supplierId, materialId)
    if (!row) throw new Error('A consignment was written and is not there.')
    return one(rooms, tx, await writeBounds(tx, row.id, bounds))
  })

export const changeConsigned = (rooms: Rooms, ctx: Context, id: ConsignmentId, { version, ...bounds }: { version: number } & Bounds) =>
  rooms.db.inTenant(ctx, async (tx) => {
    refuseCrossed(bounds)
    const row = await lockConsignment(tx, id)
    if (!row) throw inventoryErrors.consignmentNotFound({ id })
    if (row.version !== version) throw inventoryErrors.changedMeanwhile({ id, version: row.version })
    return one(rooms, tx, await writeBounds(tx, id, bounds))
  })

type Part = NonNullable<ConsignmentUsed['parts']>[number]

/** What came by an order at its price, the rest at the price list's. Under the item's lock. */
async function pricedParts(rooms: Rooms, tx: InventoryTx, row: ConsignmentRow, use: ConsignedUse, currency: Currency): Promise<Part[]> {
  const facts = await rooms.materials.facts(opaque(tx), [row.material_id])
  await lockItems(tx, [...facts.values()])
  const held = await findConsignment(tx, row.supplier_org, row.material_id)
  const wanted = { materialId: row.material_id, unit: row.unit, quantity: decimal(use.quantity) }
  const used = await drawLayers(tx, {
    supplier: row.supplier_org,
    materialId: row.material_id,
    lot: use.lot || null,
    quantity: wanted.quantity,
    onHand: decimal(held?.quantity ?? '0'),
  })
  const listed = used.some((part) => part.layer === null)
  const [price] = listed ? await rooms.materials.pricesFor(opaque(tx), row.supplier_org, use.day, currency, [wanted]) : []
  return used.map(({ layer, quantity }) => {
    const id = uuidv7()
    if (!layer)
      return {
        id,
        quantity: writeDecimal(quantity),
        price: price ? { currency, amount: writeDecimal(price.netPrice) } : null,
        taxRate: price ? writeDecimal(price.taxRate) : null,
        order: null,
      }
    const { order_id, order_number: number, payment_days: paymentDays } = layer
    return {
      id,
      quantity: writeDecimal(quantity),
      price: { currency: layer.currency, amount: writeDecimal(decimal(layer.net_price)) },
      taxRate: writeDecimal(decimal(layer.tax_rate)),
      order: { id: order_id, number, paymentDays },
    }
  })
}

/** Stock is valued in one currency; what was ordered in another is valued when the invoice comes. */
const costOf = (price: Part['price'], currency: Currency): Decimal | null => (price?.currency === currency ? decimal(price.amount) : null)

/**
 * Goods of the supplier become one's own at the price of the order they came by, else at the price in force, and go to production: his go back to where they came from, one's own come
 * from there. Self-billing hears of it.
 */
export const takeConsigned = (rooms: Rooms, ctx: Context, id: ConsignmentId, use: ConsignedUse): Promise<ConsignmentUsed> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const row = await tx.sql
      .selectFrom('inventory.consignment')
      .selectAll()
      .where('buyer_org', '=', tx.orgId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw inventoryErrors.consignmentNotFound({ id })
    const { currency } = await holdSetting(tx, 'share')
    const supplier = await systemLocation(tx, 'supplier')
    const production = await systemLocation(tx, 'production')
    const usageId = uuidv7() as StockDocumentId
    const parts = await pricedParts(rooms, tx, row, use, currency)
    const move = (i: number, line: 1 | 2 | 3, owner: OrgId, from: NewMove['from'], to: NewMove['to']): NewMove => ({
      materialId: row.material_id,
      quantity: decimal(parts[i]?.quantity ?? '0'),
      from,
      to,
      owner,
      lot: use.lot || null,
      serial: use.serial || null,
      expires: null,
      day: use.day,
      unitCost: line === 2 ? costOf(parts[i]?.price ?? null, currency) : null,
      reason: use.reason,
      // By the part that is accrued: an invoice at another price finds what came in by it.
      source: { entity: 'inventory.document', id: usageId, line: `${parts[i]?.id}.${line}` },
    })
    await postMoves(
      rooms,
      tx,
      ctx,
      parts.flatMap((_, i) => [
        move(i, 1, row.supplier_org, use.locationId, supplier),
        move(i, 2, tx.orgId, supplier, use.locationId),
        move(i, 3, tx.orgId, use.locationId, production),
      ]),
    )
    const number = await nextNumber(opaque(tx), 'SU', chinaDay(ctx.now))
    const document = { org_id: tx.orgId, id: usageId, kind: 'usage' as const, number, day: use.day, reason: use.reason }
    await tx.sql
      .insertInto('inventory.document')
      .values({ ...document, created_at: ctx.now, created_by: ctx.actor.name ?? '' })
      .execute()
    const used: ConsignmentUsed = {
      usageId,
      number,
      consignmentId: id,
      buyerId: tx.orgId,
      supplierId: row.supplier_org,
      materialId: row.material_id,
      code: row.code,
      name: row.name,
      unit: row.unit,
      quantity: use.quantity,
      lot: use.lot || null,
      serial: use.serial || null,
      day: use.day,
      price: parts[0]?.price ?? null,
      taxRate: parts[0]?.taxRate ?? null,
      parts,
    }
    await publish(tx, ctx, inventoryEvents.consignmentUsed, usageId, used)
    return used
  })

export const useConsigned = async (rooms: Rooms, ctx: Context, id: ConsignmentId, use: ConsignedUse) => {
  const { usageId, number } = await takeConsigned(rooms, ctx, id, use)
  return { id: usageId as StockDocumentId, number }
}
