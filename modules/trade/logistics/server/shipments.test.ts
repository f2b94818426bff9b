import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { writeDecimal } from '#values/decimal.ts'
import { readScan } from '../labels/scan.ts'
import { bookSlot, createDock, listArrivals, listSlots, unbookSlot } from './docks.ts'
import { changeShipmentDraft, createShipment, discardShipment } from './draft-shipment.ts'
import { issueShipment } from './issue-shipment.ts'
import { cancelShipment, setTimes } from './move-shipment.ts'
import { deliveryNote, printLabels } from './print-shipment.ts'
import { getShipment, listShipments, listShippable } from './read-shipments.ts'
import { agreedOrder, catalogueFor, content, failsWith, issued, noticeOf, testRooms } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, supplier, second, stranger } = bed
const { house, lotted } = await catalogueFor(bed, [supplier, second])
const list = (ctx: Context, side: 'buyer' | 'supplier') => listShipments(rooms, ctx, { side, sort: '-createdAt', limit: 50 })
const open = async (ctx: Context = supplier, orderId?: Parameters<typeof listShippable>[2]['orderId']) =>
  (await listShippable(rooms, ctx, { orderId })).lines
const left = async (id: string) => {
  const [line] = await rooms.db.inTenant(supplier, (tx) => rooms.orders.lockScheduleLines(opaque(tx), [id as never]))
  return line ? writeDecimal(line.shipped) : 'gone'
}

test('from agreed lines to an issued notice: packed, numbered, counted, and then unchangeable', async () => {
  const orderId = await agreedOrder(bed, supplier, [
    [house, '100'],
    [lotted, '40'],
  ])
  const [first, other] = await open(supplier, orderId)
  assert.ok(first && other)
  assert.deepEqual([first.left, first.most, first.buyer.name], ['100', '105', '整车厂'])
  const input = noticeOf(
    leader,
    [
      { scheduleLineId: first.scheduleLineId, quantity: '60' },
      { scheduleLineId: other.scheduleLineId, quantity: '40' },
    ],
    {
      packs: [
        { kind: 'pallet', within: null, contents: [] },
        { kind: 'box', within: 0, contents: [content(0, '30', 'L-7')] },
        { kind: 'box', within: 0, contents: [content(0, '30', 'L-7')] },
      ],
      loose: [content(1, '40', 'B-1')],
      containers: [{ code: 'KLT-4328', name: '周转箱', count: 2 }],
    },
  )
  const draft = await createShipment(rooms, supplier, input)
  assert.deepEqual([draft.number, draft.state, draft.side, draft.packs[1]?.sscc], [null, 'draft', 'supplier', null])
  assert.equal(await left(first.scheduleLineId), '0')
  assert.equal((await list(leader, 'buyer')).total, 0)
  await assert.rejects(getShipment(rooms, leader, draft.id), failsWith('logistics.notFound'))
  await assert.rejects(
    printLabels(rooms, supplier, draft.id, { formatId: null, language: 'zpl', code: 'qr' }),
    failsWith('logistics.notIssued'),
  )

  const changed = await changeShipmentDraft(rooms, supplier, draft.id, { ...input, vehicle: '渝B00001', version: draft.version })
  await assert.rejects(issueShipment(rooms, supplier, draft.id, { version: draft.version }), failsWith('logistics.changedMeanwhile'))
  for (const ctx of [leader, second, stranger])
    await assert.rejects(issueShipment(rooms, ctx, draft.id, { version: changed.version }), failsWith('logistics.notFound'))
  const shipment = await issueShipment(rooms, supplier, draft.id, { version: changed.version })
  assert.match(shipment.number ?? '', /^SN-\d{6}-00001$/)
  assert.equal(await left(first.scheduleLineId), '60')
  const codes = shipment.packs.map((pack) => pack.sscc ?? '')
  assert.equal(new Set(codes).size, 3)
  for (const code of codes) assert.equal(readScan(code, [], '2026-11-26').kind, 'pack')

  const seen = await getShipment(rooms, leader, shipment.id)
  assert.deepEqual([seen.side, seen.vehicle, seen.packs.length, seen.loose.length, seen.containers.length], ['buyer', '渝B00001', 3, 1, 1])
  assert.equal((await list(leader, 'buyer')).total, 1)
  for (const ctx of [second, stranger]) {
    await assert.rejects(getShipment(rooms, ctx, shipment.id), failsWith('logistics.notFound'))
    for (const side of ['buyer', 'supplier'] as const) assert.equal((await list(ctx, side)).total, 0)
    const rows = await rooms.db.inTenant(ctx, (tx) =>
      sql`select id from logistics.pack union all select id from logistics.line`.execute(tx.sql),
    )
    assert.equal(rows.rows.length, 0)
  }
  await assert.rejects(
    changeShipmentDraft(rooms, supplier, shipment.id, { ...input, version: shipment.version }),
    failsWith('logistics.notAllowedNow'),
  )
  await assert.rejects(discardShipment(rooms, supplier, shipment.id), failsWith('logistics.notAllowedNow'))
  for (const text of [
    `update logistics.shipment set vehicle = 'x' where id = '${shipment.id}'`,
    `update logistics.shipment set state = 'draft' where id = '${shipment.id}'`,
  ])
    await assert.rejects(
      rooms.db.inTenant(supplier, (tx) => sql.raw(text).execute(tx.sql)),
      /changes in its times alone|violates check/,
    )
  await assert.rejects(
    rooms.db.inTenant(leader, (tx) => sql`update logistics.content set lot = 'x'`.execute(tx.sql)),
    /permission denied/,
  )

  const labels = await printLabels(rooms, supplier, shipment.id, { formatId: null, language: 'zpl', code: 'qr' })
  assert.equal(labels.text.match(/\^XZ/g)?.length, 3)
  const qr = /FDMA,(\(00\)[^^]*)\^FS/.exec(labels.text)?.[1] ?? ''
  assert.deepEqual(
    readScan(
      qr.replace(/_([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      [],
      '2026-11-26',
    ),
    {
      kind: 'pack',
      sscc: codes[0],
      values: { sscc: codes[0], material: 'HS-01', lot: 'L-7', quantity: '60', order: first.orderNumber },
    },
  )
  const note = await deliveryNote(rooms, leader, shipment.id, 'continuous241')
  assert.ok('bytes' in note && note.bytes instanceof Uint8Array && Buffer.from(note.bytes).toString('latin1', 0, 5) === '%PDF-')
})

test('more than is left is not shipped, alone or by two at once', async () => {
  const orderId = await agreedOrder(bed, supplier, [[house, '100']])
  const [line] = await open(supplier, orderId)
  assert.ok(line)
  const of = (quantity: string) => noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity }])
  await assert.rejects(createShipment(rooms, supplier, of('105.000001')), failsWith('logistics.lineNotShippable'))
  await assert.rejects(createShipment(rooms, second, of('1')), failsWith('logistics.lineNotShippable'))
  await assert.rejects(createShipment(rooms, leader, of('1')), failsWith('logistics.lineNotShippable'))
  await assert.rejects(
    createShipment(rooms, supplier, { ...of('1'), lines: [...of('1').lines, ...of('2').lines] }),
    failsWith('logistics.lineTwice'),
  )
  await assert.rejects(createShipment(rooms, supplier, { ...of('10'), loose: [content(0, '9')] }), failsWith('logistics.packedDiffers'))
  await assert.rejects(createShipment(rooms, supplier, { ...of('10'), arrivalAt: of('10').departureAt }), failsWith('logistics.timeRule'))
  const drafts = await Promise.all(['60', '60', '60'].map((quantity) => createShipment(rooms, supplier, of(quantity))))
  const outcomes = await Promise.allSettled(drafts.map(({ id, version }) => issueShipment(rooms, supplier, id, { version })))
  assert.equal(outcomes.filter((one) => one.status === 'fulfilled').length, 1)
  assert.equal(await left(line.scheduleLineId), '60')
})

test('cancelling gives the counters back, and a draft is thrown away without a trace for the buyer', async () => {
  const orderId = await agreedOrder(bed, supplier, [[house, '10']])
  const [line] = await open(supplier, orderId)
  assert.ok(line)
  const shipment = await issued(bed, supplier, noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity: '10' }]))
  assert.deepEqual(await open(supplier, orderId), [])
  const reason = { version: shipment.version, reason: '车辆故障' }
  await assert.rejects(cancelShipment(rooms, leader, shipment.id, reason), failsWith('logistics.notYourSide'))
  const cancelled = await cancelShipment(rooms, supplier, shipment.id, reason)
  assert.deepEqual([cancelled.state, cancelled.driverPhone], ['cancelled', ''])
  await assert.rejects(
    cancelShipment(rooms, supplier, shipment.id, { ...reason, version: cancelled.version }),
    failsWith('logistics.notAllowedNow'),
  )
  assert.equal((await open(supplier, orderId))[0]?.left, '10')
  const draft = await createShipment(rooms, supplier, noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity: '4' }]))
  await discardShipment(rooms, supplier, draft.id)
  await assert.rejects(getShipment(rooms, supplier, draft.id), failsWith('logistics.notFound'))
})

test('times: the supplier reports the departure, both the arrival, and what has happened stays', async () => {
  const [line] = await open(supplier, await agreedOrder(bed, supplier, [[house, '10']]))
  assert.ok(line)
  const shipment = await issued(bed, supplier, noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity: '5' }]))
  const later = (hours: number) => ({ ...supplier, now: new Date(supplier.now.getTime() + hours * 3_600_000) })
  const at = (hours: number) => later(hours).now.toISOString()
  const report = (ctx: Context, version: number, times: object) => setTimes(rooms, ctx, shipment.id, { version, ...times })
  const v = shipment.version
  await assert.rejects(report(supplier, v, { departure: { kind: 'actual', at: at(1) } }), failsWith('logistics.timeRule'))
  await assert.rejects(
    report({ ...leader, now: later(3).now }, v, { arrival: { kind: 'actual', at: at(2) } }),
    failsWith('logistics.notAllowedNow'),
  )
  await assert.rejects(
    report({ ...leader, now: later(3).now }, v, { departure: { kind: 'actual', at: at(2) } }),
    failsWith('logistics.notYourSide'),
  )
  const gone = await report(later(2), v, { departure: { kind: 'actual', at: at(1.5) }, arrival: { kind: 'estimated', at: at(8) } })
  assert.deepEqual([gone.state, gone.departure?.kind], ['inTransit', 'actual'])
  await assert.rejects(report(later(3), gone.version, { departure: { kind: 'actual', at: at(1) } }), failsWith('logistics.timeRule'))
  const here = await report({ ...leader, now: later(7).now }, gone.version, { arrival: { kind: 'actual', at: at(6) } })
  assert.deepEqual([here.state, here.arrival], ['arrived', { kind: 'actual', at: at(6) }])
  await assert.rejects(report(later(8), here.version, { arrival: { kind: 'estimated', at: at(9) } }), failsWith('logistics.notAllowedNow'))
  await assert.rejects(
    rooms.db.inTenant(supplier, (tx) =>
      sql.raw(`update logistics.shipment set arrival_at = now() + interval '1 year' where id = '${shipment.id}'`).execute(tx.sql),
    ),
    /an actual time is final/,
  )
})

test('a dock takes as many as it can, however many ask at once, and tells nobody who they are', async () => {
  const dock = await createDock(rooms, leader, {
    code: 'D1',
    name: '一号道口',
    openMinute: 480,
    closeMinute: 600,
    slotMinutes: 60,
    capacity: 2,
    closed: false,
  })
  const shipments = await Promise.all(
    [supplier, second, supplier, second].map(async (ctx) => {
      const [line] = await open(ctx, await agreedOrder(bed, ctx, [[house, '10']]))
      assert.ok(line)
      return { ctx, shipment: await issued(bed, ctx, noticeOf(leader, [{ scheduleLineId: line.scheduleLineId, quantity: '1' }])) }
    }),
  )
  const booking = { dockId: dock.id, day: '2026-12-01', startMinute: 480 }
  const outcomes = await Promise.allSettled(shipments.map(({ ctx, shipment }) => bookSlot(rooms, ctx, shipment.id, booking)))
  const booked = outcomes.flatMap((one, i) => (one.status === 'fulfilled' ? [shipments[i]!] : []))
  assert.equal(booked.length, 2)
  for (const one of outcomes) if (one.status === 'rejected') assert.equal(one.reason.code, 'logistics.slotFull')
  const full = shipments.find((one) => !booked.includes(one))
  assert.ok(full)
  const slots = await listSlots(rooms, full.ctx, full.shipment.id, '2026-12-01')
  assert.deepEqual(
    slots.slots.map((slot) => [slot.startMinute, slot.capacity, slot.taken]),
    [
      [480, 2, 2],
      [540, 2, 0],
    ],
  )
  await assert.rejects(listSlots(rooms, stranger, full.shipment.id, '2026-12-01'), failsWith('logistics.notFound'))
  assert.deepEqual(
    (await rooms.db.inTenant(stranger, (tx) => sql`select * from logistics.dock_slots(${full.shipment.id}, '2026-12-01')`.execute(tx.sql)))
      .rows,
    [],
  )
  assert.deepEqual((await rooms.db.inTenant(supplier, (tx) => sql`select * from logistics.dock`.execute(tx.sql))).rows, [])
  await assert.rejects(bookSlot(rooms, full.ctx, full.shipment.id, { ...booking, startMinute: 500 }), failsWith('logistics.dockClosed'))
  await unbookSlot(rooms, booked[0]!.ctx, booked[0]!.shipment.id)
  const at = await bookSlot(rooms, full.ctx, full.shipment.id, booking)
  assert.deepEqual(at.appointment, { dock: 'D1', dockName: '一号道口', day: '2026-12-01', startMinute: 480, endMinute: 540 })
  // The same again is no second place.
  await bookSlot(rooms, full.ctx, full.shipment.id, booking)
  assert.equal((await listArrivals(rooms, leader, '2026-12-01')).appointments.length, 2)
  assert.equal((await listArrivals(rooms, supplier, '2026-12-01')).appointments.length, 0)
})
