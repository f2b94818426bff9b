import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { moduleDatabase } from '#kernel/postgres.ts'
import { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import { AppError } from '#values/errors.ts'
import { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { DraftInput, type OrderId } from '../contract.ts'
import { acceptProposal } from './answer-proposal.ts'
import { createOrder } from './create-order.ts'
import { getOrder } from './read-order.ts'
import type { Rooms } from './rooms.ts'
import { personSeal } from './seal.ts'
import { submitOrder } from './submit-order.ts'
import type { OrdersTables } from './tables.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const all = ['orders.read', 'orders.manage', 'orders.setPrices', 'orders.approve', 'orders.settings']
/** A day of the tests, in the morning of China. */
export const NOW = new Date('2026-11-26T02:00:00Z')
export const person = (orgId: OrgId, name: string, change: Partial<Context> & { permissions?: readonly string[] } = {}): Context =>
  testContext({ permissions: all, ...change, orgId, actor: { kind: 'user', id: uuidv7(), name }, now: change.now ?? NOW })

export const house = MaterialId.parse(uuidv7())
export const motor = MaterialId.parse(uuidv7())
const catalogue = new Map([
  [house, { code: 'HS-01', name: '左箱体', price: '48.5' }],
  [motor, { code: 'MT-02', name: '起动电机', price: '126.123456' }],
])

const facts = {
  nameEn: null,
  specification: 'A',
  baseUnit: 'pcs',
  control: 'none' as const,
  shelfLifeDays: null,
  inspectedOnReceipt: false,
  retired: false,
}
const source = { sourceId: uuidv7() as never, supplierName: null, leadTimeDays: 7, minimum: null, multiple: null }

const catalogueOf = (stranger: OrgId): Rooms['materials'] => ({
  facts: async (_, ids) =>
    new Map(
      ids.flatMap((id) => {
        const found = catalogue.get(id)
        return found ? [[id, { ...facts, id, code: found.code, name: found.name }]] : []
      }),
    ),
  byCodes: async (_, codes) =>
    new Map(
      [...catalogue].flatMap(([id, { code, name }]) =>
        codes.some((wanted) => wanted.toLowerCase() === code.toLowerCase()) ? [[code.toLowerCase(), { ...facts, id, code, name }]] : [],
      ),
    ),
  unitFactors: async (_, wanted) => wanted.map(({ unit }) => ({ pcs: decimal('1'), box: decimal('20') })[unit]),
  sourcesOf: async (_, of, ids) =>
    new Map(of === stranger ? [] : ids.map((id) => [id, { ...source, supplierCode: `S-${catalogue.get(id)?.code}` }])),
  pricesFor: async (_, __, ___, currency, wanted) =>
    wanted.map(({ materialId }) => {
      const price = catalogue.get(materialId)?.price
      return price && currency === 'CNY' ? { priceId: uuidv7() as never, netPrice: decimal(price), taxRate: decimal('0.13') } : undefined
    }),
})

/** The module on a database of its own; its neighbours are played: two suppliers of one buyer, two materials with a price each. */
export async function testRooms(cleanup: Cleanup) {
  const pools = await testPools(cleanup)
  const [buyer, supplier, otherSupplier, stranger] = [0, 1, 2, 3].map(() => OrgId.parse(uuidv7())) as [OrgId, OrgId, OrgId, OrgId]
  const names = new Map([
    [buyer, '白泽摩托'],
    [supplier, '应龙压铸'],
    [otherSupplier, '夔牛电机'],
  ])
  const rooms: Rooms = {
    db: moduleDatabase<OrdersTables>(pools.app, () => Promise.reject(new Error('no grant'))),
    organisations: {
      labels: async (_, ids) =>
        new Map(ids.flatMap((id) => (names.has(id) ? [[id, { name: names.get(id) ?? '', nameEn: null, code: 'c' }]] : []))),
      relationWith: async (tx, other) =>
        tx.orgId === buyer && other !== stranger ? { relationId: uuidv7() as never, kind: 'supply', side: 'buyer' } : undefined,
      suppliersNamed: async (tx, words) =>
        new Map(
          [...names].flatMap(([id, name]) => (tx.orgId === buyer && id !== buyer && words.includes(name) ? [[name, id] as const] : [])),
        ),
    },
    materials: catalogueOf(stranger),
    seal: personSeal,
    termLimit: async () => undefined,
    bounds: () => [],
  }
  return {
    rooms,
    pools,
    buyer,
    supplier,
    otherSupplier,
    stranger,
    actors: { buyer: person(buyer, '采购小王'), supplier: person(supplier, '销售老李') },
  }
}
export type TestRooms = Awaited<ReturnType<typeof testRooms>>

export const terms = {
  currency: 'CNY',
  deliverTo: '重庆两江一号库',
  paymentTerms: '月结 60 天',
  paymentDays: 60,
  overTolerance: '0.05',
  underTolerance: '0',
  graceDays: 1,
} as const

export const draftOf = (supplierId: OrgId, change: Partial<Parameters<typeof DraftInput.parse>[0] & object> = {}) =>
  DraftInput.parse({
    supplierId,
    terms,
    lines: [
      {
        materialId: house,
        unit: 'pcs',
        schedule: [
          { quantity: '100', day: '2026-12-10' },
          { quantity: '50', day: '2026-12-20' },
        ],
      },
      { materialId: motor, unit: 'pcs', schedule: [{ quantity: '10', day: '2026-12-15' }] },
    ],
    ...change,
  })

/** Proposed to the supplier. */
export async function proposedOrder({ rooms, supplier, actors }: TestRooms, change: Parameters<typeof draftOf>[1] = {}): Promise<OrderId> {
  const id = await createOrder(rooms, actors.buyer, draftOf(supplier, change))
  await submitOrder(rooms, actors.buyer, id, { version: 1, note: '' })
  return id
}

/** What an answer must name of the open proposal. */
export async function openOf({ rooms }: Pick<TestRooms, 'rooms'>, ctx: Context, id: OrderId) {
  const { version, revisions, openRevision } = await getOrder(rooms, ctx, id)
  const open = revisions.find((revision) => revision.no === openRevision)
  return { version, revision: open?.no ?? 0, hash: open?.hash ?? '' }
}

export async function agreedOrder(bed: TestRooms, change: Parameters<typeof draftOf>[1] = {}): Promise<OrderId> {
  const id = await proposedOrder(bed, change)
  await acceptProposal(bed.rooms, bed.actors.supplier, id, await openOf(bed, bed.actors.supplier, id))
  return id
}

export const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
