import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '#kernel/clock.ts'
import { moduleDatabase, narrow, opaque } from '#kernel/postgres.ts'
import { listClaims } from '#modules/trade/logistics/server/claims.ts'
import { listReceipts } from '#modules/trade/logistics/server/expected.ts'
import { logisticsPublic } from '#modules/trade/logistics/server/logistics-public.ts'
import { listShippable } from '#modules/trade/logistics/server/read-shipments.ts'
import { receiveGoods } from '#modules/trade/logistics/server/receive-goods.ts'
import {
  agreedOrder,
  catalogueFor,
  failsWith,
  issued,
  newWarehouse,
  noticeOf,
  receiptOf,
  testRooms,
  took,
} from '#modules/trade/logistics/server/test-rooms.ts'
import { chinaDay } from '#values/instant.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import type { Decision, DefectId, Inspection } from '../contract.ts'
import { awaitInspection } from './await-inspection.ts'
import { decideInspection } from './decide-inspection.ts'
import { changeDefect, createDefect, listDefects } from './defects.ts'
import { inspectionDocument, qualityTodos } from './document-kind.ts'
import { printReport } from './print-report.ts'
import { getInspection, listInspections } from './read-inspections.ts'
import type { Rooms } from './rooms.ts'
import type { QualityTables } from './tables.ts'

const bed = await testRooms({ after })
const { leader, supplier, stranger } = bed
const { house, inspected } = await catalogueFor(bed, [supplier])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })
const rooms: Rooms = {
  db: moduleDatabase<QualityTables>(bed.pools.app, () => Promise.reject(new Error('no grants here'))),
  organisations: bed.organisations.public,
  logistics: logisticsPublic(bed.rooms),
  printer: bed.rooms.printer,
  translate: bed.rooms.translate,
  clock: systemClock,
}
const waiting = () => listInspections(rooms, leader, { state: 'waiting', sort: 'receivedAt', limit: 50 })

/** A lot of the material that must be inspected and one that need not; told as the worker tells it, twice. */
async function lotOf(quantity: string): Promise<Inspection> {
  const orderId = await agreedOrder(bed, supplier, [
    [inspected, quantity],
    [house, '5'],
  ])
  const { lines } = await listShippable(bed.rooms, supplier, { orderId })
  const notice = noticeOf(
    leader,
    lines.map((line) => ({ scheduleLineId: line.scheduleLineId, quantity: line.left })),
  )
  const shipment = await issued(bed, supplier, notice)
  const receipt = await receiveGoods(
    bed.rooms,
    leader,
    receiptOf(shipment, warehouse, { lines: shipment.lines.map((line) => took(line, line.quantity)) }),
  )
  const news = { payload: { receiptId: receipt.id, buyerId: leader.orgId }, trace: 'test' } as never
  const before = (await waiting()).total
  for (const _ of [1, 2]) await awaitInspection(rooms).handle(news)
  assert.equal((await waiting()).total, before + 1)
  const found = (await waiting()).items.find((one) => one.receiptNumber === receipt.number)
  assert.ok(found)
  return getInspection(rooms, leader, found.id)
}

const decision = (accepted: string, rejected: string, findings: Decision['findings'] = []) => ({
  accepted,
  rejected,
  findings,
  sampleSize: null,
  remarks: '',
  version: 1,
})

async function consistent(): Promise<number> {
  const story = await ledgers.story(leader.orgId)
  assert.equal(new Set(Object.values(story)).size, 1, JSON.stringify(story))
  assert.equal(await ledgers.balance(leader.orgId), '0')
  assert.equal((await ledgers.books(leader.orgId))[0], '0')
  return Number(story.received)
}

const defects = new Map<string, DefectId>()
for (const [code, name] of [
  ['D01', '尺寸超差'],
  ['D02', '外观划伤'],
] as const)
  defects.set(code, (await createDefect(rooms, leader, { code, name, nameEn: null, severity: 'major' })).id)
const found = (code: string, quantity: string) => ({ defectId: defects.get(code) as DefectId, quantity })

test('what must be inspected waits, and the to-do list says so; nobody else sees it', async () => {
  const lot = await lotOf('40')
  assert.match(lot.number, /^IQ-\d{6}-00001$/)
  assert.deepEqual([lot.quantity, lot.result, lot.materialCode], ['40', null, 'GR-03'])
  const todos = await rooms.db.inTenant(leader, async (tx) => qualityTodos[0]?.list(leader, opaque(tx), 5))
  assert.deepEqual([todos?.total, todos?.items[0]?.path], [1, `/quality/${lot.id}`])
  for (const ctx of [supplier, stranger]) {
    await assert.rejects(getInspection(rooms, ctx, lot.id), failsWith('quality.notFound'))
    await assert.rejects(decideInspection(rooms, ctx, lot.id, decision('40', '0')), failsWith('quality.notFound'))
    const described = await rooms.db.inTenant(ctx, (tx) => inspectionDocument.describe(ctx, opaque(tx), [lot.id]))
    assert.equal(described.size, 0)
  }
  await assert.rejects(printReport(rooms, leader, lot.id), failsWith('quality.notDecided'))
})

test('accepted: onto the shelf; decided by two at once it is decided once', async () => {
  const lot = await lotOf('30')
  const [before, apart] = [await consistent(), Number(await ledgers.elsewhere(leader.orgId))]
  const both = await Promise.allSettled([1, 2].map(() => decideInspection(rooms, leader, lot.id, decision('30', '0', [found('D02', '1')]))))
  assert.deepEqual(both.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
  const refused = both.find((one) => one.status === 'rejected')
  assert.ok(failsWith('quality.alreadyDecided')(refused?.reason))
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), apart - 30)
  assert.equal(await consistent(), before)
  const decided = await getInspection(rooms, leader, lot.id)
  assert.deepEqual(
    [decided.result, decided.inspector, decided.findings[0]?.name, decided.claimNumber],
    ['accepted', '收货员', '外观划伤', null],
  )
})

test('rejected in part: claim and return for the supplier to see, order and accrual reversed, and the report tells it', async () => {
  const lot = await lotOf('20')
  const before = await consistent()
  const bad = (change: Partial<Decision & { version: number }>) =>
    decideInspection(rooms, leader, lot.id, { ...decision('15', '5', [found('D01', '5')]), ...change })
  await assert.rejects(bad({ accepted: '14' }), failsWith('quality.sumDiffers'))
  await assert.rejects(bad({ findings: [] }), failsWith('quality.reasonMissing'))
  await assert.rejects(bad({ findings: [{ defectId: lot.id as never, quantity: '1' }] }), failsWith('quality.defectNotFound'))
  await assert.rejects(bad({ version: 7 }), failsWith('quality.changedMeanwhile'))
  assert.equal(await consistent(), before)
  const decided = await bad({ remarks: '内孔偏大 0.02 mm' })
  assert.equal(decided.result, 'partly')
  assert.equal(await consistent(), before - 5)
  const [claim] = (await listClaims(bed.rooms, supplier, { side: 'supplier', sort: '-openedAt', limit: 5 })).items
  assert.deepEqual(
    [claim?.number, claim?.kind, claim?.quantity, claim?.note],
    [decided.claimNumber, 'quality', '5', 'D01 尺寸超差 × 5；内孔偏大 0.02 mm'],
  )
  const seen = await listReceipts(bed.rooms, supplier, lot.shipmentId as never)
  assert.deepEqual([seen.returns[0]?.number, seen.returns[0]?.lines[0]?.from], [decided.returnNumber, 'quarantine'])
  const report = await printReport(rooms, leader, lot.id)
  assert.equal(report.fileName, `${lot.number}.pdf`)
  assert.equal(Buffer.from((report as { bytes: Uint8Array }).bytes.slice(0, 5)).toString(), '%PDF-')
})

test('when the goods are no more where they were, nothing is decided', async () => {
  const lot = await lotOf('12')
  const before = await consistent()
  const id = lot.id
  await rooms.db.inTenant(leader, async (tx) => {
    const stock = narrow<never>(opaque(tx))
    const [quarantine, loss] = [
      await bed.inventory.public.systemLocation(stock, 'quarantine'),
      await bed.inventory.public.systemLocation(stock, 'loss'),
    ]
    const held = Number(await ledgers.elsewhere(leader.orgId))
    await bed.inventory.public.post(stock, leader, [
      {
        materialId: inspected,
        quantity: BigInt(held) * 1_000_000n,
        from: quarantine,
        to: loss,
        owner: leader.orgId,
        lot: null,
        serial: null,
        expires: null,
        day: chinaDay(leader.now),
        unitCost: null,
        reason: 'test',
        source: { entity: 'test', id, line: '1' },
      },
    ])
  })
  await assert.rejects(decideInspection(rooms, leader, id, decision('12', '0')), failsWith('inventory.notEnough'))
  assert.equal((await getInspection(rooms, leader, id)).result, null)
  assert.ok(before > 0)
})

test('a defect code is changed and retired; what was found keeps its name', async () => {
  const [first] = (await listDefects(rooms, leader)).defects
  assert.ok(first)
  const { id, version, code, nameEn, severity } = first
  const form = { code, name: '尺寸不合格', nameEn, severity, retired: true, version }
  await assert.rejects(changeDefect(rooms, stranger, id, form), failsWith('quality.defectNotFound'))
  await assert.rejects(changeDefect(rooms, leader, id, { ...form, code: 'd02' }), failsWith('quality.codeTaken'))
  await changeDefect(rooms, leader, id, form)
  await assert.rejects(changeDefect(rooms, leader, id, form), failsWith('quality.changedMeanwhile'))
  const partly = (await listInspections(rooms, leader, { state: 'decided', result: 'partly', sort: 'number', limit: 5 })).items[0]
  assert.equal((await getInspection(rooms, leader, partly?.id as never)).findings[0]?.name, '尺寸超差')
  const lot = (await waiting()).items[0]
  assert.ok(lot)
  await assert.rejects(
    decideInspection(rooms, leader, lot.id, decision('0', lot.quantity, [{ defectId: id, quantity: '1' }])),
    failsWith('quality.defectRetired'),
  )
})
