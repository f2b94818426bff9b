import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { expediteApi } from '#modules/trade/orders/expedite-contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { ApiClient } from '../api-client.ts'

/** An order that both parties see, half-way: proposed by the buyer, the supplier's answer outstanding. */
export async function populateOrders(buyer: ApiClient, supplierId: string, materialId: string) {
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

/** A delivery of it that is asked for on another day. */
export async function populateExpedite(buyer: ApiClient, scheduleLineId: string, mark: string) {
  const body = { scheduleLineId: scheduleLineId as never, wantedDay: '2029-12-01', reason: `${mark} reason` }
  const expedite = await buyer.call(expediteApi.ask, { body })
  return { Expedite: expedite.id }
}
