import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { NewMove } from '#modules/trade/inventory/public.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Decimal, decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { type DemoMaterials, loadDemoMaterials } from '../../industries/demo/demo-materials.ts'
import { type DemoStock, loadDemoStock } from '../../industries/demo/demo-stock.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

const DAY_MS = 86_400_000
type DemoSupplier = DemoStock['suppliers'][number]

/** Suppliers' own catalogues and warehouses with what they have made, and what of it the leader asked to see. Each supplier by itself. */
export async function seedSupplierStock(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
): Promise<void> {
  const demo = loadDemoStock()
  const catalogue = new Map(loadDemoMaterials().materials.map((one) => [one.code, one]))
  const buyer = found(contexts, demo.buyer)
  await Promise.all(
    demo.suppliers.map((supplier) =>
      seedSupplier(deps, { buyer, ctx: found(contexts, supplier.supplier) }, supplier, { catalogue, materials }),
    ),
  )
}

interface Known {
  catalogue: ReadonlyMap<string, DemoMaterials['materials'][number]>
  materials: ReadonlyMap<string, MaterialId>
}

async function seedSupplier(
  deps: DemoDeps,
  { buyer, ctx }: { buyer: Context; ctx: Context },
  { supplier, category, warehouse, materials }: DemoSupplier,
  known: Known,
): Promise<void> {
  const { inventory, materials: catalogues } = deps.composition
  const categoryId = await catalogues.public.createCategory(ctx, { ...category, parentId: null, attributes: [] })
  const ids = await catalogues.public.createMaterials(
    ctx,
    materials.map(({ material }) => {
      const { name, nameEn, specification, unit, control, sources } = found(known.catalogue, material)
      const code = sources.find((source) => source.supplier === supplier)?.code
      if (!code) throw new Error(`industries/demo/trade.yaml, stock: ${supplier} is no source of ${material}`)
      return { code, name, nameEn, specification, categoryId, kind: 'product', baseUnit: unit, control }
    }),
  )
  const place = await inventory.public.createWarehouse(ctx, warehouse)
  await post(
    deps,
    ctx,
    'production',
    materials.flatMap(({ cost, made }, i) =>
      made.map(([lot, quantity, daysAgo]) => ({
        materialId: ids[i] as MaterialId,
        quantity,
        daysAgo,
        lot,
        to: place,
        owner: ctx.orgId,
        unitCost: decimal(cost),
        reason: '完工入库',
      })),
    ),
  )
  for (const [i, { material, share, asked }] of materials.entries()) {
    const purpose = share ?? asked
    if (purpose === null) continue
    const wish = { supplierId: ctx.orgId, materialId: found(known.materials, material), purpose }
    const { id, version } = await inventory.public.askShare(buyer, wish)
    if (share !== null) await inventory.public.giveShare(ctx, id, { version, ownMaterialId: ids[i] as MaterialId })
  }
}

/** Suppliers' goods at the leader's: laid in, used, and what was used on a bill that waits for the supplier. */
export async function seedConsigned(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
  warehouse: LocationId,
): Promise<void> {
  const demo = loadDemoStock()
  const { inventory, finance } = deps.composition
  const buyer = found(contexts, demo.buyer)
  const kept = demo.consigned.map((one) => ({
    ...one,
    owner: found(contexts, one.supplier).orgId,
    materialId: found(materials, one.material),
  }))
  const coming = kept.flatMap(({ laid, lot, materialId, owner }) =>
    laid.map(([quantity, daysAgo]) => ({
      materialId,
      quantity,
      daysAgo,
      lot,
      to: warehouse,
      owner,
      unitCost: null,
      reason: '寄售补货',
    })),
  )
  await post(deps, buyer, 'supplier', coming)
  await Promise.all(
    kept.map(async ({ owner, materialId, lot, min, max, used }) => {
      const { id } = await inventory.public.agreeConsigned(buyer, { supplierId: owner, materialId, min, max })
      for (const [quantity, daysAgo, reason] of used) {
        const ctx = at(buyer, deps.now, daysAgo)
        const use = { locationId: warehouse, quantity, lot, serial: null, day: chinaDay(ctx.now), reason }
        await finance.public.accrueUsage(ctx, await inventory.public.takeConsigned(ctx, id, use))
      }
    }),
  )
  for (const supplier of demo.billed)
    await finance.public.proposeSelfBill(buyer, {
      partnerId: found(contexts, supplier).orgId,
      untilDay: chinaDay(deps.now),
      currency: 'CNY',
    })
}

interface Coming {
  materialId: MaterialId
  quantity: string
  daysAgo: number
  lot: string | null
  to: LocationId
  owner: Context['orgId']
  unitCost: Decimal | null
  reason: string
}

async function post(
  { app, composition, now }: DemoDeps,
  ctx: Context,
  from: 'production' | 'supplier',
  coming: readonly Coming[],
): Promise<void> {
  const { inventory } = composition
  const db = moduleDatabase<never>(app, () => Promise.reject(new Error('First data reads no granted rows.')))
  await db.inTenant(ctx, async (tx) => {
    const place = await inventory.public.systemLocation(opaque(tx), from)
    const id = uuidv7()
    const moves = coming.map(
      ({ daysAgo, quantity, ...one }, i): NewMove => ({
        ...one,
        quantity: decimal(quantity),
        from: place,
        serial: null,
        expires: null,
        day: chinaDay(at(ctx, now, daysAgo).now),
        source: { entity: 'inventory.opening', id, line: String(i + 1) },
      }),
    )
    await inventory.public.post(opaque(tx), ctx, moves)
  })
}

const at = (ctx: Context, now: Date, daysAgo: number): Context => ({ ...ctx, now: new Date(now.getTime() - daysAgo * DAY_MS) })

function found<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`industries/demo/trade.yaml, stock, names ${key}, which does not exist`)
  return value
}
