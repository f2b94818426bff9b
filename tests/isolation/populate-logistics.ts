import { logisticsApi } from '#modules/trade/logistics/contract.ts'
import { dockApi } from '#modules/trade/logistics/dock-contract.ts'
import { labelApi } from '#modules/trade/logistics/label-contract.ts'
import { receivingApi } from '#modules/trade/logistics/receiving-contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import type { ApiClient } from '../api-client.ts'
import { samplePng } from '../sample-files.ts'

interface Party {
  client: ApiClient
  orgId: string
}

/** The buyer's own settings for one of his suppliers. */
export async function populateLogistics(client: ApiClient, supplierId: string, mark: string): Promise<Record<string, string>> {
  const barcode = await client.call(labelApi.createBarcode, {
    body: { supplierId: supplierId as never, name: `${mark} box`, template: '{material}|{lot}', sample: `${mark}|1` },
  })
  const format = await client.call(labelApi.createLabelFormat, {
    body: { supplierId: supplierId as never, name: `${mark} label`, language: 'zpl', template: `^XA^FD${mark}^FS^XZ` },
  })
  const dock = await client.call(dockApi.createDock, {
    body: { code: 'D1', name: `${mark} dock`, openMinute: 480, closeMinute: 960, slotMinutes: 60, capacity: 2, closed: false },
  })
  return { Barcode: barcode.id, LabelFormat: format.id, Dock: dock.id }
}

/** The proposed order is agreed, a part of it sent, received with damage, photographed, a piece of it returned. */
export async function populateDelivery(buyer: Party, supplier: Party, orderId: string, mark: string): Promise<Record<string, string>> {
  const order = await supplier.client.call(ordersApi.get, { params: { id: orderId as never } })
  const open = order.revisions.find((revision) => revision.no === order.openRevision)
  await supplier.client.call(ordersApi.accept, {
    params: { id: orderId as never },
    body: { version: order.version, revision: open?.no ?? 0, hash: open?.hash ?? '' },
  })
  const { lines } = await supplier.client.call(logisticsApi.shippable, { query: { orderId: orderId as never } })
  const line = lines[0]
  if (!line) throw new Error('Nothing to ship.')
  const draft = await supplier.client.call(logisticsApi.create, {
    body: {
      buyerId: buyer.orgId as never,
      lines: [{ scheduleLineId: line.scheduleLineId, quantity: '6' }],
      packs: [
        { kind: 'box', within: null, contents: [{ line: 0, quantity: '6', lot: mark, serial: null, producedOn: null, expiresOn: null }] },
      ],
      loose: [],
      containers: [{ code: 'KLT', name: `${mark} tote`, count: 1 }],
      carrier: mark,
      vehicle: mark,
      driverName: mark,
      driverPhone: '',
      note: mark,
      departureAt: '2026-01-01T00:00:00Z',
      arrivalAt: '2026-01-02T00:00:00Z',
    },
  })
  const issue = { params: { id: draft.id }, body: { version: draft.version } }
  const shipment = await supplier.client.call(logisticsApi.issue, issue)
  const { warehouses } = await buyer.client.call(receivingApi.expected)
  const lineId = shipment.lines[0]?.id as never
  const counts = { quarantined: '0', damaged: '1', wrong: '0', lot: mark, serial: null, expiresOn: null, note: mark }
  const receipt = await buyer.client.call(receivingApi.receive, {
    body: {
      receiptKey: crypto.randomUUID(),
      shipmentId: shipment.id,
      warehouseId: warehouses[0]?.id as never,
      receivedAt: '2026-01-02T00:00:00Z',
      lines: [{ lineId, accepted: '5', ...counts }],
      containers: [{ code: 'KLT', name: `${mark} tote`, count: 2 }],
      finish: true,
      signedBy: mark,
      overReason: '',
      note: mark,
    },
  })
  const proof = await buyer.client.call(receivingApi.addProof, {
    params: { id: receipt.id },
    query: { fileName: `${mark}.png` },
    bytes: samplePng,
  })
  const receiptLineId = receipt.lines[0]?.id as never
  const goods = await buyer.client.call(receivingApi.returnGoods, {
    body: {
      returnKey: crypto.randomUUID(),
      receiptId: receipt.id,
      reason: mark,
      lines: [{ receiptLineId, quantity: '1', from: 'warehouse' }],
    },
  })
  const claims = await buyer.client.call(receivingApi.claims)
  const { accounts } = await buyer.client.call(receivingApi.containers)
  return {
    ScheduleLine: line.scheduleLineId,
    Shipment: shipment.id,
    ShipmentLine: shipment.lines[0]?.id ?? '',
    Receipt: receipt.id,
    GoodsReturn: goods.id,
    ReceiptLine: receipt.lines[0]?.id ?? '',
    Proof: proof.id,
    Claim: claims.items[0]?.id ?? '',
    ContainerMove: accounts[0]?.pending[0]?.id ?? '',
  }
}
