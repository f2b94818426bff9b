import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal } from '#values/decimal.ts'
import type { OrderId } from '../contract.ts'
import { expediteApi } from '../expedite-contract.ts'
import { acceptProposal } from './answer-proposal.ts'
import { deliveriesPublic } from './deliveries.ts'
import { askExpedite, promiseExpedite, refuseExpedite, withdrawExpedite } from './expedite-delivery.ts'
import { expeditePage } from './expedite-store.ts'
import { orderTodos } from './news.ts'
import { countFollowUp, listDeliveries } from './open-deliveries.ts'
import { getOrder, getStanding } from './read-order.ts'
import { remindOrders } from './remind-orders.ts'
import { agreedOrder, failsWith, openOf, person, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, buyer, actors } = bed
// Agreed: 100 on 10 December, 50 on the 20th, 10 on the 15th.
const lineOf = async (id: OrderId, index: number) => {
  const line = (await getOrder(rooms, actors.buyer, id)).deliveries[index]
  assert.ok(line)
  return line
}
const ask = async (id: OrderId, index: number, wantedDay = '2026-12-04', ctx = actors.buyer) =>
  askExpedite(rooms, ctx, { scheduleLineId: (await lineOf(id, index)).id, wantedDay, reason: '总装提前上线' })
const list = (ctx: Context, query: object = {}) =>
  rooms.db.inTenant(ctx, (tx) => expeditePage(tx, ctx, expediteApi.list.query.parse(query)))

test('a promise is an amendment signed by the supplier, in force when the buyer signs it', async () => {
  const id = await agreedOrder(bed)
  const asked = await ask(id, 0)
  assert.deepEqual([asked.state, asked.dueDay, asked.wantedDay, asked.partner.name], ['asked', '2026-12-10', '2026-12-04', '应龙压铸'])
  await assert.rejects(ask(id, 0), failsWith('orders.alreadyAsked'))
  await assert.rejects(ask(id, 1, '2020-01-01'), failsWith('orders.dayPassed'))
  await assert.rejects(ask(id, 1, '2026-12-04', actors.supplier), failsWith('orders.notFound'))
  const todo = orderTodos.find((one) => one.name === 'answerExpedite')
  const waiting = await rooms.db.inTenant(actors.supplier, async (tx) => todo?.list(actors.supplier, opaque(tx), 5))
  assert.deepEqual([waiting?.total, waiting?.items[0]?.due], [1, '2026-12-04'])
  assert.equal((await countFollowUp(rooms, actors.supplier, 'supplier')).expedite, 1)

  // Only the supplier answers, once, as he has seen it; a stranger and another supplier find nothing.
  const answer = { version: asked.version, day: '2026-12-06', note: '加开夜班' }
  await assert.rejects(promiseExpedite(rooms, actors.buyer, asked.id, answer), failsWith('orders.expediteClosed'))
  await assert.rejects(promiseExpedite(rooms, actors.supplier, asked.id, { ...answer, version: 9 }), failsWith('orders.changedMeanwhile'))
  for (const org of [bed.otherSupplier, bed.stranger]) {
    await assert.rejects(promiseExpedite(rooms, person(org, 'x'), asked.id, answer), failsWith('orders.expediteNotFound'))
    assert.equal((await list(person(org, 'x'), { side: 'supplier' })).items.length, 0)
  }
  const promised = await promiseExpedite(rooms, actors.supplier, asked.id, answer)
  assert.deepEqual([promised.state, promised.promisedDay, promised.revision, promised.dueDay], ['promised', '2026-12-06', 2, '2026-12-10'])
  await assert.rejects(
    refuseExpedite(rooms, actors.supplier, asked.id, { version: promised.version, reason: 'x' }),
    failsWith('orders.expediteClosed'),
  )

  const talked = await getOrder(rooms, actors.buyer, id)
  assert.deepEqual(
    [talked.turn, talked.openChanges.map((change) => [change.field, change.before, change.after])],
    [
      'buyer',
      [
        ['day', '2026-12-10', '2026-12-06'],
        ['reason', '', '加开夜班'],
      ],
    ],
  )
  await acceptProposal(rooms, actors.buyer, id, await openOf(bed, actors.buyer, id))
  assert.equal((await lineOf(id, 0)).confirmedDay, '2026-12-06')
  // The other delivery of the line is confirmed as it was asked for.
  assert.deepEqual([(await lineOf(id, 1)).requestedDay, (await lineOf(id, 1)).confirmedDay], ['2026-12-20', '2026-12-20'])
  const due = await listDeliveries(rooms, actors.buyer, { sort: 'dueDay', limit: 50, side: 'buyer' })
  assert.deepEqual(due.items.find((row) => row.orderId === id)?.expedite, {
    state: 'promised',
    wantedDay: '2026-12-04',
    promisedDay: '2026-12-06',
  })
})

test('while something is talked over a promise is an answer alone; a refusal says why; what was not answered is taken back or reminded of', async () => {
  const id = await agreedOrder(bed)
  const first = await ask(id, 0)
  await promiseExpedite(rooms, actors.supplier, first.id, { version: first.version, day: '2026-12-05', note: '' })
  const second = await ask(id, 1)
  const answered = await promiseExpedite(rooms, actors.supplier, second.id, { version: second.version, day: '2026-12-12', note: '' })
  assert.deepEqual([answered.state, answered.revision], ['promised', null])
  const third = await ask(id, 1)
  const refused = await refuseExpedite(rooms, actors.supplier, third.id, { version: third.version, reason: '模具在修' })
  assert.deepEqual([refused.state, refused.answer, refused.answeredBy], ['refused', '模具在修', '销售老李'])
  const fourth = await ask(id, 2)
  const remind = (day: string) =>
    remindOrders(rooms, person(buyer, '采购小王', { now: new Date(`${day}T02:00:00Z`) }), { orderIds: [id], note: '' })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  // Settled first: a late answer goes before it.
  await acceptProposal(rooms, actors.buyer, id, await openOf(bed, actors.buyer, id))
  assert.deepEqual((await remind(tomorrow)).results[0]?.reason, 'expedite')
  await assert.rejects(withdrawExpedite(rooms, actors.supplier, fourth.id, fourth.version), failsWith('orders.expediteClosed'))
  assert.equal((await withdrawExpedite(rooms, actors.buyer, fourth.id, fourth.version)).state, 'withdrawn')
  const all = await list(actors.buyer, { orderId: id })
  assert.deepEqual(
    all.items.map((one) => one.state),
    ['withdrawn', 'refused', 'promised', 'promised'],
  )
  assert.equal((await list(actors.supplier, { side: 'supplier', state: 'refused', search: 'hs-01 白泽' })).items.length, 1)

  // Nothing is asked for that has left the supplier's house; what was asked before waits for no answer any more.
  await ask(id, 2)
  const waiting = async () => [
    (await list(actors.buyer, { orderId: id, state: 'asked' })).items.length,
    (await countFollowUp(rooms, actors.supplier, 'supplier')).expedite,
    (await remind(tomorrow)).results[0]?.reason === 'expedite',
  ]
  assert.deepEqual(await waiting(), [1, 1, true])
  const line = await lineOf(id, 2)
  await rooms.db.inTenant(actors.supplier, (tx) =>
    deliveriesPublic.addShipped(opaque(tx), actors.supplier, [{ id: line.id, quantity: decimal('10') }]),
  )
  assert.deepEqual(await waiting(), [0, 0, false])
  await assert.rejects(ask(id, 2), failsWith('orders.notOpen'))
  // Four asked and answered, the fifth asked.
  for (const ctx of [actors.buyer, actors.supplier]) assert.equal((await getStanding(rooms, ctx, id)).expedites, 4 * 2 + 1)
  await assert.rejects(getStanding(rooms, person(bed.stranger, 'x'), id), failsWith('orders.notFound'))
})

test('the database itself lets only the buyer ask and take back, and only the supplier answer, once', async () => {
  const id = await agreedOrder(bed)
  const asked = await ask(id, 0)
  const end = (ctx: Context, state: 'promised' | 'refused' | 'withdrawn') =>
    rooms.db.inTenant(ctx, (tx) =>
      tx.sql
        .updateTable('orders.expedite')
        .set({
          state,
          ...(state !== 'withdrawn' && { answered_at: new Date() }),
          ...(state === 'promised' && { promised_day: '2026-12-06' }),
        })
        .where('id', '=', asked.id)
        .executeTakeFirstOrThrow(),
    )
  const denied = /row-level security/
  await assert.rejects(end(actors.buyer, 'promised'), denied)
  await assert.rejects(end(actors.buyer, 'refused'), denied)
  await assert.rejects(end(actors.supplier, 'withdrawn'), denied)
  assert.equal((await end(person(bed.otherSupplier, 'x'), 'refused')).numUpdatedRows, 0n)
  const forged = rooms.db.inTenant(actors.supplier, async (tx) => {
    const {
      id: _,
      version: __,
      ...row
    } = await tx.sql.selectFrom('orders.expedite').selectAll().where('id', '=', asked.id).executeTakeFirstOrThrow()
    const line = await lineOf(id, 1)
    await tx.sql
      .insertInto('orders.expedite')
      .values({ ...row, schedule_line_id: line.id })
      .execute()
  })
  await assert.rejects(forged, denied)
  await end(actors.supplier, 'refused')
  assert.equal((await end(actors.supplier, 'promised')).numUpdatedRows, 0n)
})
