import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import type { Routes, Serving } from '#kernel/http.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { moduleDatabase, type Pool, systemDatabase } from '#kernel/postgres.ts'
import { openPrinter } from '#kernel/printer.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import { financeModule } from '#modules/trade/finance/module.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { inventoryModule } from '#modules/trade/inventory/module.ts'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { materialsModule } from '#modules/trade/materials/module.ts'
import { type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import { ordersModule } from '#modules/trade/orders/module.ts'
import { decimal } from '#values/decimal.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { AppError } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testFiles } from '../../../../tests/files.ts'
import { testPools } from '../../../../tests/pools.ts'
import type { ContentInput, Shipment, ShipmentInput } from '../contract.ts'
import type { ReceiptInput, ReceivedLine } from '../receiving-contract.ts'
import type { OwedLine, WithoutNoticeInput } from '../without-notice-contract.ts'
import { createShipment } from './draft-shipment.ts'
import { issueShipment } from './issue-shipment.ts'
import type { Rooms } from './rooms.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const credit = ['91500000MA0000001B', '91500000MA0000002E', '91500000MA0000003H', '91500000MA0000004L']
const noGrant = () => Promise.reject(new Error('no grants here'))
const permissions = [
  'logistics.read',
  'logistics.ship',
  'logistics.receive',
  'logistics.claim',
  'orders.read',
  'orders.manage',
  'orders.setPrices',
  'orders.approve',
]

/** All rooms this one stands on, as they are, over two pools. */
export function roomsOn(app: Pool, system: Pool, files: Rooms['files']) {
  const db = <T>() => moduleDatabase<T>(app, noGrant)
  const organisations = organisationsModule({ db: db(), system: systemDatabase(system), usages: () => [] })
  // Spare parts of machines and spreadsheets are no part of what is tested here.
  const devices = { device: async () => undefined, devices: async () => new Map(), newestModel: async () => undefined }
  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  const imports = { db: db<ImportTables>(), translate: printing.translate }
  const materials = materialsModule({ db: db(), organisations: organisations.public, devices, files, imports })
  const orders = ordersModule({
    db: db(),
    system: systemDatabase(system),
    organisations: organisations.public,
    materials: materials.public,
    imports,
    printing,
    clock: systemClock,
  })
  const inventory = inventoryModule({ db: db(), organisations: organisations.public, materials: materials.public, imports, printing })
  const finance = financeModule({
    db: db(),
    system: systemDatabase(system),
    organisations: organisations.public,
    inventory: inventory.public,
    clock: systemClock,
    printing,
  })
  const rooms: Rooms = {
    db: db(),
    organisations: organisations.public,
    materials: materials.public,
    orders: orders.public,
    inventory: inventory.public,
    finance: finance.public,
    files,
    ...printing,
  }
  return { rooms, organisations, materials, orders, inventory, finance }
}

/** A leader, two suppliers that deliver to him, and a stranger; a catalogue, prices, a warehouse. */
export async function testRooms(t: Cleanup) {
  const pools = await testPools(t)
  const all = roomsOn(pools.app, pools.system, testFiles(t))
  const { organisations } = all
  const now = systemClock.now()
  const inSystem = <T>(work: (tx: { orgId: OrgId; sql: never }) => Promise<T>) =>
    systemDatabase<never>(pools.system).inSystem((sqlOf) => work({ orgId: '' as OrgId, sql: sqlOf as never }))
  const join = (code: string, name: string, n: number) =>
    inSystem((tx) =>
      organisations.public.createOrganisation(
        tx,
        { code, name, kind: n === 0 ? 'leader' : 'supplier', creditCode: credit[n] ?? '', demo: false },
        now,
      ),
    )
  const leader = await join('leader', '整车厂', 0)
  const supplier = await join('castings', '压铸厂', 1)
  const second = await join('motors', '电机厂', 2)
  const stranger = await join('stranger', '旁观厂', 3)
  for (const one of [supplier, second])
    await inSystem((tx) =>
      organisations.public.createRelation(
        tx,
        { buyer: leader.orgId, supplier: one.orgId, kind: 'supply', tier: 1, since: '2026-01-01' },
        now,
      ),
    )
  const as = ({ orgId, orgNo }: { orgId: OrgId; orgNo: number }, name: string, more: readonly string[] = []): Context =>
    testContext({ orgId, orgNo, actor: { kind: 'user', id: uuidv7(), name }, now, permissions: [...permissions, ...more] })
  const call = callerOf([all.materials.routes, all.orders.routes, all.inventory.routes])
  return {
    ...all,
    pools,
    call,
    leader: as(leader, '收货员'),
    chief: as(leader, '采购经理', ['logistics.receiveOver']),
    supplier: as(supplier, '发货员'),
    second: as(second, '电机厂发货员'),
    stranger: as(stranger, '旁人'),
  }
}
export type TestRooms = Awaited<ReturnType<typeof testRooms>>

/** Calls other rooms by their contracts, as a page does, without a socket. */
function callerOf(routes: readonly Routes[]) {
  const handlers = new Map<unknown, (input: never) => Promise<unknown>>()
  const keep = (e: unknown, handle: unknown) => void handlers.set(e, handle as never)
  const serving = new Proxy({}, { get: () => keep }) as Serving
  for (const route of routes) route(serving)
  return async (
    ctx: Context,
    // biome-ignore lint/suspicious/noExplicitAny: endpoints of every shape
    e: Endpoint<any, any, any, any>,
    input: { params?: unknown; query?: unknown; body?: unknown } = {},
    // biome-ignore lint/suspicious/noExplicitAny: the tests read the fields of many different answers
  ): Promise<any> => {
    const parsed = { params: e.params.parse(input.params ?? {}), query: e.query.parse(input.query ?? {}), body: e.body.parse(input.body) }
    return handlers.get(e)?.({ ctx, ...parsed } as never)
  }
}

export interface Catalogue {
  house: MaterialId
  lotted: MaterialId
  /** 来料必检. */
  inspected: MaterialId
}

/** Two materials of the leader that a supplier is approved for and has prices of; the second is kept by lots. */
export async function catalogueFor({ call, materials, leader }: TestRooms, suppliers: readonly Context[]): Promise<Catalogue> {
  const category = await call(leader, materialsApi.createCategory, {
    body: { parentId: null, code: 'CAST', name: '压铸件', nameEn: null, prefix: 'CAST', attributes: [] },
  })
  const plate = { categoryId: category.id, kind: 'part', baseUnit: 'C62' } as const
  const [house, lotted, inspected] = await materials.public.createMaterials(leader, [
    { ...plate, code: 'HS-01', name: '左箱体', units: [{ unit: 'XBX', factor: '20' }] },
    { ...plate, code: 'CV-02', name: '端盖', control: 'lot' },
    { ...plate, code: 'GR-03', name: '齿轮', inspectedOnReceipt: true },
  ])
  if (!house || !lotted || !inspected) throw new Error('No materials were made.')
  for (const { orgId } of suppliers) {
    const of = { supplier: orgId, validFrom: '2026-01-01' }
    await materials.public.createSources(
      leader,
      [house, lotted, inspected].map((materialId) => ({ ...of, materialId, supplierCode: `S-${materialId.slice(-3)}` })),
    )
    await materials.public.createPrices(
      leader,
      [house, lotted, inspected].map((materialId) => ({
        ...of,
        materialId,
        currency: 'CNY',
        unit: 'C62',
        netPrice: decimal('48.5'),
        taxRate: decimal('0.13'),
      })),
    )
  }
  return { house, lotted, inspected }
}

export const newWarehouse = async ({ call, leader }: TestRooms): Promise<ReceiptInput['warehouseId']> =>
  (await call(leader, inventoryApi.createLocation, { body: { code: 'W1', name: '主仓', warehouseId: null } })).id

/** Agreed by both sides: one line per material, one schedule line each. */
export async function agreedOrder(
  { call, leader }: TestRooms,
  supplier: Context,
  wanted: readonly [MaterialId, string][],
  { consigned, netPrice, ...tolerances }: { overTolerance?: string; underTolerance?: string; consigned?: boolean; netPrice?: string } = {},
): Promise<OrderId> {
  const { id } = await call(leader, ordersApi.create, {
    body: {
      supplierId: supplier.orgId,
      terms: {
        currency: 'CNY',
        deliverTo: '重庆两江一号库',
        paymentTerms: '月结 60 天',
        paymentDays: 60,
        overTolerance: '0.05',
        underTolerance: '0',
        graceDays: 1,
        ...tolerances,
      },
      consigned,
      lines: wanted.map(([materialId, quantity]) => ({
        materialId,
        unit: 'C62',
        ...(netPrice && { netPrice }),
        schedule: [{ quantity, day: '2026-12-10' }],
      })),
    },
  })
  await call(leader, ordersApi.submit, { params: { id }, body: { version: 1, note: '' } })
  const { version, revisions, openRevision } = await call(supplier, ordersApi.get, { params: { id } })
  const open = revisions.find((revision: { no: number }) => revision.no === openRevision)
  await call(supplier, ordersApi.accept, { params: { id }, body: { version, revision: open.no, hash: open.hash } })
  return id
}

const HOUR_MS = 3_600_000

/** Quantities of the agreed lines in their order; everything loose unless packed. */
export function noticeOf(
  buyer: Context,
  lines: readonly { scheduleLineId: ShipmentInput['lines'][number]['scheduleLineId']; quantity: string }[],
  change: Partial<ShipmentInput> = {},
): ShipmentInput {
  const at = (hours: number) => new Date(buyer.now.getTime() + hours * HOUR_MS).toISOString()
  return {
    buyerId: buyer.orgId,
    lines: [...lines],
    packs: [],
    loose: [],
    containers: [],
    carrier: '顺达物流',
    vehicle: '渝A12345',
    driverName: '王师傅',
    driverPhone: '13800000000',
    note: '',
    departureAt: at(1),
    arrivalAt: at(5),
    ...change,
  }
}

export const content = (line: number, quantity: string, lot: string | null = null): ContentInput => ({
  line,
  quantity,
  lot,
  serial: null,
  producedOn: null,
  expiresOn: null,
})

export async function issued(bed: TestRooms, supplier: Context, input: ShipmentInput): Promise<Shipment> {
  const draft = await createShipment(bed.rooms, supplier, input)
  return issueShipment(bed.rooms, supplier, draft.id, { version: draft.version })
}

export const took = (line: { id: ReceivedLine['lineId'] }, accepted: string, change: Partial<ReceivedLine> = {}): ReceivedLine => ({
  lineId: line.id,
  accepted,
  quarantined: '0',
  damaged: '0',
  wrong: '0',
  lot: null,
  serial: null,
  expiresOn: null,
  note: '',
  ...change,
})

export const receiptOf = (
  shipment: Shipment,
  warehouseId: ReceiptInput['warehouseId'],
  change: Partial<ReceiptInput> = {},
): ReceiptInput => ({
  receiptKey: uuidv7(),
  shipmentId: shipment.id,
  warehouseId,
  receivedAt: shipment.createdAt,
  lines: shipment.lines.map((line) => took(line, line.quantity)),
  containers: [],
  finish: true,
  signedBy: '王师傅',
  overReason: '',
  note: '',
  ...change,
})

/** What came of agreed lines for which there is no notice. */
export const unannounced = (
  supplier: Context,
  warehouseId: ReceiptInput['warehouseId'],
  lines: readonly (Pick<OwedLine, 'scheduleLineId'> & Partial<OwedLine>)[],
  change: Partial<WithoutNoticeInput> = {},
): WithoutNoticeInput => ({
  receiptKey: uuidv7(),
  supplierId: supplier.orgId,
  warehouseId,
  receivedAt: supplier.now.toISOString(),
  lines: lines.map((line) => ({
    accepted: '0',
    quarantined: '0',
    damaged: '0',
    wrong: '0',
    lot: null,
    serial: null,
    expiresOn: null,
    note: '',
    ...line,
  })),
  besides: [],
  vehicle: '渝B67890',
  signedBy: '李师傅',
  overReason: '',
  note: '',
  ...change,
})

export const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code
