import { randomUUID } from 'node:crypto'
import { invoiceApi } from '#modules/trade/finance/invoice-contract.ts'
import { payableApi } from '#modules/trade/finance/payable-contract.ts'
import { logisticsApi, type Shipment } from '#modules/trade/logistics/contract.ts'
import { receivingApi } from '#modules/trade/logistics/receiving-contract.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { type Order, type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { AnswerLost, type Patient } from './resending.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const QUANTITY = 24
const inDays = (days: number) => chinaDay(new Date(Date.now() + days * DAY_MS))

/** What was answered with “done”, to be found afterwards. */
export interface Acknowledged {
  orders: { id: string; mark: string }[]
  /** Signed over this content. */
  accepted: { orderId: string; hash: string }[]
  issued: { id: string; number: string }[]
  receipts: { id: string; key: string; accepted: number }[]
  /** `reached`: the last state that was answered. */
  invoices: { id: string; number: string; reached: string }[]
  payments: { id: string; mark: string; amount: string }[]
  statements: { id: string; hash: string }[]
}
export const nothingYet = (): Acknowledged => ({
  orders: [],
  accepted: [],
  issued: [],
  receipts: [],
  invoices: [],
  payments: [],
  statements: [],
})

export interface Deal {
  /** Unique: by it a document is found whose answer was lost. */
  n: number
  buyer: Patient
  supplier: Patient
  buyerId: OrgId
  supplierId: OrgId
  materials: readonly MaterialId[]
  warehouseId: string
  acknowledged: Acknowledged
}

/** Does it, or looks whether it was done where the answer was lost. */
async function doneOrFound<T>(act: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error
    const found = await find()
    if (!found) throw new Error(`${error.message} was said to be done and is not there.`)
    return found
  }
}

/** One order from its draft to its payment. Every seventh is refused, every eleventh withdrawn. */
export async function runDeal(deal: Deal): Promise<void> {
  const order = await agree(await propose(deal), deal)
  if (order.state !== 'agreed') return
  if (deal.n % 5 === 0) await amend(order.id, deal)
  for (const share of deal.n % 3 === 0 ? [QUANTITY / 4, (QUANTITY * 3) / 4] : [QUANTITY])
    await receive(await ship(order.id, share, deal), deal)
  await invoiceAndPay(order.number, deal)
}

async function propose({ n, buyer, supplierId, materials, acknowledged }: Deal): Promise<Order> {
  const mark = `deal-${n}`
  const lines = materials
    .slice(0, 1 + (n % materials.length))
    .map((materialId) => ({ materialId, unit: 'C62', schedule: [{ quantity: String(QUANTITY), day: inDays(10) }] }))
  const terms = {
    currency: 'CNY' as const,
    deliverTo: mark,
    paymentTerms: '月结 60 天',
    paymentDays: 60,
    overTolerance: '0',
    underTolerance: '0',
    graceDays: 0,
  }
  const created = await doneOrFound(
    () => buyer.act('order created', ordersApi.create, { body: { supplierId, terms, lines } }),
    async () => {
      const { items } = await buyer.act('orders read', ordersApi.list, { query: { side: 'buyer', state: 'draft', limit: 100 } })
      for (const { id } of items) {
        const draft = await orderOf(buyer, id)
        if (draft.content.terms.deliverTo === mark) return draft
      }
      return undefined
    },
  )
  acknowledged.orders.push({ id: created.id, mark })
  return doneOrFound(
    () => buyer.act('order submitted', ordersApi.submit, { params: { id: created.id }, body: { version: created.version } }),
    () => orderOf(buyer, created.id),
  )
}

const orderOf = (as: Patient, id: OrderId): Promise<Order> => as.act('order read', ordersApi.get, { params: { id } })

async function agree({ id }: Order, deal: Deal): Promise<Order> {
  const { n, buyer, supplier } = deal
  const seen = await orderOf(supplier, id)
  if (n % 7 === 6) {
    const body = { version: seen.version, reason: '产能不足' }
    return doneOrFound(
      () => supplier.act('order rejected', ordersApi.reject, { params: { id }, body }),
      () => orderOf(supplier, id),
    )
  }
  if (n % 11 === 10) {
    const body = { version: seen.version, reason: '计划取消' }
    return doneOrFound(
      () => buyer.act('order withdrawn', ordersApi.withdraw, { params: { id }, body }),
      () => orderOf(buyer, id),
    )
  }
  if (n % 2 === 0) return accept(supplier, id, deal)
  await otherDays('order countered', supplier, seen, 14)
  if (n % 4 === 1) return accept(buyer, id, deal)
  await otherDays('order countered', buyer, await orderOf(buyer, id), 12)
  return accept(supplier, id, deal)
}

function otherDays(name: string, as: Patient, order: Order, days: number): Promise<Order> {
  const lines = order.content.lines.map((line) => ({
    no: line.no,
    schedule: [{ no: 1, quantity: String(QUANTITY), day: inDays(days), reason: '排产' }],
  }))
  return doneOrFound(
    () => as.act(name, ordersApi.propose, { params: { id: order.id }, body: { version: order.version, proposal: { lines } } }),
    () => orderOf(as, order.id),
  )
}

async function accept(as: Patient, id: OrderId, { acknowledged }: Deal): Promise<Order> {
  const { version, revisions, openRevision } = await orderOf(as, id)
  const hash = revisions.find(({ no }) => no === openRevision)?.hash ?? ''
  const body = { version, revision: openRevision ?? 0, hash }
  const order = await doneOrFound(
    () => as.act('revision signed', ordersApi.accept, { params: { id }, body }),
    () => orderOf(as, id),
  )
  acknowledged.accepted.push({ orderId: id, hash })
  return order
}

/** Both days and the end of the talk differ from deal to deal. */
async function amend(id: OrderId, deal: Deal): Promise<void> {
  const { n, buyer, supplier } = deal
  await otherDays('amendment proposed', buyer, await orderOf(buyer, id), 20)
  if (n % 2 === 0) {
    await accept(supplier, id, deal)
    return
  }
  const { version } = await orderOf(supplier, id)
  await doneOrFound(
    () => supplier.act('amendment refused', ordersApi.reject, { params: { id }, body: { version, reason: '无法改期' } }),
    () => orderOf(supplier, id),
  )
}

async function ship(orderId: OrderId, quantity: number, { n, supplier, buyerId, acknowledged }: Deal): Promise<Shipment> {
  const { lines } = await supplier.act('shippable read', logisticsApi.shippable, { query: { orderId } })
  const mark = `deal-${n}-${quantity}`
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
  const body = {
    buyerId,
    lines: lines.map(({ scheduleLineId }) => ({ scheduleLineId, quantity: String(quantity) })),
    packs: [],
    loose: [],
    containers: [],
    carrier: '顺达物流',
    vehicle: '渝A12345',
    driverName: '',
    driverPhone: '',
    note: mark,
    departureAt: at(1),
    arrivalAt: at(5),
  }
  const read = (id: Shipment['id']) => supplier.act('shipment read', logisticsApi.get, { params: { id } })
  const draft = await doneOrFound(
    () => supplier.act('notice drafted', logisticsApi.create, { body }),
    async () => {
      const { items } = await supplier.act('shipments read', logisticsApi.list, {
        query: { side: 'supplier', state: 'draft', sort: '-createdAt', limit: 100 },
      })
      for (const { id } of items) {
        const found = await read(id)
        if (found.note === mark) return found
      }
      return undefined
    },
  )
  const issued = await doneOrFound(
    () => supplier.act('notice issued', logisticsApi.issue, { params: { id: draft.id }, body: { version: draft.version } }),
    () => read(draft.id),
  )
  acknowledged.issued.push({ id: issued.id, number: issued.number ?? '' })
  const departure = { kind: 'actual' as const, at: new Date(Date.now() - 1_000).toISOString() }
  return doneOrFound(
    () => supplier.act('departed', logisticsApi.setTimes, { params: { id: issued.id }, body: { version: issued.version, departure } }),
    () => read(issued.id),
  )
}

/** Whole, short, damaged in part or set apart in part. */
async function receive(shipment: Shipment, { n, buyer, warehouseId, acknowledged }: Deal): Promise<void> {
  const receiptKey = randomUUID()
  const lines = shipment.lines.map((line) => {
    const whole = Number(line.quantity)
    const [damaged, quarantined, missing] = [n % 4 === 1 ? 1 : 0, n % 4 === 2 ? 2 : 0, n % 4 === 3 ? 1 : 0]
    return {
      lineId: line.id,
      accepted: String(whole - damaged - quarantined - missing),
      quarantined: String(quarantined),
      damaged: String(damaged),
      wrong: '0',
      lot: null,
      serial: null,
      expiresOn: null,
      note: '',
    }
  })
  const receipt = await buyer.act('goods received', receivingApi.receive, {
    // As a phone does: each time a new request, of the same receipt.
    freshKeys: true,
    body: {
      receiptKey,
      shipmentId: shipment.id,
      warehouseId: warehouseId as never,
      receivedAt: new Date().toISOString(),
      lines,
      containers: [],
      finish: true,
      signedBy: '王师傅',
      overReason: '',
      note: '',
    },
  })
  const accepted = receipt.lines.reduce((sum, line) => sum + Number(line.accepted) + Number(line.quarantined), 0)
  acknowledged.receipts.push({ id: receipt.id, key: receiptKey, accepted })
}

async function invoiceAndPay(orderNumber: string, { n, buyer, supplier, buyerId, supplierId, acknowledged }: Deal): Promise<void> {
  const { items: open } = await supplier.act('open lines read', invoiceApi.openLines, {
    query: { side: 'supplier', search: orderNumber, limit: 100 },
  })
  const of = open.filter((line) => line.orderNumber === orderNumber)
  if (of.length === 0) throw new Error(`Nothing to invoice of ${orderNumber}.`)
  const number = `26${String(n).padStart(18, '0')}`
  const money = (minor: number) => ({ currency: 'CNY' as const, amount: (minor / 100).toFixed(2) })
  const minor = ({ amount }: { amount: string }) => Math.round(Number(amount) * 100)
  const [net, tax] = [of.reduce((sum, line) => sum + minor(line.openNet), 0), of.reduce((sum, line) => sum + minor(line.openTax), 0)]
  const body = {
    side: 'supplier' as const,
    partnerId: buyerId,
    code: null,
    number,
    day: chinaDay(new Date()),
    net: money(net),
    tax: money(tax),
    gross: money(net + tax),
    note: '',
    lines: of.map((line) => ({
      accrualLineId: line.id,
      quantity: line.open,
      taxRate: line.taxRate,
      net: line.openNet,
      tax: line.openTax,
    })),
  }
  const read = (as: Patient, id: string) => as.act('invoice read', invoiceApi.invoice, { params: { id: id as never } })
  const draft = await doneOrFound(
    () => supplier.act('invoice entered', invoiceApi.createInvoice, { body }),
    async () => {
      const { items } = await supplier.act('invoices read', invoiceApi.invoices, { query: { side: 'supplier', search: number } })
      return items[0] && read(supplier, items[0].id)
    },
  )
  const { id } = draft
  const noted = { id, number, reached: 'draft' }
  acknowledged.invoices.push(noted)
  await doneOrFound(
    () => supplier.act('invoice submitted', invoiceApi.submitInvoice, { params: { id }, body: { version: draft.version } }),
    () => read(supplier, id),
  )
  noted.reached = 'submitted'
  // The buyer need not wait for the platform's own comparison.
  for (let invoice = await read(buyer, id); invoice.state === 'submitted' || invoice.state === 'matched'; invoice = await read(buyer, id)) {
    const [name, step] =
      invoice.state === 'submitted'
        ? (['invoice matched', invoiceApi.matchInvoice] as const)
        : (['invoice approved', invoiceApi.approveInvoice] as const)
    try {
      noted.reached = (await buyer.act(name, step, { params: { id }, body: { version: invoice.version } })).state
    } catch (error) {
      // Compared by the platform in the same moment, or done and the answer lost: what is there is read again.
      const { problem } = error as { problem?: { code?: string } }
      if (!(error instanceof AnswerLost) && problem?.code !== 'finance.changedMeanwhile' && problem?.code !== 'finance.notAllowedNow')
        throw error
    }
  }
  const { items: payables } = await buyer.act('payables read', payableApi.payables, {
    query: { side: 'buyer', partnerId: supplierId, status: 'open', search: number, limit: 100 },
  })
  const payable = payables.find((one) => one.invoiceNumber === number)
  if (!payable) throw new Error(`Nothing to pay of the invoice ${number}.`)
  const mark = `deal-${n}`
  const payment = await doneOrFound(
    () =>
      buyer.act('paid', payableApi.pay, {
        body: {
          partnerId: supplierId,
          day: chinaDay(new Date()),
          method: 'bank',
          reference: mark,
          allocations: [{ payableId: payable.id, amount: payable.open }],
        },
      }),
    async () => {
      const { items } = await buyer.act('payments read', payableApi.payments, {
        query: { side: 'buyer', partnerId: supplierId, limit: 100 },
      })
      return items.find(({ reference }) => reference === mark)
    },
  )
  acknowledged.payments.push({ id: payment.id, mark, amount: payment.amount.amount })
}
