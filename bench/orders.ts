import { randomUUID } from 'node:crypto'
import { loadavg } from 'node:os'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { logisticsApi } from '#modules/trade/logistics/contract.ts'
import { receivingApi } from '#modules/trade/logistics/receiving-contract.ts'
import { type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import { followUpApi } from '#modules/trade/orders/follow-up-contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { ApiClient } from '../tests/api-client.ts'
import { openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { quantile, rounded } from './statistics.ts'
import { confirmOrder, generateOrders, LINES_OF_AN_ORDER, prepareSupplier, proposeOrders, SUPPLIERS } from './trade-at-size.ts'

const LINES = { quick: 100_000, full: 100_000 }
const CONFIRMED = { quick: 60, full: 300 }
const ROUNDS = { quick: 10, full: 40 }

export const ordersBench: Bench = {
  name: 'orders',
  summary: `first pages of lists over ${LINES.full.toLocaleString('en')} open lines of ${SUPPLIERS.toLocaleString('en')} suppliers; a supplier’s confirmations, other days proposed and signed, goods received`,
  goal: 'first page p95 ≤ 100 ms; confirm, reschedule, receive p95 ≤ 80 ms each',
  run,
}

async function run({ quick, scales, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const postgres = await field.postgres()
    const supplier = await prepareSupplier(field)
    const lines = Math.round((quick ? LINES.quick : LINES.full) * (scales[0] ?? 1))
    await generateOrders(postgres, field.orgId, supplier.orgId, lines)
    say(`${lines} open lines of ${SUPPLIERS} suppliers`)
    const ids = await proposeOrders(field, supplier, quick ? CONFIRMED.quick : CONFIRMED.full)
    const pages = await firstPages(field.client, supplier.client, quick ? ROUNDS.quick : ROUNDS.full)
    for (const [name, ms] of Object.entries(pages)) say(`${name.padEnd(34)} p50 ${ms.p50}, p95 ${ms.p95} ms`)
    const confirm = await confirmAll(supplier.client, ids)
    const [p50, p95] = [rounded(quantile(confirm, 0.5)), rounded(quantile(confirm, 0.95))]
    say(`confirm (${LINES_OF_AN_ORDER} lines)                 p50 ${p50}, p95 ${p95} ms`)
    const reschedule = await rescheduleAll(field.client, supplier.client, ids)
    const receive = await receiveAll(field.client, supplier.client, field.orgId, ids)
    const acts: Record<string, { p50: number; p95: number }> = {}
    for (const [name, times] of Object.entries({ ...reschedule, receive })) {
      acts[name] = { p50: rounded(quantile(times, 0.5)), p95: rounded(quantile(times, 0.95)) }
      say(`${name.padEnd(34)} p50 ${acts[name].p50}, p95 ${acts[name].p95} ms`)
    }
    const worst = Math.max(...Object.values(pages).map((ms) => ms.p95))
    return {
      value: worst,
      unit: 'ms',
      ratio: null,
      against: null,
      detail: {
        slowestFirstPageP95Ms: worst,
        confirmP50Ms: p50,
        confirmP95Ms: p95,
        confirmed: confirm.length,
        acts,
        loadAverage: loadavg()[0],
        lines,
        suppliers: SUPPLIERS,
        pages,
      },
    }
  } finally {
    await field.stop()
  }
}

async function firstPages(buyer: ApiClient, supplier: ApiClient, rounds: number): Promise<Record<string, { p50: number; p95: number }>> {
  const orders = (client: ApiClient, query: object) => () => client.call(ordersApi.list, { query: { limit: 100, ...query } as never })
  const deliveries = (client: ApiClient, query: object) => () =>
    client.call(followUpApi.deliveries, { query: { limit: 100, ...query } as never })
  const asked: Record<string, () => Promise<unknown>> = {
    'orders, all': orders(buyer, { side: 'buyer' }),
    'orders, waiting for me': orders(buyer, { side: 'buyer', waitsFor: 'me', sort: 'respondBy' }),
    'orders, talked over': orders(buyer, { side: 'buyer', waitsFor: 'any', sort: 'respondBy' }),
    'orders, agreed by day': orders(buyer, { side: 'buyer', state: 'agreed', sort: 'nextDay' }),
    'orders, number searched': orders(buyer, { side: 'buyer', search: '019999' }),
    'orders, supplier’s inbox': orders(supplier, { side: 'supplier', waitsFor: 'me', sort: 'respondBy' }),
    'open lines by day': deliveries(buyer, { side: 'buyer' }),
    'open lines, overdue': deliveries(buyer, { side: 'buyer', reason: 'overdue' }),
    'open lines, due in seven days': deliveries(buyer, { side: 'buyer', reason: 'dueSoon' }),
    'open lines of the supplier': deliveries(supplier, { side: 'supplier' }),
    'search box, part of a number': () => buyer.call(collaborationApi.search, { query: { text: '019999' } }),
    'search box, a supplier and nothing': () => buyer.call(collaborationApi.search, { query: { text: '供应商77 起动' } }),
    'search box, pinyin': () => buyer.call(collaborationApi.search, { query: { text: 'quzhou' } }),
    'counts of the board': () => buyer.call(followUpApi.counts, { query: { side: 'buyer' } }),
  }
  const measured: Record<string, { p50: number; p95: number }> = {}
  for (const [name, ask] of Object.entries(asked)) {
    await ask()
    const times: number[] = []
    for (let i = 0; i < rounds; i++) times.push(await timed(ask))
    measured[name] = { p50: rounded(quantile(times, 0.5)), p95: rounded(quantile(times, 0.95)) }
  }
  return measured
}

async function confirmAll(client: ApiClient, ids: readonly OrderId[]): Promise<number[]> {
  const times: number[] = []
  for (const id of ids) times.push(await confirmOrder(client, id))
  return times
}

/** The buyer proposes another day for every line, the supplier signs. */
async function rescheduleAll(buyer: ApiClient, supplier: ApiClient, ids: readonly OrderId[]) {
  const times: Record<'reschedule' | 'rescheduleSigned', number[]> = { reschedule: [], rescheduleSigned: [] }
  for (const id of ids) {
    const { version, content } = await buyer.call(ordersApi.get, { params: { id } })
    const lines = content.lines.map(({ no }) => ({ no, schedule: [{ no: 1, quantity: '100', day: '2030-02-10', reason: '排产' }] }))
    const proposed = { version, proposal: { lines } }
    times.reschedule.push(await timed(() => buyer.call(ordersApi.propose, { params: { id }, body: proposed })))
  }
  times.rescheduleSigned = await confirmAll(supplier, ids)
  return times
}

/** All of an order by one notice and one receipt; the receipt alone is timed. */
async function receiveAll(buyer: ApiClient, supplier: ApiClient, buyerId: string, ids: readonly OrderId[]): Promise<number[]> {
  const warehouse = await buyer.call(inventoryApi.createLocation, { body: { code: 'W1', name: '一号库', warehouseId: null } })
  const times: number[] = []
  for (const orderId of ids) {
    const { lines } = await supplier.call(logisticsApi.shippable, { query: { orderId } })
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
    const draft = await supplier.call(logisticsApi.create, {
      body: {
        buyerId: buyerId as OrgId,
        lines: lines.map(({ scheduleLineId }) => ({ scheduleLineId, quantity: '100' })),
        packs: [],
        loose: [],
        containers: [],
        carrier: '',
        vehicle: '',
        driverName: '',
        driverPhone: '',
        note: '',
        departureAt: at(1),
        arrivalAt: at(5),
      },
    })
    const shipment = await supplier.call(logisticsApi.issue, { params: { id: draft.id }, body: { version: draft.version } })
    const body = {
      receiptKey: randomUUID(),
      shipmentId: shipment.id,
      warehouseId: warehouse.id,
      receivedAt: new Date().toISOString(),
      lines: shipment.lines.map(({ id, quantity }) => ({
        lineId: id,
        accepted: quantity,
        quarantined: '0',
        damaged: '0',
        wrong: '0',
        lot: null,
        serial: null,
        expiresOn: null,
        note: '',
      })),
      containers: [],
      finish: true,
      signedBy: '',
      overReason: '',
      note: '',
    }
    times.push(await timed(() => buyer.call(receivingApi.receive, { body })))
  }
  return times
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
