import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import type { LocationId } from '../contract.ts'
import type { NewMove } from '../public.ts'
import { inventoryPublic } from './inventory-public.ts'
import { createLocation } from './locations.ts'
import type { MaterialFacts, Rooms } from './rooms.ts'
import type { InventoryTables } from './tables.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

export const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

/** The module on a database of its own; the catalogue is played: it holds the materials that the test has named, for everybody. */
export async function testStock(cleanup: Cleanup) {
  const pools = await testPools(cleanup)
  const catalogue = new Map<MaterialId, MaterialFacts>()
  const rooms: Rooms = {
    db: moduleDatabase<InventoryTables>(pools.app, () => Promise.reject(new Error('no grants'))),
    organisations: {
      relationWith: async () => ({ relationId: uuidv7() as never, kind: 'supply' as never, side: 'buyer' }),
      labels: async (_, ids) => new Map(ids.map((id) => [id, { name: '供应商', nameEn: null, code: 's' }])),
    },
    materials: {
      pricesFor: async (_, __, ___, ____, wanted) =>
        wanted.map(() => ({ priceId: uuidv7() as never, netPrice: decimal('2.5'), taxRate: decimal('0.13') })),
      facts: async (_, ids) => new Map(ids.flatMap((id) => (catalogue.has(id) ? [[id, catalogue.get(id) as MaterialFacts]] : []))),
      byCodes: async (_, codes) =>
        new Map([...catalogue.values()].filter((m) => codes.includes(m.code)).map((m) => [m.code.toLowerCase(), m])),
    },
  }
  return { rooms, stock: inventoryPublic(rooms), pools, catalogue, material: materialIn(catalogue) }
}

const materialIn =
  (catalogue: Map<MaterialId, MaterialFacts>) =>
  (change: Partial<MaterialFacts> = {}): MaterialId => {
    const id = uuidv7() as MaterialId
    const n = catalogue.size + 1
    catalogue.set(id, {
      id,
      code: `M-${n}`,
      name: `物料${n}`,
      specification: '',
      baseUnit: 'H87',
      control: 'none',
      shelfLifeDays: null,
      ...change,
    })
    return id
  }
export type TestStock = Awaited<ReturnType<typeof testStock>>

/** An organisation with a warehouse of two bins and the places outside. */
export async function testHouse({ rooms, stock }: TestStock, change: Partial<Context> = {}) {
  const ctx = testContext({ now: new Date('2026-11-20T04:00:00Z'), ...change })
  const main = await createLocation(rooms.db, ctx, { code: 'W1', name: '主仓', warehouseId: null })
  const second = await createLocation(rooms.db, ctx, { code: 'W2', name: '二仓', warehouseId: null })
  const bin = await createLocation(rooms.db, ctx, { code: 'A-01', name: 'A-01', warehouseId: main.id })
  const inTenant = <T>(work: (tx: never) => Promise<T>) => rooms.db.inTenant(ctx, (tx) => work(opaque(tx) as never))
  const place = (kind: 'supplier' | 'production' | 'loss' | 'customer' | 'quarantine') => inTenant((tx) => stock.systemLocation(tx, kind))
  return {
    ctx,
    warehouse: main.id,
    second: second.id,
    bin: bin.id,
    supplier: await place('supplier'),
    production: await place('production'),
    loss: await place('loss'),
    customer: await place('customer'),
    quarantine: await place('quarantine'),
    post: (...moves: NewMove[]) => inTenant((tx) => stock.post(tx, ctx, moves)),
    inTenant,
  }
}
export type TestHouse = Awaited<ReturnType<typeof testHouse>>

type Given = { materialId: MaterialId; quantity: string; from: LocationId; to: LocationId } & Partial<
  Omit<NewMove, 'quantity' | 'unitCost'>
> & {
    unitCost?: string | null
  }

export const moveOf = (house: { ctx: Context }, given: Given): NewMove => ({
  owner: house.ctx.orgId as OrgId,
  lot: null,
  serial: null,
  expires: null,
  day: '2026-11-20',
  reason: '',
  source: { entity: 'test', id: randomUUID(), line: '1' },
  ...given,
  quantity: decimal(given.quantity),
  unitCost: given.unitCost ? decimal(given.unitCost) : null,
})
