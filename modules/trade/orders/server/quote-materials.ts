import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import type { Currency } from '#values/money.ts'
import type { Quote } from '../quote.ts'
import type { Rooms } from './rooms.ts'

interface Question {
  supplierId: OrgId
  currency: Currency
  materialIds: readonly MaterialId[]
}

/** Of the materials those that the supplier is an approved source of; the others are left out. */
export const quoteMaterials = ({ db, materials }: Rooms, ctx: Context, { supplierId, currency, materialIds }: Question) =>
  db.inTenant(ctx, async (tx) => {
    const day = chinaDay(ctx.now)
    const facts = await materials.facts(opaque(tx), materialIds)
    const sources = await materials.sourcesOf(opaque(tx), supplierId, materialIds, day)
    const known = [...facts.values()].filter((material) => sources.has(material.id) && !material.retired)
    const asked = known.map((material) => ({ materialId: material.id, unit: material.baseUnit, quantity: decimal('1') }))
    const prices = asked.length > 0 ? await materials.pricesFor(opaque(tx), supplierId, day, currency, asked) : []
    const items = known.map((material, i): Quote => {
      const [source, price] = [sources.get(material.id), prices[i]]
      return {
        materialId: material.id,
        unit: material.baseUnit,
        supplierCode: source?.supplierCode ?? null,
        leadTimeDays: source?.leadTimeDays ?? null,
        minimum: source?.minimum == null ? null : writeDecimal(source.minimum),
        price: price ? { netPrice: writeDecimal(price.netPrice), taxRate: writeDecimal(price.taxRate) } : null,
      }
    })
    return { items }
  })
