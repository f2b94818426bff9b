import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { detailApi } from '#modules/trade/materials/detail-contract.ts'
import { writeDecimal } from '#values/decimal.ts'
import { samplePng } from '../../../../tests/sample-files.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import { listClaims, moveClaim } from './claims.ts'
import { containerTodos, reportedContainers } from './container-todos.ts'
import { confirmBalance, confirmContainers, listContainers, sendContainersBack } from './containers.ts'
import { addProof, listExpected, listReceipts, proofContent } from './expected.ts'
import { printReceipt, printReturn, receiptSheet, returnSheet } from './print-receipts.ts'
import { getShipment, listShippable } from './read-shipments.ts'
import { receiveGoods } from './receive-goods.ts'
import { releaseGoods, returnGoods } from './return-goods.ts'
import { logisticsSearches } from './searches.ts'
import { agreedOrder, catalogueFor, failsWith, issued, newWarehouse, noticeOf, receiptOf, testRooms, took } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, chief, supplier, second, stranger } = bed
const { house, lotted, inspected } = await catalogueFor(bed, [supplier, second])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })
const claims = (ctx: Context, side: 'buyer' | 'supplier' = 'buyer') => listClaims(rooms, ctx, { side, sort: 'openedAt', limit: 200 })

const finds = async (ctx: Context, text: string) =>
  (await Promise.all(logisticsSearches.map((kind) => rooms.db.inTenant(ctx, (tx) => kind.find(ctx, opaque(tx), text, 5))))).flat()

/** A shipment of all that is left of a new order. */
async function shipmentOf(
  wanted: Parameters<typeof agreedOrder>[2],
  tolerances: Parameters<typeof agreedOrder>[3] = {},
  quantities?: string[],
) {
  const orderId = await agreedOrder(bed, supplier, wanted, tolerances)
  const { lines } = await listShippable(rooms, supplier, { orderId })
  const input = noticeOf(
    leader,
    lines.map((line, i) => ({ scheduleLineId: line.scheduleLineId, quantity: quantities?.[i] ?? line.left })),
  )
  return { orderId, shipment: await issued(bed, supplier, { ...input, containers: [{ code: 'KLT', name: '周转箱', count: 6 }] }) }
}
/** All four tell the same, and every sum is in balance. */
async function consistent(): Promise<string> {
  const story = await ledgers.story(leader.orgId)
  assert.equal(new Set(Object.values(story)).size, 1, JSON.stringify(story))
  assert.equal(await ledgers.balance(leader.orgId), '0')
  assert.equal((await ledgers.books(leader.orgId))[0], '0')
  return story.received
}

test('a whole receipt: stock, counters, accrual; sent twice it is one; nobody else sees it', async () => {
  const { orderId, shipment } = await shipmentOf([[house, '100']])
  const input = receiptOf(shipment, warehouse, { receivedAt: leader.now.toISOString() })
  const [first, again] = await Promise.all([receiveGoods(rooms, leader, input), receiveGoods(rooms, leader, input)])
  assert.equal(first.id, again.id)
  assert.match(first.number, /^GR-\d{6}-00001$/)
  await assert.rejects(receiveGoods(rooms, leader, { ...input, note: 'x' }), failsWith('logistics.receiptDiffers'))
  assert.equal((await getShipment(rooms, supplier, shipment.id)).state, 'received')
  assert.equal((await getShipment(rooms, supplier, shipment.id)).driverPhone, '')
  assert.equal(await consistent(), '100')
  assert.deepEqual((await listShippable(rooms, supplier, { orderId })).lines, [])
  assert.equal((await claims(leader)).total, 0)
  const seen = await listReceipts(rooms, supplier, shipment.id)
  assert.deepEqual([seen.receipts[0]?.receivedBy, seen.receipts[0]?.lines[0]?.accepted], [null, '100'])
  for (const ctx of [second, stranger]) {
    await assert.rejects(listReceipts(rooms, ctx, shipment.id), failsWith('logistics.notFound'))
    await assert.rejects(receiveGoods(rooms, ctx, { ...input, receiptKey: crypto.randomUUID() }), failsWith('logistics.notFound'))
    const rows = await rooms.db.inTenant(ctx, (tx) =>
      sql`select id from logistics.receipt union all select id from logistics.receipt_line`.execute(tx.sql),
    )
    assert.deepEqual(rows.rows, [])
  }
  await assert.rejects(receiveGoods(rooms, leader, { ...input, receiptKey: crypto.randomUUID() }), failsWith('logistics.notAllowedNow'))
})

test('in parts: damaged, wrong, in quarantine; what is missing at the end is short, owed again, and claimed', async () => {
  const before = Number(await consistent())
  const { orderId, shipment } = await shipmentOf([
    [house, '100'],
    [lotted, '40'],
  ])
  const [a, b] = shipment.lines
  assert.ok(a && b)
  await assert.rejects(receiveGoods(rooms, leader, receiptOf(shipment, warehouse)), (error: { code: string }) =>
    error.code.startsWith('inventory.'),
  )
  const part = await receiveGoods(
    rooms,
    leader,
    receiptOf(shipment, warehouse, { finish: false, lines: [took(a, '50'), took(b, '10', { lot: 'B-1', quarantined: '5' })] }),
  )
  assert.equal(part.finished, false)
  assert.equal((await getShipment(rooms, leader, shipment.id)).state, 'receiving')
  await assert.rejects(receiveGoods(rooms, supplier, receiptOf(shipment, warehouse)), failsWith('logistics.notYourSide'))
  await receiveGoods(
    rooms,
    leader,
    receiptOf(shipment, warehouse, {
      lines: [took(a, '35', { damaged: '4', wrong: '1', note: '外箱破损' }), took(b, '25', { lot: 'B-2' })],
    }),
  )
  const after = await getShipment(rooms, leader, shipment.id)
  assert.equal(after.state, 'short')
  assert.deepEqual(
    after.lines.map((line) => [line.accepted, line.rejected, line.missing]),
    [
      ['85', '5', '10'],
      ['40', '0', '0'],
    ],
  )
  assert.equal(Number(await consistent()), before + 125)
  assert.equal(await ledgers.elsewhere(leader.orgId), '5')
  assert.deepEqual(
    (await listShippable(rooms, supplier, { orderId })).lines.map((line) => line.left),
    ['15'],
  )
  const opened = (await claims(leader)).items.filter((claim) => claim.shipmentId === shipment.id)
  assert.deepEqual(opened.map((claim) => [claim.kind, claim.quantity, claim.state]).sort(), [
    ['damaged', '4', 'open'],
    ['short', '10', 'open'],
    ['wrong', '1', 'open'],
  ])
})

test('over: within the tolerance it is taken, beyond it only with permission and reason, and then it is the supplier’s', async () => {
  const before = Number(await consistent())
  const { shipment } = await shipmentOf([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  const input = receiptOf(shipment, warehouse, { lines: [took(line, '110')] })
  await assert.rejects(receiveGoods(rooms, leader, { ...input, overReason: '供应商多发' }), failsWith('logistics.overTolerance'))
  await assert.rejects(receiveGoods(rooms, chief, input), failsWith('logistics.overTolerance'))
  assert.equal(Number(await consistent()), before)
  const receipt = await receiveGoods(rooms, chief, { ...input, overReason: '供应商多发' })
  assert.deepEqual([receipt.lines[0]?.accepted, receipt.lines[0]?.excess], ['110', '5'])
  assert.equal(Number(await consistent()), before + 105)
  const claim = (await claims(leader)).items.find((one) => one.shipmentId === shipment.id)
  assert.deepEqual([claim?.kind, claim?.quantity], ['over', '5'])
  const theirs = await ledgers.client.query(
    `select sum(quantity)::float8 as n from inventory.balance where org_id = $1 and owner_org = $2 and quantity > 0`,
    [leader.orgId, supplier.orgId],
  )
  assert.equal(theirs.rows[0].n, 5)
})

test('a shortage within the order’s tolerance is no claim', async () => {
  const { orderId, shipment } = await shipmentOf([[house, '100']], { underTolerance: '0.02' })
  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { lines: [took(line, '98')] }))
  assert.equal((await getShipment(rooms, leader, shipment.id)).state, 'short')
  assert.equal((await claims(leader)).items.filter((one) => one.shipmentId === shipment.id).length, 0)
  assert.deepEqual((await listShippable(rooms, supplier, { orderId })).lines, [])
})

test('a claim goes between both sides until it is settled', async () => {
  const [claim] = (await claims(supplier, 'supplier')).items.filter((one) => one.kind === 'damaged')
  assert.ok(claim)
  const move = (ctx: Context, version: number, action: Parameters<typeof moveClaim>[3]['action'], more: object = {}) =>
    moveClaim(rooms, ctx, claim.id, { version, action, note: '', settlement: null, ...more })
  for (const side of [leader, supplier]) assert.equal((await finds(side, claim.number))[0]?.path, `/logistics/claims?claim=${claim.id}`)
  for (const ctx of [second, stranger]) assert.deepEqual(await finds(ctx, claim.number), [])
  for (const ctx of [second, stranger]) await assert.rejects(move(ctx, 1, 'accept'), failsWith('logistics.notFound'))
  await assert.rejects(move(leader, 1, 'accept'), failsWith('logistics.notYourSide'))
  await assert.rejects(move(leader, 1, 'settle'), failsWith('logistics.notAllowedNow'))
  assert.equal((await move(supplier, 1, 'dispute', { note: '出厂完好' })).state, 'disputed')
  await assert.rejects(move(supplier, 1, 'accept'), failsWith('logistics.changedMeanwhile'))
  assert.equal((await move(leader, 2, 'insist', { note: '见照片' })).state, 'open')
  assert.equal((await move(supplier, 3, 'accept')).state, 'accepted')
  await assert.rejects(move(leader, 4, 'settle'), failsWith('logistics.settlementMissing'))
  const settled = await move(leader, 4, 'settle', { settlement: 'redeliver' })
  assert.deepEqual(
    [settled.state, settled.settlement, settled.steps.map((step) => `${step.side} ${step.action}`)],
    ['settled', 'redeliver', ['supplier dispute', 'buyer insist', 'supplier accept', 'buyer settle']],
  )
  assert.equal((await claims(stranger)).total + (await claims(second, 'supplier')).total, 0)
})

test('excess goes back out of quarantine as the supplier’s: stock alone, seen by both, no more than lies there', async () => {
  const { shipment } = await shipmentOf([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  const receipt = await receiveGoods(rooms, chief, receiptOf(shipment, warehouse, { lines: [took(line, '108')], overReason: '供应商多发' }))
  const row = receipt.lines[0]
  assert.deepEqual([row?.remains.warehouse, row?.remains.quarantine, row?.remains.excess], ['105', '0', '3'])
  const [before, apart] = [await consistent(), Number(await ledgers.elsewhere(leader.orgId))]
  const back = (quantity: string) => ({
    returnKey: crypto.randomUUID(),
    receiptId: receipt.id,
    reason: '多发退回',
    lines: [{ receiptLineId: row?.id as never, quantity, from: 'excess' as const }],
  })
  await assert.rejects(returnGoods(rooms, leader, back('4')), failsWith('logistics.tooMuchReturned'))
  const vouchers = (await ledgers.books(leader.orgId))[1]
  await returnGoods(rooms, leader, back('3'))
  await assert.rejects(returnGoods(rooms, leader, back('1')), failsWith('logistics.tooMuchReturned'))
  assert.equal(await consistent(), before)
  assert.equal((await ledgers.books(leader.orgId))[1], vouchers)
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), apart - 3)
  const seen = await listReceipts(rooms, supplier, shipment.id)
  assert.deepEqual([seen.returns[0]?.lines[0]?.from, seen.receipts[0]?.lines[0]?.excessReturned], ['excess', '3'])
})

test('excess whose claim is settled as kept is the buyer’s: on the shelf, accrued at the order’s price, the order as it was', async () => {
  const { shipment } = await shipmentOf([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  const receipt = await receiveGoods(rooms, chief, receiptOf(shipment, warehouse, { lines: [took(line, '109')], overReason: '供应商多发' }))
  const rowId = receipt.lines[0]?.id as never
  await returnGoods(rooms, leader, {
    returnKey: crypto.randomUUID(),
    receiptId: receipt.id,
    reason: '先退一件',
    lines: [{ receiptLineId: rowId, quantity: '1', from: 'excess' }],
  })
  const [claim] = (await claims(supplier, 'supplier')).items.filter((one) => one.shipmentId === shipment.id)
  assert.deepEqual([claim?.kind, claim?.quantity], ['over', '4'])
  const settle = (ctx: Context, version: number, action: 'accept' | 'settle', settlement: 'keep' | null) =>
    moveClaim(rooms, ctx, claim?.id as never, { version, action, note: '', settlement })
  await settle(supplier, 1, 'accept', null)
  const before = await ledgers.story(leader.orgId)
  const apart = Number(await ledgers.elsewhere(leader.orgId))
  await settle(leader, 2, 'settle', 'keep')
  await consistent()
  const after = await ledgers.story(leader.orgId)
  const grown = (key: keyof typeof before) => Number(after[key]) - Number(before[key])
  assert.deepEqual([grown('received'), grown('stocked'), grown('accrued')], [3, 3, 3])
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), apart - 3)
  assert.equal(Number(await ledgers.balance(leader.orgId)), 0)
  const [seen] = (await listReceipts(rooms, supplier, shipment.id)).receipts
  assert.deepEqual([seen?.lines[0]?.excessKept, seen?.lines[0]?.remains.excess], ['3', '0'])
  // What was kept beyond the order and goes back all the same: the order owes nothing for it, the books do.
  await returnGoods(rooms, leader, {
    returnKey: crypto.randomUUID(),
    receiptId: receipt.id,
    reason: '留用后仍退',
    lines: [{ receiptLineId: rowId, quantity: '2', from: 'warehouse' }],
  })
  await consistent()
  const less = await ledgers.story(leader.orgId)
  assert.deepEqual([Number(after.accrued) - Number(less.accrued), Number(after.ordered) - Number(less.ordered)], [2, 2])
  const [owed] = await rooms.db.inTenant(leader, (tx) => rooms.orders.lockScheduleLines(opaque(tx), [line.scheduleLineId]))
  assert.equal(writeDecimal(owed?.accepted ?? 0n), '105')
})

test('damaged goods whose claim is settled as kept are the buyer’s: in quarantine, accrued, counted for the order; of wrong ones there is nothing to keep', async () => {
  const { shipment } = await shipmentOf([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(rooms, chief, receiptOf(shipment, warehouse, { lines: [took(line, '90', { damaged: '6', wrong: '4' })] }))
  const opened = (await claims(supplier, 'supplier')).items.filter((one) => one.shipmentId === shipment.id)
  const settled = async (kind: 'damaged' | 'wrong') => {
    const id = opened.find((claim) => claim.kind === kind)?.id as never
    await moveClaim(rooms, supplier, id, { version: 1, action: 'accept', note: '', settlement: null })
    return moveClaim(rooms, leader, id, { version: 2, action: 'settle', note: '', settlement: 'keep' })
  }
  const before = await ledgers.story(leader.orgId)
  const apart = Number(await ledgers.elsewhere(leader.orgId))
  await assert.rejects(settled('wrong'), failsWith('logistics.notKept'))
  assert.equal((await settled('damaged')).settlement, 'keep')
  await consistent()
  const after = await ledgers.story(leader.orgId)
  const grown = (key: keyof typeof before) => Number(after[key]) - Number(before[key])
  assert.deepEqual([grown('received'), grown('ordered'), grown('stocked'), grown('accrued')], [6, 6, 6, 6])
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), apart + 6)
  const [seen] = (await listReceipts(rooms, supplier, shipment.id)).receipts
  assert.deepEqual([seen?.lines[0]?.damagedKept, seen?.lines[0]?.remains.quarantine], ['6', '6'])
  // Kept, looked at, and back all the same.
  const lines = [{ receiptLineId: seen?.lines[0]?.id as never, quantity: '6', from: 'quarantine' as const }]
  await returnGoods(rooms, leader, { returnKey: crypto.randomUUID(), receiptId: seen?.id as never, reason: '不能用', lines })
  await consistent()
  assert.equal((await ledgers.story(leader.orgId)).accrued, before.accrued)
})

test('excess that went back already is not kept', async () => {
  const { shipment } = await shipmentOf([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  const receipt = await receiveGoods(rooms, chief, receiptOf(shipment, warehouse, { lines: [took(line, '107')], overReason: '供应商多发' }))
  const lines = [{ receiptLineId: receipt.lines[0]?.id as never, quantity: '2', from: 'excess' as const }]
  await returnGoods(rooms, leader, { returnKey: crypto.randomUUID(), receiptId: receipt.id, reason: '多发退回', lines })
  const [claim] = (await claims(supplier, 'supplier')).items.filter((one) => one.shipmentId === shipment.id)
  const move = (ctx: Context, version: number, action: 'accept' | 'settle', settlement: 'keep' | 'takeBack' | null) =>
    moveClaim(rooms, ctx, claim?.id as never, { version, action, note: '', settlement })
  await move(supplier, 1, 'accept', null)
  await assert.rejects(move(leader, 2, 'settle', 'keep'), failsWith('logistics.nothingToKeep'))
  assert.equal((await move(leader, 2, 'settle', 'takeBack')).state, 'settled')
})

test('goods set apart by hand are released onto the shelf, once per key; what must be inspected is quality’s', async () => {
  const { shipment } = await shipmentOf([
    [house, '20'],
    [inspected, '30'],
  ])
  const [line, checked] = shipment.lines
  assert.ok(line && checked)
  const before = Number(await consistent())
  const receipt = await receiveGoods(
    rooms,
    leader,
    receiptOf(shipment, warehouse, { lines: [took(line, '12', { quarantined: '8' }), took(checked, '30')] }),
  )
  const [row, waiting] = receipt.lines
  assert.ok(row && waiting)
  assert.deepEqual([waiting.accepted, waiting.quarantined, waiting.inspect, waiting.remains.warehouse], ['0', '30', true, '0'])
  const apart = Number(await ledgers.elsewhere(leader.orgId))
  const release = (receiptLineId: typeof row.id, quantity: string) => ({
    releaseKey: crypto.randomUUID(),
    receiptId: receipt.id,
    lines: [{ receiptLineId, quantity }],
  })
  const input = release(row.id, '5')
  for (const ctx of [supplier, stranger])
    await assert.rejects(releaseGoods(rooms, ctx, input), failsWith(`logistics.${ctx === supplier ? 'notYourSide' : 'notFound'}`))
  await assert.rejects(releaseGoods(rooms, leader, release(row.id, '9')), failsWith('logistics.tooMuchReturned'))
  await assert.rejects(releaseGoods(rooms, leader, release(waiting.id, '1')), failsWith('logistics.awaitsInspection'))
  await Promise.all([releaseGoods(rooms, leader, input), releaseGoods(rooms, leader, input)])
  const other = { ...input, lines: [{ receiptLineId: row.id, quantity: '2' }] }
  await assert.rejects(releaseGoods(rooms, leader, other), failsWith('logistics.receiptDiffers'))
  assert.equal(Number(await ledgers.elsewhere(leader.orgId)), apart - 5)
  const [after] = (await listReceipts(rooms, supplier, shipment.id)).receipts
  assert.deepEqual([after?.lines[0]?.released, after?.lines[0]?.remains.quarantine], ['5', '3'])
  assert.equal(Number(await consistent()), before + 50)
})

test('goods go back: stock, counters and accrual with them, once, and no more than came', async () => {
  const before = Number(await consistent())
  const { orderId, shipment } = await shipmentOf([[lotted, '40']])
  const [line] = shipment.lines
  assert.ok(line)
  const receipt = await receiveGoods(
    rooms,
    leader,
    receiptOf(shipment, warehouse, { lines: [took(line, '30', { lot: 'R-1', quarantined: '10' })] }),
  )
  const row = receipt.lines[0]
  assert.ok(row)
  const back = (quantity: string, from: 'warehouse' | 'quarantine') => ({ receiptLineId: row.id, quantity, from })
  const input = {
    returnKey: crypto.randomUUID(),
    receiptId: receipt.id,
    reason: '检验不合格',
    lines: [back('4', 'warehouse'), back('10', 'quarantine')],
  }
  await assert.rejects(returnGoods(rooms, supplier, input), failsWith('logistics.notYourSide'))
  await assert.rejects(returnGoods(rooms, stranger, input), failsWith('logistics.notFound'))
  const [one, two] = await Promise.all([returnGoods(rooms, leader, input), returnGoods(rooms, leader, input)])
  assert.equal(one.id, two.id)
  assert.equal(Number(await consistent()), before + 26)
  assert.equal((await listShippable(rooms, supplier, { orderId })).lines[0]?.left, '14')
  await assert.rejects(
    returnGoods(rooms, leader, { ...input, returnKey: crypto.randomUUID(), lines: [back('27', 'warehouse')] }),
    failsWith('logistics.tooMuchReturned'),
  )
  const seen = await listReceipts(rooms, supplier, shipment.id)
  assert.equal(seen.returns[0]?.lines[0]?.materialCode, 'CV-02')

  // Both find it by its number, and nobody else.
  for (const side of [leader, supplier]) {
    assert.deepEqual(
      (await finds(side, receipt.number.toLowerCase())).map(({ path }) => path),
      [`/logistics/${shipment.id}`],
    )
    assert.deepEqual(await finds(side, one.number), [{ label: `${one.number} · 检验不合格`, path: `/logistics/${shipment.id}` }])
  }
  for (const other of [second, stranger])
    for (const number of [receipt.number, one.number]) assert.deepEqual(await finds(other, number), [])

  // Both have it on paper, and nobody else.
  const words = { english: false, word: (key: string) => key }
  const [paper] = seen.receipts.map((one) => receiptSheet(one, words))
  assert.deepEqual(paper?.rows[0]?.slice(4), ['R-1', '30', '10', '个'])
  assert.ok(!paper?.facts.some(([label]) => label === 'print.signReceiver'), 'the buyer’s own people are his')
  assert.deepEqual(
    returnSheet(one, receipt, words).rows.map((cells) => cells.slice(3)),
    [
      ['places.warehouse', '4', '个'],
      ['places.quarantine', '10', '个'],
    ],
  )
  for (const side of [leader, supplier]) {
    assert.equal((await printReceipt(rooms, side, receipt.id)).fileName, `${receipt.number}.pdf`)
    assert.equal((await printReturn(rooms, side, one.id)).fileName, `${one.number}.pdf`)
  }
  for (const other of [second, stranger]) {
    await assert.rejects(printReceipt(rooms, other, receipt.id), failsWith('logistics.notFound'))
    await assert.rejects(printReturn(rooms, other, one.id), failsWith('logistics.notFound'))
  }
})

test('proof of delivery: a photo that both sides see, and nobody else', async () => {
  const { shipment } = await shipmentOf([[house, '1']])
  const receipt = await receiveGoods(rooms, leader, receiptOf(shipment, warehouse))
  const upload = {
    stream: async function* () {
      yield Buffer.from(samplePng)
    },
    whole: async () => Buffer.from(samplePng),
  }
  await assert.rejects(addProof(rooms, supplier, receipt.id, 'a.png', upload), failsWith('logistics.notFound'))
  const proof = await addProof(rooms, leader, receipt.id, 'signed.png', upload)
  for (const ctx of [leader, supplier]) {
    const answer = await proofContent(rooms, ctx, proof.id)
    assert.deepEqual(Buffer.concat(await Array.fromAsync(await answer.open())), Buffer.from(samplePng))
  }
  for (const ctx of [second, stranger]) await assert.rejects(proofContent(rooms, ctx, proof.id), failsWith('logistics.notFound'))
})

test('a phone’s wrong clock, an unknown warehouse, nothing at all', async () => {
  const { shipment } = await shipmentOf([[house, '3']])
  const input = receiptOf(shipment, warehouse, { finish: false })
  await assert.rejects(receiveGoods(rooms, leader, { ...input, receivedAt: '2126-01-01T00:00:00Z' }), failsWith('logistics.dayInFuture'))
  await assert.rejects(
    receiveGoods(rooms, leader, { ...input, warehouseId: shipment.id as never }),
    failsWith('logistics.warehouseUnknown'),
  )
  await assert.rejects(receiveGoods(rooms, leader, { ...input, lines: [] }), failsWith('logistics.nothingReceived'))
  const foreign = took({ id: shipment.id as never }, '1')
  await assert.rejects(receiveGoods(rooms, leader, { ...input, lines: [foreign] }), failsWith('logistics.lineUnknown'))
  const { shipments, warehouses, controls } = await listExpected(rooms, leader)
  assert.ok(shipments.some((one) => one.id === shipment.id))
  assert.deepEqual([warehouses.map((one) => one.code), controls], [['W1'], []])
  assert.deepEqual((await listExpected(rooms, stranger)).shipments, [])
})

test('a phone knows what is printed on the goods, and how much of the line one scan of it is', async () => {
  const addBarcode = (code: string, unit: string) => bed.call(leader, detailApi.addBarcode, { params: { id: house }, body: { code, unit } })
  await addBarcode('4006381333931', 'C62')
  await addBarcode('14006381333938', 'XBX')
  const { shipment } = await shipmentOf([
    [house, '40'],
    [lotted, '5'],
  ])
  const { goodsCodes } = await listExpected(rooms, leader)
  const line = shipment.lines.find((one) => one.materialId === house)
  assert.deepEqual(
    goodsCodes.filter(({ lineId }) => shipment.lines.some(({ id }) => id === lineId)),
    [
      { lineId: line?.id, code: '14006381333938', quantity: '20' },
      { lineId: line?.id, code: '4006381333931', quantity: '1' },
    ],
  )
  assert.deepEqual((await listExpected(rooms, stranger)).goodsCodes, [])
})

test('containers: out with the shipment, back when the supplier says so, the balance signed by both', async () => {
  const { shipment } = await shipmentOf([[house, '2']])
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { containers: [{ code: 'KLT', name: '周转箱', count: 6 }] }))
  const other = (await shipmentOf([[house, '2']])).shipment
  await receiveGoods(rooms, leader, receiptOf(other, warehouse, { containers: [{ code: 'KLT', name: '周转箱', count: 5 }] }))
  const account = async (ctx: Context) => (await listContainers(rooms, ctx)).accounts[0]
  const work = async (ctx: Context, name: string, days = 0) => {
    const then = { ...ctx, now: new Date(ctx.now.getTime() + days * 86_400_000) }
    const kind = containerTodos.find((one) => one.name === name)
    assert.ok(kind)
    return (await rooms.db.inTenant(then, (tx) => kind.list(then, opaque(tx), 5))).items.map((item) => item.label)
  }
  assert.deepEqual(await work(supplier, 'containersReported'), ['周转箱 × 5 · 整车厂'])
  assert.deepEqual(await work(leader, 'containersReported'), [])
  assert.deepEqual([await work(leader, 'containersOwed', 29), await work(leader, 'containersOwed', 30)], [[], ['周转箱 × 6 · 压铸厂']])
  const [mine] = (await account(leader))?.pending ?? []
  assert.deepEqual([(await account(leader))?.balance, mine?.quantity], [6, 5])
  await assert.rejects(confirmContainers(rooms, leader, mine?.id as never, true), failsWith('logistics.notFound'))
  await confirmContainers(rooms, supplier, mine?.id as never, true)
  const back = { supplierId: supplier.orgId, code: 'KLT', day: '2026-11-26', note: '' }
  await assert.rejects(sendContainersBack(rooms, leader, { ...back, count: 12 }), failsWith('logistics.tooMuchReturned'))
  assert.deepEqual(await work(leader, 'containersOwed', 30), ['周转箱 × 11 · 压铸厂'])
  const { id } = await sendContainersBack(rooms, leader, { ...back, count: 8 })
  assert.deepEqual(await work(leader, 'containersOwed', 30), ['周转箱 × 3 · 压铸厂'])
  assert.deepEqual(await work(supplier, 'containersOwed', 30), [])
  const plan = await rooms.db.inTenant(supplier, async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx.sql)
    return reportedContainers(tx).select('name').orderBy('day').orderBy('id').limit(5).explain('text')
  })
  assert.match(JSON.stringify(plan), /container_move_reported/)
  await assert.rejects(sendContainersBack(rooms, leader, { ...back, count: 4 }), failsWith('logistics.tooMuchReturned'))
  await assert.rejects(confirmContainers(rooms, second, id, true), failsWith('logistics.notFound'))
  await confirmContainers(rooms, supplier, id, true)
  await assert.rejects(confirmContainers(rooms, supplier, id, true), failsWith('logistics.notAllowedNow'))
  assert.equal((await account(supplier))?.balance, 3)
  const sign = (ctx: Context, side: 'buyer' | 'supplier', partner: Context, balance: number) =>
    confirmBalance(rooms, ctx, { partnerId: partner.orgId, side, code: 'KLT', balance })
  await assert.rejects(sign(leader, 'buyer', supplier, 4), failsWith('logistics.changedMeanwhile'))
  assert.equal((await sign(leader, 'buyer', supplier, 3)).confirmed, false)
  assert.equal((await sign(supplier, 'supplier', leader, 3)).confirmed, true)
  assert.equal((await account(leader))?.confirmed?.balance, 3)
  assert.deepEqual((await listContainers(rooms, stranger)).accounts, [])
})
