import type { Subscription } from '#kernel/outbox-reader.ts'
import { logisticsApi } from '#modules/trade/logistics/contract.ts'
import { receivingApi } from '#modules/trade/logistics/receiving-contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { qualityApi } from '#modules/works/quality/contract.ts'
import type { ApiClient } from '../api-client.ts'

interface Party {
  client: ApiClient
  orgId: string
}

/** The rest of the order comes, must be inspected, and waits: the news of its receipt is handed over as the worker does. */
export async function populateQuality(
  buyer: Party,
  supplier: Party,
  {
    orderId,
    materialId,
    subscriptions,
    mark,
  }: { orderId: string; materialId: string; subscriptions: readonly Subscription[]; mark: string },
): Promise<Record<string, string>> {
  const material = await buyer.client.call(materialsApi.get, { params: { id: materialId as never } })
  await buyer.client.call(materialsApi.update, {
    params: { id: material.id },
    body: { version: material.version, inspectedOnReceipt: true },
  })
  const { lines } = await supplier.client.call(logisticsApi.shippable, { query: { orderId: orderId as never } })
  const draft = await supplier.client.call(logisticsApi.create, {
    body: {
      buyerId: buyer.orgId as never,
      lines: lines.slice(0, 1).map((line) => ({ scheduleLineId: line.scheduleLineId, quantity: '2' })),
      packs: [],
      loose: [],
      containers: [],
      carrier: mark,
      vehicle: mark,
      driverName: mark,
      driverPhone: '',
      note: mark,
      departureAt: '2026-01-03T00:00:00Z',
      arrivalAt: '2026-01-04T00:00:00Z',
    },
  })
  const shipment = await supplier.client.call(logisticsApi.issue, { params: { id: draft.id }, body: { version: draft.version } })
  const { warehouses } = await buyer.client.call(receivingApi.expected)
  const receipt = await buyer.client.call(receivingApi.receive, {
    body: {
      receiptKey: crypto.randomUUID(),
      shipmentId: shipment.id,
      warehouseId: warehouses[0]?.id as never,
      receivedAt: '2026-01-04T00:00:00Z',
      lines: shipment.lines.map(({ id: lineId }) => ({
        lineId,
        accepted: '2',
        quarantined: '0',
        damaged: '0',
        wrong: '0',
        lot: null,
        serial: null,
        expiresOn: null,
        note: mark,
      })),
      containers: [],
      finish: true,
      signedBy: mark,
      overReason: '',
      note: mark,
    },
  })
  const news = { payload: { receiptId: receipt.id, buyerId: buyer.orgId }, trace: 'populate' }
  for (const one of subscriptions.filter(({ name }) => name === 'quality.awaitInspection')) await one.handle(news as never)
  const defect = await buyer.client.call(qualityApi.createDefect, {
    body: { code: 'D1', name: `${mark} scratch`, nameEn: null, severity: 'minor' },
  })
  const { items } = await buyer.client.call(qualityApi.inspections)
  return { Defect: defect.id, Inspection: items[0]?.id ?? '' }
}
