import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { narrow, opaque, systemDatabase } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import { dueEvents } from '../due-contract.ts'
import { acceptProposal } from './answer-proposal.ts'
import { deliveriesPublic } from './deliveries.ts'
import { orderNotices } from './news.ts'
import { getOrder } from './read-order.ts'
import type { OrdersTables } from './tables.ts'
import { type DueParts, tellDue } from './tell-due.ts'
import { agreedOrder, house, openOf, proposedOrder, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, pools, buyer, supplier, actors } = bed
const system = systemDatabase<OrdersTables>(pools.system)
const at = (now: Date | string): DueParts => ({
  db: rooms.db,
  system,
  organisations: { everyScope: async () => [buyer, supplier].map((orgId, i) => ({ orgId, orgNo: i + 1 })) },
  clock: { now: () => new Date(now), nowMs: () => new Date(now).getTime() },
})

interface Told {
  event: string
  orderId: string
  payload: Record<string, unknown>
}
/** What the loop has published since the last look, with the orders it is about. */
let seen = 0
async function told(): Promise<Told[]> {
  const { rows } = await system.inSystem((tx) =>
    sql<Told & { id: number }>`select id, name as event, key as "orderId", payload from kernel.outbox
      where id > ${seen} and name = any(${Object.values(dueEvents).map(({ name }) => name)}) order by id`.execute(tx),
  )
  seen = rows.at(-1)?.id ?? seen
  return rows.map(({ event, orderId, payload }) => ({ event, orderId, payload }))
}
const ship = (id: string, quantity: string) =>
  rooms.db.inTenant(actors.supplier, (tx) =>
    deliveriesPublic.addShipped(opaque(tx), actors.supplier, [{ id: id as never, quantity: decimal(quantity) }]),
  )

test('the answer that is late is told once, of each proposal, to both sides in their own words', async () => {
  const id = await proposedOrder(bed)
  const { respondBy } = await getOrder(rooms, actors.buyer, id)
  assert.ok(respondBy)
  await tellDue(at(new Date(Date.parse(respondBy) - 1_000)))
  assert.deepEqual(await told(), [])
  await tellDue(at(respondBy))
  await tellDue(at(respondBy))
  const news = await told()
  assert.deepEqual(
    news.map(({ event, orderId, payload }) => [event, orderId, payload.bySide, payload.respondBy]),
    [['orders.answerOverdue', id, 'supplier', respondBy]],
  )
  const notices = orderNotices.filter(({ event }) => event === 'orders.answerOverdue')
  const [payload] = news.map((one) => one.payload)
  assert.deepEqual(
    notices.map((notice) => [notice.kind, notice.recipient(payload), notice.partner?.(payload), notice.permission, notice.path(payload)]),
    [
      ['orders.answerOverdue', supplier, buyer, 'orders.manage', `/orders/${id}`],
      ['orders.answerMissing', buyer, supplier, 'orders.manage', `/orders/${id}`],
    ],
  )
  await acceptProposal(rooms, actors.supplier, id, await openOf(bed, actors.supplier, id))
  await tellDue(at(respondBy))
  assert.deepEqual((await told()).length, 0)
})

const day = (date: string) => at(`${date}T02:00:00Z`)
const toldOf = async (id: string) =>
  (await told()).filter(({ orderId }) => orderId === id).map(({ event, payload }) => [event, payload.day, payload.deliveries])

test('two days ahead the supplier is told of what he has not shipped, once, also by two workers at once', async () => {
  const [open, shipped] = [await agreedOrder(bed), await agreedOrder(bed)]
  const [first] = (await getOrder(rooms, actors.supplier, shipped)).deliveries
  assert.ok(first)
  await ship(first.id, '100')
  await tellDue(day('2026-12-07'))
  assert.deepEqual(await told(), [])
  await Promise.all([tellDue(day('2026-12-08')), tellDue(day('2026-12-08'))])
  await tellDue(day('2026-12-08'))
  const news = await told()
  assert.deepEqual(
    news.filter(({ orderId }) => orderId === shipped),
    [],
  )
  const [one, ...more] = news.filter(({ orderId }) => orderId === open)
  assert.equal(more.length, 0)
  assert.deepEqual([one?.event, one?.payload.day, one?.payload.deliveries], ['orders.deliveryDueSoon', '2026-12-10', 1])
  const notices = orderNotices.filter(({ event }) => event === 'orders.deliveryDueSoon')
  assert.deepEqual(
    notices.map((notice) => notice.recipient(one?.payload)),
    [supplier],
  )
  // Another day, another time.
  await tellDue(day('2026-12-14'))
  assert.deepEqual(
    (await toldOf(open)).filter(([event]) => event === 'orders.deliveryDueSoon'),
    [['orders.deliveryDueSoon', '2026-12-15', 1]],
  )
})

test('overdue deliveries are one message per order and day, to both sides, after the days of grace', async () => {
  const id = await agreedOrder(bed)
  await tellDue(day('2026-12-11'))
  assert.deepEqual(await toldOf(id), [])
  await tellDue(day('2026-12-12'))
  await tellDue(day('2026-12-13'))
  assert.deepEqual(
    (await toldOf(id)).filter(([event]) => event === 'orders.deliveryOverdue'),
    [['orders.deliveryOverdue', '2026-12-10', 1]],
  )
  // The platform stood still for weeks: what has come meanwhile is one message.
  await tellDue(day('2027-02-01'))
  await tellDue(day('2027-02-02'))
  assert.deepEqual(await toldOf(id), [['orders.deliveryOverdue', '2026-12-15', 2]])
  const { rows } = await system.inSystem((tx) =>
    sql<{ payload: unknown }>`select payload from kernel.outbox where name = 'orders.deliveryOverdue' limit 1`.execute(tx),
  )
  const notices = orderNotices.filter(({ event }) => event === 'orders.deliveryOverdue')
  assert.deepEqual(notices.map((notice) => notice.recipient(rows[0]?.payload)).sort(), [buyer, supplier].sort())
})

test('what somebody works on is not waited for and told the next time', async () => {
  const id = await agreedOrder(bed, { lines: [{ materialId: house, unit: 'pcs', schedule: [{ quantity: '1', day: '2027-03-10' }] }] })
  await told()
  await rooms.db.inTenant(actors.buyer, async (tx) => {
    await narrow<OrdersTables>(opaque(tx)).sql.selectFrom('orders.order').select('id').where('id', '=', id).forUpdate().execute()
    await tellDue(day('2027-03-09'))
    assert.deepEqual(await told(), [])
  })
  await tellDue(day('2027-03-09'))
  assert.deepEqual(await toldOf(id), [['orders.deliveryDueSoon', '2027-03-10', 1]])
})
