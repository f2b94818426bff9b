import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import type { Serving } from '#kernel/http.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { openPrinter } from '#kernel/printer.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import { materialsModule } from '#modules/trade/materials/module.ts'
import { type Order, type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import { ordersModule } from '#modules/trade/orders/module.ts'
import { AppError } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testFiles } from '../../../../tests/files.ts'
import { testPools } from '../../../../tests/pools.ts'
import { boundCallOff } from './agreements/bound-order.ts'
import type { Rooms } from './rooms.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const credit = ['91500000MA0000001B', '91500000MA0000002E', '91500000MA0000003H', '91500000MA0000004L', '91500000MA0000005P']
const noGrant = () => Promise.reject(new Error('no grants here'))
const permissions = [
  'orders.read',
  'orders.manage',
  'orders.setPrices',
  'orders.approve',
  'sourcing.read',
  'sourcing.manage',
  'sourcing.bid',
]

/** All rooms this one stands on, as they are: a leader, three suppliers, a stranger, two materials that nobody supplies yet. */
export async function testRooms(t: Cleanup) {
  const pools = await testPools(t)
  const db = <T>() => moduleDatabase<T>(pools.app, noGrant)
  const organisations = organisationsModule({ db: db(), system: systemDatabase(pools.system), usages: () => [] })
  // Spare parts of machines and spreadsheets are no part of what is tested here.
  const devices = { device: async () => undefined, devices: async () => new Map(), newestModel: async () => undefined }
  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  const imports = { db: db<ImportTables>(), translate: printing.translate }
  const materials = materialsModule({ db: db(), organisations: organisations.public, devices, files: testFiles(t), imports })
  const orders = ordersModule({
    db: db(),
    system: systemDatabase(pools.system),
    clock: systemClock,
    organisations: organisations.public,
    materials: materials.public,
    imports,
    printing,
    bounds: () => [boundCallOff(rooms)],
  })
  const rooms: Rooms = {
    db: db(),
    organisations: organisations.public,
    materials: materials.public,
    orders: orders.public,
    termLimit: async () => undefined,
  }

  const now = systemClock.now()
  const inSystem = <T>(work: (tx: { orgId: OrgId; sql: never }) => Promise<T>) =>
    systemDatabase<never>(pools.system).inSystem((sqlOf) => work({ orgId: '' as OrgId, sql: sqlOf as never }))
  const names = ['白泽摩托', '应龙压铸', '烛龙压铸', '毕方压铸', '旁观厂']
  const joined: { orgId: OrgId; orgNo: number }[] = []
  for (const [i, name] of names.entries())
    joined.push(
      await inSystem((tx) =>
        organisations.public.createOrganisation(
          tx,
          { code: `org-${i}`, name, kind: i === 0 ? 'leader' : 'supplier', creditCode: credit[i] ?? '', demo: false },
          now,
        ),
      ),
    )
  const [buyer, first, second, third, stranger] = joined.map((one) => one.orgId) as [OrgId, OrgId, OrgId, OrgId, OrgId]
  for (const supplier of [first, second, third])
    await inSystem((tx) => organisations.public.createRelation(tx, { buyer, supplier, kind: 'supply', tier: 1, since: '2026-01-01' }, now))
  const as = (orgId: OrgId, at: Date = systemClock.now()): Context => {
    const i = joined.findIndex((one) => one.orgId === orgId)
    const actor = { kind: 'user' as const, id: uuidv7(), name: `${names[i]}的人` }
    return testContext({ orgId, orgNo: joined[i]?.orgNo ?? 0, actor, now: at, permissions })
  }
  const categoryId = await materials.public.createCategory(as(buyer), {
    parentId: null,
    code: 'CAST',
    name: '压铸件',
    prefix: 'CAST',
    nameEn: null,
    attributes: [],
  })
  const plate = { categoryId, kind: 'part', baseUnit: 'C62' } as const
  const [house, cover] = await materials.public.createMaterials(as(buyer), [
    { ...plate, code: 'HS-01', name: '箱体' },
    { ...plate, code: 'CV-02', name: '端盖' },
  ])
  if (!house || !cover) throw new Error('No materials were made.')
  const approve = async (ctx: Context, id: OrderId) => {
    const handlers = new Map<unknown, (input: never) => Promise<unknown>>()
    orders.routes(new Proxy({}, { get: () => (e: unknown, handle: never) => void handlers.set(e, handle) }) as Serving)
    const ask = (e: unknown, input: object) => handlers.get(e)?.({ ctx, params: { id }, query: {}, ...input } as never) as Promise<Order>
    const { version } = await ask(ordersApi.get, {})
    await ask(ordersApi.approve, { body: { version, note: '' } })
  }
  return { rooms, approve, pools, materials, orders, as, buyer, first, second, third, stranger, house, cover }
}

export const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
