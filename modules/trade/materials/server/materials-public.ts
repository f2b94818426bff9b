import { narrow } from '#kernel/postgres.ts'
import { uploadOfBytes } from '#kernel/upload.ts'
import { decimal, divide } from '#values/decimal.ts'
import { NewCategory, NewMaterial } from '../contract.ts'
import type { MaterialsPublic } from '../public.ts'
import { addPrices, refuseOverlap, writePrices } from './add-prices.ts'
import { addSources } from './add-sources.ts'
import { createCategory } from './categories.ts'
import { createMaterials } from './change-material.ts'
import { barcodesOfMany } from './detail-store.ts'
import { addDocument } from './documents.ts'
import { factsByCodes, factsByIds, unitsByIds } from './material-store.ts'
import { choosePrice } from './price-rules.ts'
import { pricesInForce } from './price-store.ts'
import type { Rooms } from './rooms.ts'
import { approvedSources } from './source-store.ts'
import type { MaterialsTables } from './tables.ts'
import { between, factorOf } from './unit-rules.ts'

export const materialsPublic = (rooms: Rooms): MaterialsPublic => ({
  facts: async (tx, ids) => new Map((await factsByIds(narrow<MaterialsTables>(tx), ids)).map((one) => [one.id, one])),
  byCodes: async (tx, codes) =>
    new Map((await factsByCodes(narrow<MaterialsTables>(tx), codes)).map((one) => [one.code.toLowerCase(), one])),
  barcodesOf: (tx, ids) => barcodesOfMany(narrow<MaterialsTables>(tx), ids),
  unitFactors: async (tx, wanted) => {
    const units = await unitsByIds(
      narrow<MaterialsTables>(tx),
      wanted.map((one) => one.materialId),
    )
    return wanted.map(({ materialId, unit }) => {
      const material = units.get(materialId)
      return material && factorOf(material, unit)
    })
  },
  sourcesOf: async (tx, supplier, ids, day) => {
    const rows = await approvedSources(narrow<MaterialsTables>(tx), supplier, ids, day)
    return new Map(
      rows.map((row) => [
        row.material_id,
        {
          sourceId: row.id,
          supplierCode: row.supplier_item_code,
          supplierName: row.supplier_item_name,
          leadTimeDays: row.lead_time_days,
          minimum: row.minimum === null ? null : decimal(row.minimum),
          multiple: row.multiple === null ? null : decimal(row.multiple),
        },
      ]),
    )
  },
  pricesFor: pricesFor(),
  createCategory: async (ctx, category) => (await createCategory(rooms, ctx, NewCategory.parse(category))).id,
  createMaterials: (ctx, materials) =>
    createMaterials(
      rooms,
      ctx,
      materials.map((one) => NewMaterial.parse(one)),
    ),
  createSources: async (ctx, sources) => void (await rooms.db.inTenant(ctx, (tx) => addSources(rooms, tx, ctx, sources, 'approved'))),
  createPrices: async (ctx, prices) => void (await addPrices(rooms.db, ctx, prices)),
  addDrawing: async (ctx, id, { content, ...drawing }) =>
    void (await addDocument(rooms, ctx, id, { query: { kind: 'drawing', ...drawing }, upload: uploadOfBytes(content) })),
  addSources: async (tx, ctx, sources) => void (await addSources(rooms, narrow<MaterialsTables>(tx), ctx, sources, 'approved')),
  addPrices: async (tx, ctx, prices) => void (await writePrices(narrow<MaterialsTables>(tx), ctx, prices).catch(refuseOverlap)),
})

/** By the unit asked for; where no price is in that unit, by another one that converts into it, the price and its breaks converted. */
const pricesFor = (): MaterialsPublic['pricesFor'] => async (opaqueTx, supplier, day, currency, wanted) => {
  const tx = narrow<MaterialsTables>(opaqueTx)
  const ids = wanted.map((one) => one.materialId)
  const rows = Map.groupBy(await pricesInForce(tx, supplier, ids, day, currency), (row) => row.material_id)
  const units = await unitsByIds(tx, ids)
  return wanted.map(({ materialId, unit, quantity }) => {
    const material = units.get(materialId)
    const prices = (rows.get(materialId) ?? []).flatMap((row) => {
      const factor = material && between(material, row.unit, unit)
      if (factor === undefined || factor === 0n) return []
      const own = row.unit === unit
      const [net, from] = [decimal(row.net_price), decimal(row.from_quantity)]
      return [
        {
          priceId: row.id,
          own,
          netPrice: own ? net : divide(net, factor),
          taxRate: decimal(row.tax_rate),
          fromQuantity: own ? from : (from * factor) / 1_000_000n,
        },
      ]
    })
    const own = prices.filter((price) => price.own)
    const chosen = choosePrice(own.length > 0 ? own : prices, quantity)
    return chosen && { priceId: chosen.priceId, netPrice: chosen.netPrice, taxRate: chosen.taxRate }
  })
}
