import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import type { OrgId } from '#values/ids.ts'
import { type ApiClient, logInAgain, registerOrganisation, testCreditCode } from '../tests/api-client.ts'
import type { Field } from '../tests/field.ts'

export interface TradePartners {
  buyer: OrgId
  suppliers: { orgId: OrgId; code: string; client: ApiClient }[]
  materials: MaterialId[]
  warehouseId: string
}

/** Suppliers with prices, materials and a warehouse, made through the public doors. */
export async function prepareTrade({ platform, client, orgId }: Field, suppliers: number): Promise<TradePartners> {
  const operator = await logInAgain(platform.address, 'operator')
  const joined: TradePartners['suppliers'] = []
  for (let n = 0; n < suppliers; n++) {
    const code = `supplier-${n + 1}`
    const made = await registerOrganisation(operator, platform.address, { code, kind: 'supplier', n: 20 + n })
    const relation = await client.call(organisationsApi.createRelation, {
      body: { supplierCreditCode: testCreditCode(20 + n), tier: 1, since: '2026-01-01' },
    })
    await made.client.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })
    joined.push({ orgId: made.orgId as OrgId, code, client: made.client })
  }
  const category = await client.call(materialsApi.createCategory, {
    body: { parentId: null, code: 'CAST', name: '压铸件', nameEn: null, prefix: 'CAST', attributes: [] },
  })
  const materials: MaterialId[] = []
  for (const [name, price] of [
    ['左箱体', '48.5'],
    ['端盖', '12.345678'],
    ['曲轴', '133.333333'],
  ] as const) {
    const material = await client.call(materialsApi.create, { body: { categoryId: category.id, name, kind: 'part', baseUnit: 'C62' } })
    materials.push(material.id)
    for (const supplier of joined) {
      const terms = { supplierCode: null, supplierName: null, leadTimeDays: 7, minimum: null, multiple: null }
      const source = await client.call(supplyApi.createSource, {
        params: { id: material.id },
        body: { ...terms, supplierId: supplier.orgId, validFrom: '2026-01-01', validUntil: null, approved: true },
      })
      await client.call(supplyApi.addPrice, {
        params: { id: source.id },
        body: {
          currency: 'CNY',
          unit: 'C62',
          fromQuantity: '0',
          netPrice: price,
          grossPrice: null,
          taxRate: '0.13',
          validFrom: '2026-01-01',
          validUntil: null,
        },
      })
    }
  }
  const warehouse = await client.call(inventoryApi.createLocation, { body: { code: 'W1', name: '主仓', warehouseId: null } })
  return { buyer: orgId as OrgId, suppliers: joined, materials, warehouseId: warehouse.id }
}
