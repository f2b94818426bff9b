import type { Context } from '#kernel/context.ts'
import { type Decimal, writeDecimal, ZERO } from '#values/decimal.ts'
import type { MaterialId, PriceId } from '../contract.ts'
import { materialsErrors } from '../errors.ts'
import type { NewPrice } from '../public.ts'
import { unitsByIds } from './material-store.ts'
import { grossOf } from './price-rules.ts'
import { endEarlier, insertPrices, type WrittenPrice } from './price-store.ts'
import type { MaterialsDatabase, MaterialsTx } from './tables.ts'
import { factorOf } from './unit-rules.ts'

export type GivenPrice = NewPrice & { grossPrice?: Decimal }

/** Errors: materials.notFound, unitUnknown, invalidPeriod, sourceNotFound, priceOverlaps. */
export const addPrices = (db: MaterialsDatabase, ctx: Context, prices: readonly GivenPrice[]): Promise<PriceId[]> =>
  db.inTenant(ctx, (tx) => writePrices(tx, ctx, prices)).catch(refuseOverlap)

export async function writePrices(tx: MaterialsTx, ctx: Context, prices: readonly GivenPrice[]): Promise<PriceId[]> {
  if (prices.length === 0) return []
  const units = await unitsByIds(
    tx,
    prices.map((price) => price.materialId),
  )
  const rows = prices.map((price) => rowOf(price, units))
  await endEarlier(tx, rows)
  const ids = await insertPrices(tx, rows, { at: ctx.now, name: ctx.actor.name ?? null })
  if (ids.length < rows.length) throw materialsErrors.sourceNotFound()
  return ids
}

function rowOf(price: GivenPrice, units: Awaited<ReturnType<typeof unitsByIds>>): WrittenPrice {
  const material = units.get(price.materialId as MaterialId)
  if (!material) throw materialsErrors.notFound({ id: price.materialId })
  if (factorOf(material, price.unit) === undefined) throw materialsErrors.unitUnknown({ unit: price.unit })
  if (price.validUntil != null && price.validUntil < price.validFrom) throw materialsErrors.invalidPeriod()
  return {
    supplier_org: price.supplier,
    material_id: price.materialId,
    currency: price.currency,
    unit: price.unit,
    from_quantity: writeDecimal(price.fromQuantity ?? ZERO),
    net_price: writeDecimal(price.netPrice),
    gross_price: writeDecimal(price.grossPrice ?? grossOf(price.netPrice, price.taxRate)),
    tax_rate: writeDecimal(price.taxRate),
    valid_from: price.validFrom,
    valid_until: price.validUntil ?? null,
  }
}

const EXCLUSION_VIOLATION = '23P01'

export function refuseOverlap(error: unknown): never {
  throw (error as { code?: string }).code === EXCLUSION_VIOLATION ? materialsErrors.priceOverlaps() : error
}
