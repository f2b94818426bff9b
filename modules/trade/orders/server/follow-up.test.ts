import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { opaque } from '#kernel/postgres.ts'
import { readSpreadsheet } from '#kernel/spreadsheet.ts'
import { decimal } from '#values/decimal.ts'
import type { OrderId } from '../contract.ts'
import { deliveriesPublic } from './deliveries.ts'
import { exportDeliveries } from './export-deliveries.ts'
import { countFollowUp, listDeliveries, listUnanswered } from './open-deliveries.ts'
import { readFigures } from './order-figures.ts'
import { getOrder } from './read-order.ts'
import { listReminders, remindOrders } from './remind-orders.ts'
import { agreedOrder, failsWith, person, proposedOrder, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, buyer, supplier, actors } = bed
const list = { sort: 'dueDay', limit: 50 }
const on = (day: string) => person(buyer, '采购小王', { now: new Date(`${day}T02:00:00Z`) })

const agreed = await agreedOrder(bed)
const waiting = await proposedOrder(bed)

async function deliver(id: OrderId, index: number, quantity: string, day: string): Promise<void> {
  const line = (await getOrder(rooms, actors.buyer, id)).deliveries[index]
  assert.ok(line)
  await rooms.db.inTenant(actors.supplier, (tx) =>
    deliveriesPublic.addShipped(opaque(tx), actors.supplier, [{ id: line.id, quantity: decimal(quantity) }]),
  )
  const received = [{ id: line.id, accepted: decimal(quantity), rejected: 0n, day }]
  await rooms.db.inTenant(actors.buyer, (tx) => deliveriesPublic.addReceived(opaque(tx), actors.buyer, received))
}

test('what is due soon and what is overdue, by the agreed day and its grace; both sides see the same', async () => {
  // Agreed: 100 on the 10th, 50 on the 20th, 10 on the 15th, one day of grace. The other order is talked over.
  const due = async (day: string, reason?: 'dueSoon' | 'overdue') =>
    (await listDeliveries(rooms, on(day), { ...list, side: 'buyer', ...(reason && { reason }) })).items.map(
      (row) => `${row.orderId === agreed ? 'a' : 'w'} ${row.dueDay}`,
    )
  assert.deepEqual(await due('2026-12-03', 'dueSoon'), ['a 2026-12-10'])
  assert.deepEqual(await due('2026-12-11', 'overdue'), [])
  assert.deepEqual(await due('2026-12-12', 'overdue'), ['a 2026-12-10'])
  assert.deepEqual(await due('2026-12-12', 'dueSoon'), ['a 2026-12-15'])
  assert.equal((await due('2026-12-12')).length, 6)
  assert.deepEqual(await countFollowUp(rooms, on('2026-12-12'), 'buyer'), { overdue: 1, dueSoon: 1, unanswered: 1, expedite: 0 })
  const theirs = await listDeliveries(rooms, person(supplier, '李', { now: new Date('2026-12-12T02:00:00Z') }), {
    ...list,
    side: 'supplier',
    reason: 'overdue',
  })
  assert.deepEqual(
    theirs.items.map((row) => [row.partner.name, row.materialCode, row.dueQuantity, row.punctuality]),
    [['白泽摩托', 'HS-01', '100', 'overdue']],
  )
  assert.equal((await listDeliveries(rooms, on('2026-12-12'), { ...list, side: 'buyer', search: 'mt-02 应龙' })).total, 2)
  for (const org of [bed.otherSupplier, bed.stranger])
    assert.equal((await listDeliveries(rooms, person(org, 'x'), { ...list, side: 'supplier' })).total, 0)
})

test('an answer that is late is asked for; each reminder is kept, twice a day at most', async () => {
  const late = on('2026-11-29')
  const unanswered = () => listUnanswered(rooms, late, { sort: 'respondBy', limit: 50, side: 'buyer' })
  assert.deepEqual(
    (await unanswered()).items.map((row) => [row.id, row.reminders]),
    [[waiting, 0]],
  )
  const remind = (ctx = late) => remindOrders(rooms, ctx, { orderIds: [waiting, agreed], note: '请尽快答复' })
  const outcomes = async (ctx = late) =>
    Object.fromEntries((await remind(ctx)).results.map((result) => [result.orderId, `${result.outcome} ${result.reason}`]))
  assert.deepEqual(await outcomes(), { [waiting]: 'reminded unanswered', [agreed]: 'nothing null' })
  assert.deepEqual(await outcomes(on('2026-11-27')), { [waiting]: 'nothing null', [agreed]: 'nothing null' })
  await remind()
  assert.equal((await outcomes())[waiting], 'enough unanswered')
  assert.equal((await outcomes(on('2026-12-08')))[agreed], 'reminded dueSoon')
  assert.equal((await unanswered()).items[0]?.reminders, 3)
  const { reminders } = await listReminders(rooms, actors.supplier, waiting)
  assert.deepEqual(reminders.map(({ side, person, note }) => [side, person, note])[0], ['buyer', '采购小王', '请尽快答复'])
  assert.deepEqual((await remindOrders(rooms, person(bed.stranger, 'x'), { orderIds: [waiting], note: '' })).results, [
    { orderId: waiting, outcome: 'unknown', reason: null },
  ])
  await assert.rejects(listReminders(rooms, person(bed.stranger, 'x'), waiting), failsWith('orders.notFound'))
})

test('punctuality counts whole schedule lines by their agreed day, and the steps have their mean', async () => {
  await deliver(agreed, 0, '60', '2026-12-09')
  const figures = (day: string) => readFigures(rooms, on(day), { side: 'buyer', from: '2026-12-01', until: '2026-12-31' })
  // Sixty of a hundred by the day are nothing: the line is overdue.
  assert.deepEqual(
    (await figures('2026-12-13')).onTime.map(({ due, onTime, overdue, rate }) => [due, onTime, overdue, rate]),
    [[1, 0, 1, '0']],
  )
  await deliver(agreed, 0, '40', '2026-12-11')
  await deliver(agreed, 2, '10', '2026-12-18')
  const { onTime, steps } = await figures('2026-12-19')
  assert.deepEqual(
    onTime.map(({ partner, due, onTime: n, late, overdue, rate }) => [partner, due, n, late, overdue, rate]),
    [['应龙压铸', 2, 1, 1, 0, '0.5']],
  )
  assert.deepEqual(
    steps.map(({ step, orders }) => [step, orders]),
    [
      ['toProposal', 0],
      ['toAgreement', 0],
      ['toShipment', 0],
      ['toCompletion', 0],
    ],
  )
  const all = await readFigures(rooms, on('2026-12-19'), { side: 'supplier', from: '2026-11-01', until: '2026-12-31' })
  assert.deepEqual([all.onTime, all.steps.length], [[], 3])
  const own = await readFigures(rooms, on('2026-12-19'), { side: 'buyer', from: '2026-11-01', until: '2026-12-31' })
  assert.deepEqual(
    own.steps.map(({ step, orders, meanHours }) => [step, orders, meanHours]),
    [
      ['toProposal', 2, '0'],
      ['toAgreement', 1, '0'],
      ['toShipment', 1, '0'],
      ['toCompletion', 0, null],
    ],
  )
  await assert.rejects(
    async () => readFigures(rooms, on('2026-12-19'), { side: 'buyer', from: '2026-12-02', until: '2026-12-01' }),
    failsWith('orders.periodTooLong'),
  )
})

test('what is open goes into a workbook, quantities as exact texts', async () => {
  const { fileName, bytes } = await exportDeliveries(rooms, on('2026-12-19'), { side: 'buyer' }, (_, key) =>
    key.replace('orders.export.', ''),
  )
  assert.match(fileName, /2026-12-19\.xlsx$/)
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const rows: string[][] = []
  for await (const some of readSpreadsheet(Buffer.concat(chunks))) rows.push(...some.map((row) => [...row.cells]))
  assert.deepEqual(rows[0]?.slice(0, 5), ['orderNumber', 'partner', 'line', 'delivery', 'materialCode'])
  assert.ok(rows.some((row) => row.includes('126.123456')))
})
