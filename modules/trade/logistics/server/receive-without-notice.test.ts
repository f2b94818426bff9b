import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { detailApi } from '#modules/trade/materials/detail-contract.ts'
import type { ScheduleLineId } from '#modules/trade/orders/contract.ts'
import { AppError } from '#values/errors.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import type { Shipment } from '../contract.ts'
import { logisticsNotices } from '../notices.ts'
import { listClaims } from './claims.ts'
import { listExpected, listReceipts } from './expected.ts'
import { deliveryNote } from './print-shipment.ts'
import { listOwed } from './read-owed.ts'
import { getShipment, listShipments, listShippable } from './read-shipments.ts'
import { receiveGoods } from './receive-goods.ts'
import { receiveWithoutNotice } from './receive-without-notice.ts'
import { agreedOrder, catalogueFor, failsWith, issued, newWarehouse, noticeOf, receiptOf, testRooms, unannounced } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, chief, supplier, second, stranger } = bed
const { house, lotted, inspected } = await catalogueFor(bed, [supplier, second])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })

/** An agreed order and its schedule lines, in the order of its materials. */
async function ordered(wanted: Parameters<typeof agreedOrder>[2], of: Context = supplier) {
  const orderId = await agreedOrder(bed, of, wanted)
  const { lines } = await listShippable(rooms, of, { orderId })
  const ids = lines.toSorted((a, b) => a.orderLineNo - b.orderLineNo).map((line) => line.scheduleLineId)
  return { orderId, ids, id: ids[0] as ScheduleLineId }
}

const left = async (orderId: string) => (await listShippable(rooms, supplier, { orderId: orderId as never })).lines.map((line) => line.left)
const notified = (id: ScheduleLineId, quantity: string): Promise<Shipment> =>
  issued(bed, supplier, noticeOf(leader, [{ scheduleLineId: id, quantity }]))

/** All four tell the same, and every sum is in balance. */
async function consistent(): Promise<number> {
  const story = await ledgers.story(leader.orgId)
  assert.equal(new Set(Object.values(story)).size, 1, JSON.stringify(story))
  assert.equal(await ledgers.balance(leader.orgId), '0')
  assert.equal((await ledgers.books(leader.orgId))[0], '0')
  return Number(story.received)
}
const query = async (text: string, values: unknown[] = []) => (await ledgers.client.query(text, values)).rows

test('the lorry is there without a notice: receipt, counters, stock and accrual; both sides see who made the notice, nobody else sees it', async () => {
  const { orderId, ids } = await ordered([
    [house, '100'],
    [lotted, '20'],
    [inspected, '10'],
  ])
  await bed.call(leader, detailApi.addBarcode, { params: { id: house }, body: { code: '4006381333931', unit: 'C62' } })
  const owed = (await listOwed(rooms, leader, { search: '压铸厂 HS-01' })).lines
  assert.deepEqual(
    owed.map((line) => [line.materialCode, line.left, line.supplier.name, line.control, line.notices, line.codes]),
    [['HS-01', '100', '压铸厂', 'none', [], [{ code: '4006381333931', quantity: '1' }]]],
  )
  const [a, b, c] = ids as [ScheduleLineId, ScheduleLineId, ScheduleLineId]
  const receipt = await receiveWithoutNotice(
    rooms,
    leader,
    unannounced(supplier, warehouse, [
      { scheduleLineId: a, accepted: '38', damaged: '2', note: '外箱破损' },
      { scheduleLineId: b, accepted: '12', lot: 'B-1' },
      { scheduleLineId: b, accepted: '8', lot: 'B-2' },
      { scheduleLineId: c, accepted: '0' },
    ]),
  )
  assert.match(receipt.number, /^GR-/)
  assert.match(receipt.shipmentNumber, /^RN-\d{6}-00001$/)
  for (const side of [leader, supplier]) {
    const shipment = await getShipment(rooms, side, receipt.shipmentId)
    assert.deepEqual(
      [shipment.madeBy, shipment.state, shipment.departure, shipment.arrival, shipment.vehicle],
      ['buyer', 'received', null, { kind: 'actual', at: receipt.receivedAt }, '渝B67890'],
    )
    assert.deepEqual(
      shipment.lines.map((line) => [line.materialCode, line.quantity, line.accepted, line.rejected, line.missing]),
      [
        ['HS-01', '40', '38', '2', '0'],
        ['CV-02', '20', '20', '0', '0'],
      ],
    )
    assert.equal((await listReceipts(rooms, side, receipt.shipmentId)).receipts[0]?.lines.length, 3)
    const listed = await listShipments(rooms, side, { side: side === leader ? 'buyer' : 'supplier', sort: '-createdAt', limit: 10 })
    assert.equal(listed.items[0]?.id, receipt.shipmentId)
    const claim = (await listClaims(rooms, side, { side: side === leader ? 'buyer' : 'supplier', sort: 'openedAt', limit: 10 })).items[0]
    assert.deepEqual([claim?.kind, claim?.quantity, claim?.note], ['damaged', '2', '外箱破损'])
  }
  for (const other of [second, stranger]) {
    await assert.rejects(getShipment(rooms, other, receipt.shipmentId), failsWith('logistics.notFound'))
    await assert.rejects(listReceipts(rooms, other, receipt.shipmentId), failsWith('logistics.notFound'))
    assert.deepEqual((await listOwed(rooms, other, {})).lines, [])
  }
  assert.equal(await consistent(), 58)
  assert.deepEqual((await left(orderId)).sort(), ['10', '62'])
  assert.deepEqual((await listExpected(rooms, leader)).shipments, [])
  await assert.rejects(deliveryNote(rooms, supplier, receipt.shipmentId, 'a4'), failsWith('logistics.noNoteOfHis'))
})

test('what must be inspected waits in quarantine, as of any receipt', async () => {
  const { id } = await ordered([[inspected, '10']])
  const before = Number(await ledgers.elsewhere(leader.orgId))
  const receipt = await receiveWithoutNotice(rooms, leader, unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '10' }]))
  assert.deepEqual([receipt.lines[0]?.inspect, receipt.lines[0]?.remains.warehouse], [true, '0'])
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), before + 10)
  await consistent()
})

test('sent again, or twice at once, it is one receipt on one notice; with other content it is refused', async () => {
  const { id } = await ordered([[house, '100']])
  const input = unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '30' }])
  const sent = await Promise.all([1, 2, 3].map(() => receiveWithoutNotice(rooms, leader, input)))
  assert.equal(new Set(sent.map((one) => one.id)).size, 1)
  assert.equal((await receiveWithoutNotice(rooms, leader, input)).id, sent[0]?.id)
  assert.deepEqual(await query('select shipped::float8 as n from orders.schedule_line where id = $1', [id]), [{ n: 30 }])
  await assert.rejects(receiveWithoutNotice(rooms, leader, { ...input, note: 'x' }), failsWith('logistics.receiptDiffers'))
  const shipment = await notified(id, '10')
  await assert.rejects(
    receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { receiptKey: input.receiptKey })),
    failsWith('logistics.receiptDiffers'),
  )
  await consistent()
})

test('two lorries at once get no more together than was agreed, and each its own number', async () => {
  const { id, orderId } = await ordered([[house, '100']])
  const input = (accepted: string) => unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted }])
  const outcomes = await Promise.allSettled(['60', '60', '20'].map((n) => receiveWithoutNotice(rooms, leader, input(n))))
  const refused = outcomes.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 1)
  assert.ok(failsWith('logistics.overTolerance')(refused[0]?.reason))
  const numbers = outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value.shipmentNumber : []))
  assert.equal(new Set(numbers).size, 2)
  assert.deepEqual(await left(orderId), [
    String(100 - (outcomes[0]?.status === 'fulfilled' || outcomes[1]?.status === 'fulfilled' ? 80 : 60)),
  ])
  await consistent()
})

test('beyond the tolerance: only with permission and reason, and then it lies apart as the supplier’s, with a claim', async () => {
  const { id } = await ordered([[house, '100']])
  const over = unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '120' }], { overReason: '司机说多装了' })
  await assert.rejects(receiveWithoutNotice(rooms, leader, over), failsWith('logistics.overTolerance'))
  assert.deepEqual(await query(`select shipped::float8 as n from orders.schedule_line where id = $1`, [id]), [{ n: 0 }])
  const before = await consistent()
  const receipt = await receiveWithoutNotice(rooms, chief, over)
  const shipment = await getShipment(rooms, supplier, receipt.shipmentId)
  assert.deepEqual(
    shipment.lines.map((line) => [line.quantity, line.accepted, line.excess]),
    [['105', '105', '15']],
  )
  const claims = (await listClaims(rooms, supplier, { side: 'supplier', sort: '-openedAt', limit: 5, shipmentId: shipment.id })).items
  assert.deepEqual(
    claims.map((claim) => [claim.kind, claim.quantity]),
    [['over', '15']],
  )
  assert.equal(await consistent(), before + 105)
  await assert.rejects(
    receiveWithoutNotice(rooms, chief, unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '1' }])),
    failsWith('logistics.nothingOwed'),
  )
})

test('a notice that is open for the line is named and received on, or whoever receives says that it is not of these goods', async () => {
  const { id } = await ordered([[house, '100']])
  const shipment = await notified(id, '60')
  const owed = (await listOwed(rooms, leader, {})).lines.find((line) => line.scheduleLineId === id)
  assert.deepEqual([owed?.left, owed?.notices], ['40', [{ shipmentId: shipment.id, number: shipment.number, quantity: '60' }]])
  const input = unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '40' }])
  await assert.rejects(receiveWithoutNotice(rooms, leader, input), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'logistics.noticeOpen')
    assert.deepEqual([error.details.numbers, error.details.shipmentIds], [shipment.number, [shipment.id]])
    return true
  })
  await receiveWithoutNotice(rooms, leader, { ...input, besides: [shipment.id] })
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse))
  assert.equal((await query('select accepted::float8 as n from orders.schedule_line where id = $1', [id]))[0].n, 100)
  await consistent()
})

test('a line that is wholly on its way has nothing left for a lorry without a notice', async () => {
  const { id } = await ordered([[house, '100']])
  const shipment = await notified(id, '100')
  const input = unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '1' }])
  await assert.rejects(receiveWithoutNotice(rooms, leader, input), failsWith('logistics.noticeOpen'))
  await assert.rejects(receiveWithoutNotice(rooms, leader, { ...input, besides: [shipment.id] }), failsWith('logistics.nothingOwed'))
})

test('a notice that is issued at the same moment and the receipt never count the same goods twice', async () => {
  for (const _ of [1, 2, 3]) {
    const { id } = await ordered([[house, '100']])
    const input = unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '100' }])
    const [sent, received] = await Promise.allSettled([notified(id, '100'), receiveWithoutNotice(rooms, leader, input)])
    assert.deepEqual([sent.status, received.status].sort(), ['fulfilled', 'rejected'])
    assert.equal((await query('select shipped::float8 as n from orders.schedule_line where id = $1', [id]))[0].n, 100)
  }
})

test('what is not agreed, not of this supplier, or another buyer’s is refused in words', async () => {
  const { id } = await ordered([[house, '10']])
  const theirs = await ordered([[house, '10']], second)
  const one = (scheduleLineId: ScheduleLineId, change = {}) => unannounced(supplier, warehouse, [{ scheduleLineId, accepted: '1' }], change)
  await assert.rejects(receiveWithoutNotice(rooms, leader, one(theirs.id)), failsWith('logistics.lineNotOwed'))
  await assert.rejects(receiveWithoutNotice(rooms, stranger, one(id)), failsWith('logistics.lineNotOwed'))
  // The supplier himself is no receiver of his own goods.
  await assert.rejects(receiveWithoutNotice(rooms, supplier, one(id)), failsWith('logistics.lineNotOwed'))
  await assert.rejects(
    receiveWithoutNotice(rooms, leader, unannounced(supplier, warehouse, [{ scheduleLineId: id }])),
    failsWith('logistics.nothingReceived'),
  )
  const later = new Date(leader.now.getTime() + 2 * 86_400_000).toISOString()
  await assert.rejects(receiveWithoutNotice(rooms, leader, one(id, { receivedAt: later })), failsWith('logistics.dayInFuture'))
  await assert.rejects(receiveWithoutNotice(rooms, leader, one(id, { warehouseId: id })), failsWith('logistics.warehouseUnknown'))
  await assert.rejects(
    receiveWithoutNotice(rooms, leader, unannounced(supplier, warehouse, [{ scheduleLineId: id, accepted: '2', serial: 'X' }])),
    failsWith('logistics.serialCount'),
  )
  assert.equal((await query('select shipped::float8 as n from orders.schedule_line where id = $1', [id]))[0].n, 0)
})

test('the supplier is told what was received without his word, and not that his notice was', async () => {
  const news = { shipmentId: 's', number: 'RN-1', receiptNumber: 'GR-1', buyerId: leader.orgId, supplierId: supplier.orgId }
  const told = (withoutNotice: boolean) =>
    logisticsNotices
      .filter(({ event, recipient }) => event === 'logistics.received' && recipient({ ...news, withoutNotice }) === supplier.orgId)
      .map(({ kind, values }) => [kind, values({ ...news, withoutNotice }).number])
  assert.deepEqual(told(true), [['logistics.receivedWithoutNotice', 'GR-1']])
  assert.deepEqual(told(false), [['logistics.received', 'RN-1']])
  const sent = await query(`select payload from kernel.outbox where name = 'logistics.issued' and payload->>'number' like 'RN-%'`)
  assert.deepEqual(sent, [])
})

test('the database lets neither side write what the other one makes', async () => {
  const { id } = await ordered([[house, '100']])
  const shipment = await notified(id, '60')
  const columns = sql`(buyer_org, supplier_org, buyer_name, supplier_name, number, state, deliver_to, carrier, vehicle, driver_name, driver_phone, note,
    arrival_kind, arrival_at, line_count, pack_count, search_text, created_at, issued_at, made_by)`
  const row = (ctx: Context, number: string, buyer = leader.orgId as string) =>
    rooms.db.inTenant(ctx, (tx) =>
      sql`insert into logistics.shipment ${columns} values (${buyer}, ${supplier.orgId}, 'a', 'b', ${number}, 'arrived', '', '', '', '', '', '',
        'actual', now(), 1, 0, '', now(), now(), 'buyer')`.execute(tx.sql),
    )
  await assert.rejects(row(supplier, 'RN-X'), /row-level security/)
  await assert.rejects(row(second, 'RN-X'), /row-level security/)
  const line = (ctx: Context, madeBy: string) =>
    rooms.db.inTenant(ctx, (tx) =>
      sql`insert into logistics.line (shipment_id, buyer_org, supplier_org, issued, made_by, line_no, schedule_line_id, order_id, order_number, order_line_no,
          schedule_no, material_id, material_code, material_name, specification, unit, agreed_day, quantity)
        select shipment_id, buyer_org, supplier_org, true, ${madeBy}, 9, ${shipment.id}, order_id, order_number, order_line_no, schedule_no, material_id, material_code,
          material_name, specification, unit, agreed_day, quantity from logistics.line where shipment_id = ${shipment.id}`.execute(tx.sql),
    )
  await assert.rejects(line(leader, 'supplier'), /row-level security/)
  await assert.rejects(line(leader, 'buyer'), /line_of_maker/)
  // Two buyers of one supplier count by themselves.
  await row(leader, 'RN-209901-00001')
  await row(stranger, 'RN-209901-00001', stranger.orgId)
  await assert.rejects(row(leader, 'RN-209901-00001'), /shipment_number_of_buyer/)
})

test('whatever is notified, received, received without a notice and refused: no more is shipped or accepted than was agreed, and all ledgers tell the same', async () => {
  const act = fc.record({
    kind: fc.constantFrom('notice', 'receive', 'gate' as const),
    n: fc.integer({ min: 1, max: 70 }),
    bad: fc.integer({ min: 0, max: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 7 }), async (acts) => {
      const { id } = await ordered([[house, '100']])
      const open: Shipment[] = []
      for (const { kind, n, bad } of acts) {
        const counted = { scheduleLineId: id, accepted: String(n), damaged: String(bad) }
        const besides = open.map((shipment) => shipment.id)
        const one = kind === 'receive' ? open.pop() : undefined
        try {
          if (kind === 'notice') open.push(await notified(id, String(n)))
          if (kind === 'gate')
            await receiveWithoutNotice(rooms, chief, unannounced(supplier, warehouse, [counted], { besides, overReason: '多送' }))
          if (one) await receiveGoods(rooms, chief, receiptOf(one, warehouse))
        } catch (error) {
          assert.ok(
            error instanceof AppError && ['logistics.lineNotShippable', 'logistics.nothingOwed'].includes(error.code),
            String(error),
          )
        }
        const [line] = await query(
          `select shipped::float8 as shipped, accepted::float8 as accepted, rejected::float8 as rejected from orders.schedule_line where id = $1`,
          [id],
        )
        assert.ok(line.shipped - line.rejected <= 105 && line.accepted <= 105, JSON.stringify(line))
        const [sum] = await query(`select coalesce(sum(quantity), 0)::float8 as n from logistics.line where schedule_line_id = $1`, [id])
        assert.equal(sum.n, line.shipped)
        await consistent()
      }
    }),
    { numRuns: 12 },
  )
})
