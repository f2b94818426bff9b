import type { CategoryId, MaterialId } from '#modules/trade/materials/contract.ts'
import type { NewPrice, NewSource } from '#modules/trade/materials/public.ts'
import { decimal } from '#values/decimal.ts'
import { demoDrawing } from '../../industries/demo/demo-drawing.ts'
import { type DemoMaterials, loadDemoMaterials } from '../../industries/demo/demo-materials.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

/** Prices of the demo hold from here on. */
const PRICED_FROM = '2026-01-01'
const TAX_RATE = decimal('0.13')

/** The leader's catalogue, and what its suppliers supply of it; ids of the materials by their codes. */
export async function seedMaterials({ composition, now }: DemoDeps, contexts: OrganisationContexts): Promise<Map<string, MaterialId>> {
  const { keeper, categories, materials } = loadDemoMaterials()
  const ctx = found(contexts, keeper)
  const { createCategory, createMaterials, createSources, createPrices, addDrawing } = composition.materials.public
  const categoryIds = new Map<string, CategoryId>()
  for (const { above, ...category } of categories) {
    const parentId = above === null ? null : found(categoryIds, above)
    categoryIds.set(category.code, await createCategory(ctx, { ...category, parentId }))
  }
  const ids = await createMaterials(
    ctx,
    materials.map(({ category, unit, units, sources: _, drawings: __, ...plate }) => ({
      ...plate,
      categoryId: found(categoryIds, category),
      baseUnit: unit,
      units: Object.entries(units).map(([name, factor]) => ({ unit: name as typeof unit, factor })),
    })),
  )
  const byCode = new Map(materials.map(({ code }, i) => [code, ids[i] as MaterialId]))
  await createSources(
    ctx,
    materials.flatMap((material) => sourcesOf(material, found(byCode, material.code), contexts)),
  )
  await createPrices(
    ctx,
    materials.flatMap((material) => pricesOf(material, found(byCode, material.code), contexts)),
  )
  for (const { code, nameEn, specification, drawings } of materials)
    for (const [name, sheet, revision, days] of drawings) {
      const effectiveFrom = dayIn(now, days)
      const content = demoDrawing({ code, title: nameEn, sheet, specification, revision, effectiveFrom })
      await addDrawing(ctx, found(byCode, code), { name, fileName: `${code}-${name}-${revision}.pdf`, revision, effectiveFrom, content })
    }
  return byCode
}

const DAY_MS = 86_400_000
const dayIn = (now: Date, days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)

type DemoMaterial = DemoMaterials['materials'][number]

const sourcesOf = ({ sources }: DemoMaterial, materialId: MaterialId, contexts: OrganisationContexts): NewSource[] =>
  sources.map(({ supplier, code, leadTimeDays, minimum, multiple }) => ({
    materialId,
    supplier: found(contexts, supplier).orgId,
    supplierCode: code,
    leadTimeDays,
    minimum: decimal(minimum),
    multiple: decimal(multiple),
    validFrom: PRICED_FROM,
  }))

const pricesOf = ({ sources, unit }: DemoMaterial, materialId: MaterialId, contexts: OrganisationContexts): NewPrice[] =>
  sources.flatMap(({ supplier, prices }) =>
    prices.map(([fromQuantity, netPrice]) => ({
      materialId,
      supplier: found(contexts, supplier).orgId,
      currency: 'CNY' as const,
      unit,
      fromQuantity: decimal(fromQuantity),
      netPrice: decimal(netPrice),
      taxRate: TAX_RATE,
      validFrom: PRICED_FROM,
    })),
  )

function found<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`industries/demo/trade.yaml names ${key}, which does not exist`)
  return value
}
