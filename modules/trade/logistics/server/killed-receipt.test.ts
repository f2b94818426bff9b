import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { narrow, openPool } from '#kernel/postgres.ts'
import { testFiles } from '../../../../tests/files.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import { listShippable } from './read-shipments.ts'
import { receiveGoods } from './receive-goods.ts'
import { receiveWithoutNotice } from './receive-without-notice.ts'
import type { Rooms } from './rooms.ts'
import { agreedOrder, catalogueFor, issued, newWarehouse, noticeOf, receiptOf, roomsOn, testRooms, unannounced } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, supplier } = bed
const { house } = await catalogueFor(bed, [supplier])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })
const orderId = await agreedOrder(bed, supplier, [[house, '1000']])

async function shipment() {
  const [line] = (await listShippable(rooms, supplier, { orderId })).lines
  assert.ok(line)
  return issued(bed, supplier, noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity: '7' }]))
}

async function nothingHalf(expected: number): Promise<void> {
  assert.deepEqual(await ledgers.story(leader.orgId), {
    received: String(expected),
    ordered: String(expected),
    stocked: String(expected),
    accrued: String(expected),
  })
  assert.equal(await ledgers.balance(leader.orgId), '0')
  const [difference, vouchers] = await ledgers.books(leader.orgId)
  assert.deepEqual([difference, vouchers], ['0', await ledgers.receipts(leader.orgId)])
}

/** The rooms, each call of another of which ends this transaction's backend when its turn comes. */
function dyingAt(turn: number): { rooms: Rooms; turns: () => number } {
  let n = 0
  const mortal = <T extends object>(room: T): T =>
    new Proxy(room, {
      get:
        (target, name) =>
        async (...args: unknown[]) => {
          const end = async () => {
            if (++n === turn) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(narrow(args[0] as never).sql)
          }
          await end()
          const answer = await (Reflect.get(target, name) as (...given: unknown[]) => Promise<unknown>)(...args)
          await end()
          return answer
        },
    })
  return {
    rooms: { ...rooms, orders: mortal(rooms.orders), inventory: mortal(rooms.inventory), finance: mortal(rooms.finance) },
    turns: () => n,
  }
}

test('killed before or after any step of a receipt: nothing is half posted, and sent again it is one receipt', async () => {
  let received = 0
  for (let turn = 1; ; turn++) {
    const input = receiptOf(await shipment(), warehouse)
    const dying = dyingAt(turn)
    const outcome = await receiveGoods(dying.rooms, leader, input).then(
      () => 'done' as const,
      () => 'killed' as const,
    )
    await nothingHalf(received + (outcome === 'done' ? 7 : 0))
    await receiveGoods(rooms, leader, input)
    received += 7
    await nothingHalf(received)
    if (outcome === 'done') {
      assert.ok(dying.turns() < turn && turn > 10, `only ${turn} steps`)
      return
    }
  }
})

test('killed at any moment, by another: the same', async () => {
  const victims = openPool(appUrlOf(bed.pools.ownerUrl), { max: 2, name: 'victim' })
  after(() => victims.destroy())
  const mortal = roomsOn(victims, bed.pools.system, testFiles({ after })).rooms
  let received = Number(await ledgers.receipts(leader.orgId)) * 7
  const outcomes = { done: 0, killed: 0 }
  for (let i = 0; i < 12; i++) {
    const input = receiptOf(await shipment(), warehouse)
    const sent = receiveGoods(mortal, leader, input).then(
      () => 'done' as const,
      () => 'killed' as const,
    )
    await new Promise((resolve) => setTimeout(resolve, i * 6))
    await ledgers.client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`)
    outcomes[await sent]++
    // Whether it was posted is told by asking again, as a phone does that got no answer.
    await receiveGoods(rooms, leader, input)
    received += 7
    await nothingHalf(received)
  }
  assert.ok(outcomes.killed >= 3, JSON.stringify(outcomes))
})

test('killed at any step of a receipt without a notice: no notice is left behind that nobody sent', async () => {
  const order = await agreedOrder(bed, supplier, [[house, '1000']])
  const [line] = (await listShippable(rooms, supplier, { orderId: order })).lines
  assert.ok(line)
  const notices = async () => {
    const { rows } = await ledgers.client.query(
      `select (select count(*) from logistics.shipment where made_by = 'buyer')::int as made, (select shipped from orders.schedule_line where id = $1)::float8 as shipped`,
      [line.scheduleLineId],
    )
    return rows[0]
  }
  const before = Number(await ledgers.receipts(leader.orgId)) * 7
  for (let turn = 1; ; turn++) {
    const input = unannounced(supplier, warehouse, [{ scheduleLineId: line.scheduleLineId, accepted: '7' }])
    const dying = dyingAt(turn)
    const outcome = await receiveWithoutNotice(dying.rooms, leader, input).then(
      () => 'done' as const,
      () => 'killed' as const,
    )
    const there = outcome === 'done' ? turn : turn - 1
    assert.deepEqual(await notices(), { made: there, shipped: there * 7 })
    await nothingHalf(before + there * 7)
    await receiveWithoutNotice(rooms, leader, input)
    assert.deepEqual(await notices(), { made: turn, shipped: turn * 7 })
    await nothingHalf(before + turn * 7)
    if (outcome === 'done') {
      assert.ok(dying.turns() < turn && turn > 10, `only ${turn} steps`)
      return
    }
  }
})

function appUrlOf(ownerUrl: string): string {
  return ownerUrl.replace('lianshu_owner', 'lianshu_app')
}
