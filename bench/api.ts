import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import { followUpApi } from '#modules/trade/orders/follow-up-contract.ts'
import type { ApiClient } from '../tests/api-client.ts'
import { type Field, inParallel, openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { median, quantile, rounded } from './statistics.ts'
import { confirmOrder, generateOrders, prepareSupplier, proposeOrders } from './trade-at-size.ts'

const USERS = 20
const REQUESTS_A_SECOND = 300
const DEVICES = { quick: 500, full: 2_000 }
const TURNS = { quick: 3, full: 7 }
const ORDER_LINES = { quick: 20_000, full: 100_000 }
/** Each can be confirmed once; when they are used up their pages are read instead. */
const TO_CONFIRM = { quick: 250, full: 1_400 }

export const apiBench: Bench = {
  name: 'api',
  summary: `${USERS} users' mix of lists, details and changes, of devices and of orders, at ${REQUESTS_A_SECOND} requests/s; then as fast as it goes, with and without row-level security`,
  goal: 'p99 ≤ 50 ms at 300 requests/s; security costs ≤ 15 % of throughput',
  run,
}

interface User {
  client: ApiClient
  device: { id: DeviceId; version: number }
  orders: Orders
}

/** The same for all users. */
interface Orders {
  supplier: ApiClient
  /** Waiting for the supplier's answer. */
  open: OrderId[]
  confirmed: OrderId[]
}

async function run({ quick, scales, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const devices = Math.round((quick ? DEVICES.quick : DEVICES.full) * (scales[0] ?? 1))
    const postgres = await field.postgres()
    const lines = quick ? ORDER_LINES.quick : ORDER_LINES.full
    const orders = await prepareOrders(field, postgres, lines, quick ? TO_CONFIRM.quick : TO_CONFIRM.full)
    const users = await prepare(field, devices, orders)
    say(`${devices} devices, ${lines} open order lines, ${users.length} sessions`)
    await throughput(users, 1)
    const steady = await atRate(users, quick ? 8 : 30)
    say(`at ${REQUESTS_A_SECOND} requests/s: p50 ${rounded(quantile(steady, 0.5))}, p99 ${rounded(quantile(steady, 0.99))} ms`)
    const seconds = quick ? 3 : 8
    const withSecurity: number[] = []
    const without: number[] = []
    for (let turn = 0; turn < (quick ? TURNS.quick : TURNS.full); turn++) {
      withSecurity.push(await throughput(users, seconds))
      await bypassing(postgres, users, async () => without.push(await throughput(users, seconds)))
    }
    const ratio = median(withSecurity) / median(without)
    say(`with security ${rounded(median(withSecurity))} requests/s, without ${rounded(median(without))}`)
    return {
      value: rounded(quantile(steady, 0.99)),
      unit: 'ms',
      ratio: rounded(ratio),
      against: 'the same handlers while their database role bypasses row-level security (requests/s)',
      detail: {
        p50Ms: rounded(quantile(steady, 0.5)),
        requests: steady.length,
        requestsPerSecond: { withSecurity: rounded(median(withSecurity)), without: rounded(median(without)) },
        securityCostsPercent: rounded((1 - ratio) * 100),
        mix: Object.fromEntries(mix.map(({ name, share }) => [name, share])),
        orderLines: lines,
        confirmed: orders.confirmed.length,
        loadAverage: loadavg()[0],
      },
    }
  } finally {
    await field.stop()
  }
}

async function prepareOrders(field: Field, postgres: pg.Client, lines: number, open: number): Promise<Orders> {
  const supplier = await prepareSupplier(field)
  await generateOrders(postgres, field.orgId, supplier.orgId, lines)
  return { supplier: supplier.client, open: await proposeOrders(field, supplier, open), confirmed: [] }
}

async function prepare(field: Field, devices: number, orders: Orders): Promise<User[]> {
  const properties = ['temperature', 'pressure', 'state'].map((name) => ({
    name,
    label: name,
    kind: 'instant' as const,
    valueType: 'number' as const,
  }))
  const model = await field.addModel('machine', { properties })
  const codes = Array.from({ length: devices }, (_, i) => `machine-${String(i + 1).padStart(5, '0')}`)
  const made = await inParallel(codes, 6, (code) => field.addDevice(code, model))
  return inParallel(made.slice(0, USERS), 4, async ({ id }) => ({
    client: await field.anotherSession(),
    device: { id, version: 1 },
    orders,
  }))
}

/** What a user does next; a user changes his own device, so that nobody's change meets another's. */
const mix: readonly { name: string; share: number; call: (user: User, n: number) => Promise<unknown> }[] = [
  {
    name: 'device list',
    share: 0.25,
    call: ({ client }, n) =>
      client.call(devicesApi.list, {
        query: { limit: 50, sort: n % 2 === 0 ? 'code' : '-createdAt', ...(n % 3 === 0 ? { search: `0${n % 10}` } : {}) },
      }),
  },
  { name: 'device', share: 0.15, call: ({ client, device }) => client.call(devicesApi.get, { params: { id: device.id }, query: {} }) },
  { name: 'points of a device', share: 0.1, call: ({ client, device }) => client.call(devicesApi.points, { params: { id: device.id } }) },
  { name: 'plant', share: 0.05, call: ({ client }) => client.call(plantApi.nodes, {}) },
  { name: 'change of a device', share: 0.1, call: (user, n) => change(user, n) },
  {
    name: 'orders',
    share: 0.15,
    call: ({ client }, n) =>
      client.call(ordersApi.list, {
        query: { side: 'buyer', limit: 50, ...(n % 2 === 0 ? {} : { waitsFor: 'any', sort: 'respondBy' }) } as never,
      }),
  },
  {
    name: 'open order lines',
    share: 0.08,
    call: ({ client }, n) =>
      client.call(followUpApi.deliveries, { query: { side: 'buyer', limit: 50, ...(n % 2 === 0 ? {} : { reason: 'overdue' }) } as never }),
  },
  { name: 'order', share: 0.1, call: (user, n) => readOrder(user, n) },
  { name: 'confirmation of an order of five lines', share: 0.02, call: (user, n) => confirm(user, n) },
]

const readOrder = ({ client, orders: { open, confirmed } }: User, n: number) => {
  const ids = open.length > 0 ? open : confirmed
  return client.call(ordersApi.get, { params: { id: ids[n % ids.length]! } })
}

/** The page and the confirmation of what it shows. */
async function confirm(user: User, n: number): Promise<void> {
  const { supplier, open, confirmed } = user.orders
  const id = open.pop()
  if (id === undefined) return void (await readOrder(user, n))
  await confirmOrder(supplier, id)
  confirmed.push(id)
}

async function change({ client, device }: User, n: number): Promise<void> {
  const { version } = await client.call(devicesApi.update, {
    params: { id: device.id },
    body: {
      version: device.version,
      name: `machine ${n}`,
      nameEn: null,
      maker: '',
      model: '',
      serial: '',
      note: `note ${n}`,
      status: 'active',
    },
  })
  device.version = version
}

/** The same sequence in every run: shares are dealt out evenly. */
function next(n: number): (typeof mix)[number] {
  let at = ((n * 61) % 100) / 100
  for (const one of mix) {
    if (at < one.share) return one
    at -= one.share
  }
  return mix[0]!
}

/** Each user one request after the other, all as fast as they are answered: requests a second. */
async function throughput(users: readonly User[], seconds: number): Promise<number> {
  let done = 0
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1_000
  await Promise.all(
    users.map(async (user, u) => {
      for (let n = u * 7; performance.now() < untilMs; n++) {
        await next(n).call(user, n)
        done++
      }
    }),
  )
  return done / ((performance.now() - startedMs) / 1_000)
}

/** Requests leave by the clock, whether or not earlier ones are answered; a wait for a free user counts as waiting. */
async function atRate(users: readonly User[], seconds: number): Promise<number[]> {
  const ms: number[] = []
  const queues = users.map(() => Promise.resolve())
  const startedMs = performance.now()
  const total = REQUESTS_A_SECOND * seconds
  for (let n = 0; n < total; n++) {
    const dueMs = startedMs + (n * 1_000) / REQUESTS_A_SECOND
    const waitMs = dueMs - performance.now()
    if (waitMs > 1) await sleep(waitMs)
    const u = n % users.length
    queues[u] = queues[u]!.then(async () => {
      await next(n).call(users[u]!, n)
      ms.push(performance.now() - dueMs)
    })
  }
  await Promise.all(queues)
  return ms
}

/** PostgreSQL asks for this attribute when it reads a question; what a connection has prepared stays as it was read, so connections begin anew. */
async function bypassing(postgres: pg.Client, users: readonly User[], work: () => Promise<unknown>): Promise<void> {
  const set = async (attribute: string) => {
    await postgres.query(`alter role lianshu_app ${attribute}`)
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lianshu_app'`)
    await sleep(500)
    // Connections open, and prepare what is asked often.
    await throughput(users, 1)
  }
  await set('bypassrls')
  try {
    await work()
  } finally {
    await set('nobypassrls')
  }
}
