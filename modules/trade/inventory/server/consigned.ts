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
import type { ConsignedUse, Consignment, consignedApi } from '../consigned-contract.ts'
import { type ConsignmentId, type ConsignmentUsed, inventoryEvents, type StockDocumentId } from '../contract.ts'
import { inventoryErrors } from '../errors.ts'
import type { NewMove } from '../public.ts'
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

/**
 * Goods of the supplier become one's own at the price in force, and go to production: his go back to where they came from, one's own come
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
    const quantity = decimal(use.quantity)
    const wanted = { materialId: row.material_id, unit: row.unit, quantity }
    const [price] = await rooms.materials.pricesFor(opaque(tx), row.supplier_org, use.day, currency, [wanted])
    const supplier = await systemLocation(tx, 'supplier')
    const production = await systemLocation(tx, 'production')
    const usageId = uuidv7() as StockDocumentId
    const move = (line: string, owner: OrgId, from: NewMove['from'], to: NewMove['to']): NewMove => ({
      materialId: row.material_id,
      quantity,
      from,
      to,
      owner,
      lot: use.lot || null,
      serial: use.serial || null,
      expires: null,
      day: use.day,
      unitCost: line === '2' ? (price?.netPrice ?? null) : null,
      reason: use.reason,
      source: { entity: 'inventory.document', id: usageId, line },
    })
    await postMoves(rooms, tx, ctx, [
      move('1', row.supplier_org, use.locationId, supplier),
      move('2', tx.orgId, supplier, use.locationId),
      move('3', tx.orgId, use.locationId, production),
    ])
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
      day: use.day,
      price: price ? { currency, amount: writeDecimal(price.netPrice) } : null,
      taxRate: price ? writeDecimal(price.taxRate) : null,
    }
    await publish(tx, ctx, inventoryEvents.consignmentUsed, usageId, used)
    return used
  })

export const useConsigned = async (rooms: Rooms, ctx: Context, id: ConsignmentId, use: ConsignedUse) => {
  const { usageId, number } = await takeConsigned(rooms, ctx, id, use)
  return { id: usageId as StockDocumentId, number }
}
