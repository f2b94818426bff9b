import { accessApi } from '#modules/foundation/access/contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { materialsApi, type NewMaterial } from '#modules/trade/materials/contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { type ApiClient, logIn as apiLogIn } from '../tests/api-client.ts'
import { demoAccount } from './platform.ts'

const DAY_MS = 86_400_000
export const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()

async function client(organisation: string): Promise<ApiClient & { orgId: string }> {
  const { login, password } = demoAccount((account) => account.organisation.includes(organisation))
  const signedIn = await apiLogIn(process.env.E2E_URL ?? '', login, password)
  const { organisation: own } = await signedIn.call(accessApi.session)
  return Object.assign(signedIn, { orgId: own.id as string })
}

/** A material of the leader's that one supplier delivers at a price, a warehouse, and an order of 100 pieces that waits for his answer. */
export async function proposedOrder(of: Pick<NewMaterial, 'control' | 'inspectedOnReceipt'>) {
  const [leader, supplier] = [await client('白泽'), await client('应龙')]
  const mark = String(Date.now()).slice(-6)
  const category = await leader.call(materialsApi.createCategory, {
    body: { parentId: null, code: `E${mark}`, name: `压铸件 ${mark}`, nameEn: null, prefix: `E${mark}`, attributes: [] },
  })
  const material = await leader.call(materialsApi.create, {
    body: { categoryId: category.id, code: `HS-${mark}`, name: '左曲轴箱', kind: 'part', baseUnit: 'C62', ...of },
  })
  const source = await leader.call(supplyApi.createSource, {
    params: { id: material.id },
    body: {
      supplierId: supplier.orgId as never,
      supplierCode: `YL-${mark}`,
      supplierName: null,
      leadTimeDays: 7,
      minimum: null,
      multiple: null,
      validFrom: '2026-01-01',
      validUntil: null,
      approved: true,
    },
  })
  await leader.call(supplyApi.addPrice, {
    params: { id: source.id },
    body: {
      currency: 'CNY',
      unit: 'C62',
      fromQuantity: '0',
      taxRate: '0.13',
      netPrice: '48.5',
      grossPrice: null,
      validFrom: '2026-01-01',
      validUntil: null,
    },
  })
  const { items } = await leader.call(inventoryApi.locations, { query: { kind: 'warehouse' } })
  if (items.length === 0)
    await leader.call(inventoryApi.createLocation, { body: { code: 'W1', name: '重庆总装零件库', warehouseId: null } })
  const order = await leader.call(ordersApi.create, {
    body: {
      supplierId: supplier.orgId as never,
      terms: {
        currency: 'CNY',
        deliverTo: '重庆两江一号库',
        paymentTerms: '月结 60 天',
        paymentDays: 60,
        overTolerance: '0.02',
        underTolerance: '0',
        graceDays: 1,
      },
      lines: [{ materialId: material.id, unit: 'C62', schedule: [{ quantity: '100', day: inDays(14).slice(0, 10) }] }],
    },
  })
  await leader.call(ordersApi.submit, { params: { id: order.id }, body: { version: order.version } })
  return { leader, supplier, order, material, mark, supplierCode: `YL-${mark}` }
}

/** As above, signed by both. */
export async function agreedOrder(of: Parameters<typeof proposedOrder>[0]) {
  const made = await proposedOrder(of)
  const { supplier, order } = made
  const seen = await supplier.call(ordersApi.get, { params: { id: order.id } })
  const open = seen.revisions.find((revision) => revision.no === seen.openRevision)
  const seal = { version: seen.version, revision: open?.no ?? 0, hash: open?.hash ?? '' }
  await supplier.call(ordersApi.accept, { params: { id: order.id }, body: seal })
  return made
}
