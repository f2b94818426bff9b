import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import type { ImportTables } from '#kernel/imports/import-store.ts'
import { moduleDatabase, opaque, systemDatabase } from '#kernel/postgres.ts'
import { openPrinter } from '#kernel/printer.ts'
import { inventoryModule } from '#modules/trade/inventory/module.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import { decimal } from '#values/decimal.ts'
import { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import type { AccruedLine, AccruedReceipt } from '../public.ts'
import { accrue } from './accruals/accrue-receipt.ts'
import { namesFrom } from './names.ts'
import type { Rooms } from './rooms.ts'
import type { FinanceDatabase } from './tables.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const id = (n: number) => `01970000-0000-7000-8000-${String(n).padStart(12, '0')}`
export const buyer = OrgId.parse(id(1))
export const supplier = OrgId.parse(id(2))
export const rival = OrgId.parse(id(3))
const labels = new Map([
  [buyer, { name: '白泽摩托', nameEn: null, code: 'baize' }],
  [supplier, { name: '应龙压铸', nameEn: null, code: 'yinglong' }],
  [rival, { name: '夔牛电机', nameEn: null, code: 'kuiniu' }],
])

export const as = (orgId: OrgId, name: string, now = '2026-11-26T02:00:00Z'): Context =>
  testContext({ orgId, now: new Date(now), actor: { kind: 'user', id: uuidv7(), name } })

/** The module on a database of its own; its neighbours know three organisations. */
export async function testRooms(cleanup: Cleanup) {
  const { app, system, ownerUrl } = await testPools(cleanup)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as FinanceDatabase
  const noGrant = () => Promise.reject(new Error('no grant'))
  const printing = { printer: openPrinter(), translate: (_: unknown, key: string) => key }
  const { public: inventory } = inventoryModule({
    db: moduleDatabase(app, noGrant),
    organisations: { relationWith: async () => undefined, labels: async () => new Map() },
    materials: {
      pricesFor: async (_, __, ___, ____, wanted) => wanted.map(() => undefined),
      // The catalogue is played: every material is in it.
      facts: async (_, ids) => new Map(ids.map((id) => [id, { id, ...plain }])),
      byCodes: async () => new Map(),
    },
    imports: { db: moduleDatabase<ImportTables>(app, noGrant), translate: printing.translate },
    printing,
  })
  const rooms: Rooms = {
    db,
    inventory,
    system: systemDatabase(system),
    sizes: async (orgId) => (orgId === buyer ? 'large' : orgId === supplier ? 'small' : undefined),
    isOperator: async () => false,
    names: namesFrom({ labels: async (_, ids) => new Map([...labels].filter(([one]) => ids.includes(one))) }),
  }
  const accrueAs = (ctx: Context, receipt: AccruedReceipt, kind: 'receipt' | 'return' = 'receipt') =>
    db.inTenant(ctx, (tx) => accrue(opaque(tx), ctx, rooms, kind, receipt))
  return { rooms, inventory, db, app, ownerUrl, accrueAs }
}

const plain = {
  code: 'M-1001',
  name: '左曲轴箱',
  specification: '',
  baseUnit: 'H87',
  control: 'none' as const,
  shelfLifeDays: null,
}

const orderId = uuidv7() as OrderId
const materialId = uuidv7() as MaterialId

export const line = (quantity: string, netPrice: string, change: Partial<AccruedLine> = {}): AccruedLine => ({
  receiptLineId: uuidv7(),
  scheduleLineId: uuidv7() as AccruedLine['scheduleLineId'],
  orderId,
  orderNumber: 'PO-202611-00001',
  materialId,
  materialCode: 'M-1001',
  materialName: '左曲轴箱',
  unit: '件',
  quantity: decimal(quantity),
  currency: 'CNY',
  netPrice: decimal(netPrice),
  taxRate: decimal('0.13'),
  paymentDays: null,
  ...change,
})

export const receipt = (lines: readonly AccruedLine[], change: Partial<AccruedReceipt> = {}): AccruedReceipt => ({
  receiptId: uuidv7(),
  number: 'GR-202611-00001',
  supplier,
  day: '2026-11-20',
  lines,
  ...change,
})
