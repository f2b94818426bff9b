import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { decimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import type { Composition } from '../../apps/server/modules.ts'
import type { ApiClient } from '../api-client.ts'
import { testContext } from '../context.ts'

/** An order that both parties see, half-way: proposed by the buyer, the supplier's answer outstanding. */
export async function populateOrders({ materials }: Composition, buyer: ApiClient, orgId: string, supplierId: string, materialId: string) {
  const ctx = testContext({ orgId: orgId as OrgId })
  const source = { materialId: materialId as MaterialId, supplier: supplierId as OrgId, validFrom: '2026-01-01' }
  await materials.public.createSources(ctx, [source])
  await materials.public.createPrices(ctx, [
    { ...source, currency: 'CNY', unit: 'H87', netPrice: decimal('12.5'), taxRate: decimal('0.13') },
  ])
  const terms = {
    currency: 'CNY' as const,
    deliverTo: 'W1',
    paymentTerms: '',
    paymentDays: 60,
    overTolerance: '0',
    underTolerance: '0',
    graceDays: 0,
  }
  const order = await buyer.call(ordersApi.create, {
    body: {
      supplierId: supplierId as OrgId,
      terms,
      lines: [{ materialId: materialId as MaterialId, unit: 'H87', schedule: [{ quantity: '10', day: '2030-01-01' }] }],
    },
  })
  const proposed = await buyer.call(ordersApi.submit, { params: { id: order.id }, body: { version: order.version } })
  return { Order: proposed.id }
}
