import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import type { InventoryTables } from '#modules/trade/inventory/server/tables.ts'
import { verifyStock } from '#modules/trade/inventory/server/verify-stock.ts'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import type { Shipment, ShipmentInput } from '../contract.ts'
import type { Claim, ClaimAction, Settlement, TakenFrom } from '../receiving-contract.ts'
import type { Returning, TakeBackInput } from '../transit-contract.ts'
import { listClaims, moveClaim } from './claims.ts'
import { listReceipts } from './expected.ts'
import { cancelShipment } from './move-shipment.ts'
import { getShipment, listShippable } from './read-shipments.ts'
import { readComing, readTransit } from './read-transit.ts'
import { receiveGoods } from './receive-goods.ts'
import { receiveWithoutNotice } from './receive-without-notice.ts'
import { returnGoods } from './return-goods.ts'
import { notesComingBack, readReturning } from './returning.ts'
import { settleOnClaim, settleOnReceipt } from './subscriptions.ts'
import { takeBack } from './take-back.ts'
import {
  agreedOrder,
  catalogueFor,
  content,
  failsWith,
  issued,
  newWarehouse,
  noticeOf,
  receiptOf,
  testRooms,
  took,
  unannounced,
} from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, supplier, second, stranger, call } = bed
const { house, lotted } = await catalogueFor(bed, [supplier, second])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })
const stock = moduleDatabase<InventoryTables>(bed.pools.app, () => Promise.reject(new Error('no grants')))

/** The supplier's own catalogue: the codes that the leader knows his parts by, the second kept by lots; and a warehouse with some of both. */
const category = await call(supplier, materialsApi.createCategory, {
  body: { parentId: null, code: 'CAST', name: '压铸件', nameEn: null, prefix: 'CAST', attributes: [] },
})
const own = { categoryId: category.id, kind: 'part', baseUnit: 'C62' } as const
const [ownHouse, ownLotted] = await bed.materials.public.createMaterials(supplier, [
  { ...own, code: `S-${house.slice(-3)}`, name: '左箱体（自制）' },
  { ...own, code: `S-${lotted.slice(-3)}`, name: '端盖（自制）', control: 'lot' },
])
if (!ownHouse || !ownLotted) throw new Error('No materials were made.')
const shelf: LocationId = (await call(supplier, inventoryApi.createLocation, { body: { code: 'F1', name: '成品库', warehouseId: null } }))
  .id

const make = (lines: [MaterialId, string, string | null][]) =>
  rooms.db.inTenant(supplier, async (tx) => {
    const from = await rooms.inventory.systemLocation(opaque(tx), 'production')
    await rooms.inventory.post(
      opaque(tx),
      supplier,
      lines.map(([materialId, quantity, lot], i) => ({
        materialId,
        quantity: decimal(quantity),
        from,
        to: shelf,
        owner: tx.orgId,
        lot,
        serial: null,
        expires: null,
        day: chinaDay(supplier.now),
        unitCost: decimal('20'),
        reason: '完工',
        source: { entity: 'test.made', id: uuidv7(), line: String(i) },
      })),
    )
  })

/** What the supplier has of a material of his, by kind of place. */
async function held(materialId: MaterialId): Promise<Record<string, number>> {
  const { rows } = await ledgers.client.query(
    `select l.kind, sum(b.quantity)::float8 as n from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
     where b.org_id = $1 and b.material_id = $2 and l.kind <> 'production' group by 1 having sum(b.quantity) <> 0 order by 1`,
    [supplier.orgId, materialId],
  )
  return Object.fromEntries(rows.map((row) => [row.kind, row.n]))
}

async function sound(): Promise<void> {
  assert.equal(await ledgers.balance(supplier.orgId), '0')
  assert.deepEqual((await stock.inTenant(supplier, (tx) => verifyStock(tx))).problems, [])
  const { rows } = await ledgers.client.query(
    `select (select coalesce(sum(quantity - delivered - lost - apart - home - forgone), 0) from logistics.transit where org_id = $1)::float8 as noted,
       (select coalesce(sum(b.quantity), 0) from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
        where b.org_id = $1 and l.kind = 'transit')::float8 as there`,
    [supplier.orgId],
  )
  assert.equal(rows[0].noted, rows[0].there)
}

const news = { ...rooms, clock: systemClock }
const tell = (shipment: Shipment, what = settleOnReceipt) =>
  what(news).handle({ payload: { shipmentId: shipment.id, supplierId: supplier.orgId }, trace: 'test' } as never)

async function shipped(wanted: [MaterialId, string][], change: Partial<ShipmentInput> = {}): Promise<Shipment> {
  const orderId = await agreedOrder(bed, supplier, wanted)
  const { lines } = await listShippable(rooms, supplier, { orderId })
  return issued(
    bed,
    supplier,
    noticeOf(
      leader,
      lines.map((line) => ({ scheduleLineId: line.scheduleLineId, quantity: line.left })),
      change,
    ),
  )
}
const claimsOf = async (shipment: Shipment): Promise<Claim[]> =>
  (await listClaims(rooms, leader, { side: 'buyer', sort: 'openedAt', limit: 200 })).items.filter((one) => one.shipmentId === shipment.id)
const refusals = ['logistics.notKept', 'logistics.nothingToKeep', 'orders.moreThanAgreed']
/** All of its order is on this shipment; the tolerance is 5 %. */
async function wouldBeTooMuch(claim: Claim): Promise<boolean> {
  const { lines } = await getShipment(rooms, leader, claim.shipmentId)
  const line = lines.find((one) => one.materialId === house)
  const notified = decimal(line?.quantity ?? '0')
  return decimal(line?.accepted ?? '0') + decimal(claim.quantity) > notified + notified / 20n
}
async function end(claim: Claim, settlement: Settlement | null): Promise<void> {
  const move = async (ctx: typeof leader, action: ClaimAction, version: number) =>
    moveClaim(rooms, ctx, claim.id, { version, action, note: '', settlement: action === 'settle' ? settlement : null })
  if (settlement === null) return void (await move(leader, 'withdraw', claim.version))
  const { version } = await move(supplier, 'accept', claim.version)
  try {
    await move(leader, 'settle', version)
  } catch (error) {
    // Nothing of it is there to be kept, or the order has as much as it may without it: the claim stands as it stood, and another end is open.
    const { code } = error as { code?: string }
    assert.ok(settlement === 'keep' && refusals.includes(code ?? ''), String(error))
    if (code === 'orders.moreThanAgreed') assert.ok(await wouldBeTooMuch(claim), String(error))
    await moveClaim(rooms, leader, claim.id, { version, action: 'settle', note: '', settlement: 'credit' })
  }
}

const back = (row: Returning, quantity: string, change: Partial<TakeBackInput['lines'][number]> = {}) => ({
  cause: row.cause,
  id: row.id,
  quantity,
  forgone: '0',
  lot: null,
  serial: null,
  ...change,
})
const comingBack = async (shipment: Shipment, cause: Returning['cause']) =>
  (await readReturning(rooms, supplier, shipment.id)).items.filter((one) => one.cause === cause)

test('without stock on the platform a notice goes out as ever; with it stock follows into transit, to the buyer, and back when taken back', async () => {
  const without = await shipped([[house, '10']])
  assert.deepEqual((await readTransit(rooms, supplier, without.id)).parts, [])
  assert.deepEqual(await held(ownHouse), {})

  await make([[ownHouse, '100', null]])
  const shipment = await shipped([[house, '60']])
  assert.deepEqual(await held(ownHouse), { transit: 60, warehouse: 40 })
  await sound()
  const [part] = (await readTransit(rooms, supplier, shipment.id)).parts
  assert.deepEqual([part?.quantity, part?.open, part?.unit], ['60', '60', 'C62'])
  // The supplier's shelves are his alone; what comes is the buyer's to see, and nobody else's.
  assert.deepEqual((await readTransit(rooms, leader, shipment.id)).parts, [])
  for (const ctx of [second, stranger]) {
    await assert.rejects(readTransit(rooms, ctx, shipment.id), failsWith('logistics.notFound'))
    assert.deepEqual((await readComing(rooms, ctx, house)).items, [])
  }
  const coming = async () => (await readComing(rooms, leader, house)).items.map((one) => one.quantity)
  assert.deepEqual(await coming(), ['10', '60'])

  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { finish: false, lines: [took(line, '25')] }))
  assert.deepEqual(await coming(), ['10', '35'])
  for (const _ of [1, 2]) await tell(shipment)
  assert.deepEqual(await held(ownHouse), { customer: 25, transit: 35, warehouse: 40 })
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { lines: [took(line, '35')] }))
  await Promise.all([tell(shipment), tell(shipment)])
  assert.deepEqual(await held(ownHouse), { customer: 60, warehouse: 40 })

  const back = await shipped([[house, '30']])
  assert.deepEqual(await held(ownHouse), { customer: 60, transit: 30, warehouse: 10 })
  await cancelShipment(rooms, supplier, back.id, { version: back.version, reason: '车辆故障' })
  assert.deepEqual(await held(ownHouse), { customer: 60, warehouse: 40 })
  assert.equal((await readTransit(rooms, supplier, back.id)).parts[0]?.home, '30')
  await sound()
})

test('what the books do not hold is shipped all the same, unless the supplier says otherwise', async () => {
  const before = (await held(ownHouse)).warehouse ?? 0
  const shipment = await shipped([[house, String(before + 5)]])
  assert.equal((await held(ownHouse)).transit, before)
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse))
  await tell(shipment)
  assert.equal((await held(ownHouse)).transit, undefined)
  await sound()

  const setting = await call(supplier, inventoryApi.setting)
  const change = { version: setting.version, method: setting.method, closedUntil: null }
  const strict = await call(supplier, inventoryApi.changeSetting, { body: { ...change, onlyFromStock: true } })
  await assert.rejects(shipped([[house, '1']]), failsWith('inventory.notInStock'))
  await make([[ownHouse, '1', null]])
  await shipped([[house, '1']])
  await call(supplier, inventoryApi.changeSetting, { body: { ...change, version: strict.version, onlyFromStock: false } })
})

test('a named lot is taken from its shelf; a shortage and damage leave a remainder that their claims resolve', async () => {
  await make([
    [ownLotted, '30', 'L-1'],
    [ownLotted, '30', 'L-2'],
  ])
  const shipment = await shipped([[lotted, '40']], { loose: [content(0, '25', 'L-2'), content(0, '15', 'L-9')] })
  const [part, ...more] = (await readTransit(rooms, supplier, shipment.id)).parts
  assert.deepEqual([part?.lot, part?.quantity, more.length], ['L-2', '25', 0])
  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(
    rooms,
    leader,
    receiptOf(shipment, warehouse, {
      lines: [took(line, '20', { lot: 'L-2' }), took(line, '0', { damaged: '3', lot: 'L-2', note: '磕碰' })],
    }),
  )
  await tell(shipment)
  assert.deepEqual(await held(ownLotted), { customer: 20, transit: 5, warehouse: 35 })
  for (const claim of await claimsOf(shipment)) {
    await end(claim, claim.kind === 'short' ? 'redeliver' : 'takeBack')
    await tell(shipment, settleOnClaim)
  }
  // The truck is on its way home with what was refused; whoever unloads it books it in.
  assert.deepEqual(await held(ownLotted), { customer: 20, loss: 2, transit: 3, warehouse: 35 })
  const [refused, ...others] = (await readReturning(rooms, supplier, shipment.id)).items
  assert.ok(refused)
  assert.deepEqual(
    [refused.cause, refused.left, refused.control, refused.names, others.length],
    ['refused', '3', 'lot', [{ lot: 'L-2', serial: null, quantity: '3' }], 0],
  )
  await takeBack(rooms, supplier, shipment.id, { locationId: null, lines: [back(refused, '2', { lot: 'L-2', forgone: '1' })] })
  assert.deepEqual(await held(ownLotted), { customer: 20, loss: 3, quarantine: 2, warehouse: 35 })
  await sound()
  assert.equal((await getShipment(rooms, supplier, shipment.id)).state, 'short')
})

test('what came beyond the notice leaves the books too; what is returned enters them again when the supplier has it, and only then', async () => {
  await make([[ownHouse, '200', null]])
  const before = await held(ownHouse)
  const grown = async () => {
    const now = await held(ownHouse)
    const kinds = new Set([...Object.keys(before), ...Object.keys(now)])
    return Object.fromEntries([...kinds].map((kind) => [kind, (now[kind] ?? 0) - (before[kind] ?? 0)]).filter(([, n]) => n !== 0))
  }
  const shipment = await shipped([[house, '100']])
  const [line] = shipment.lines
  assert.ok(line)
  // 105 are within the tolerance, 8 beyond it lie at the buyer's as the supplier's.
  const receipt = await receiveGoods(rooms, bed.chief, receiptOf(shipment, warehouse, { lines: [took(line, '113')], overReason: '多送' }))
  for (const _ of [1, 2]) await tell(shipment)
  assert.deepEqual(await grown(), { customer: 105, transit: 8, warehouse: -113 })
  await sound()
  const [row] = receipt.lines
  assert.ok(row)
  const giveBack = (quantity: string, from: TakenFrom) =>
    returnGoods(rooms, leader, {
      returnKey: uuidv7(),
      receiptId: receipt.id,
      reason: '余量退回',
      lines: [{ receiptLineId: row.id, quantity, from }],
    })
  assert.deepEqual(await comingBack(shipment, 'returned'), [])
  await giveBack('8', 'excess')
  await giveBack('20', 'warehouse')
  const [excess, returned] = await comingBack(shipment, 'returned')
  assert.ok(excess && returned)
  const awaits = async (ctx = supplier) =>
    (await rooms.db.inTenant(ctx, (tx) => notesComingBack(tx, 1_000))).some((one) => one.id === shipment.id)
  assert.deepEqual([await awaits(), await awaits(leader), await awaits(second)], [true, false, false])
  assert.deepEqual(await grown(), { customer: 105, transit: 8, warehouse: -113 })
  for (const ctx of [leader, second, stranger])
    await assert.rejects(
      takeBack(rooms, ctx, shipment.id, { locationId: null, lines: [back(returned, '1')] }),
      failsWith(ctx === leader ? 'logistics.notYourSide' : 'logistics.notFound'),
    )
  await takeBack(rooms, supplier, shipment.id, { locationId: shelf, lines: [back(excess, '8'), back(returned, '15')] })
  assert.deepEqual(await grown(), { customer: 90, warehouse: -90 })
  await assert.rejects(
    takeBack(rooms, supplier, shipment.id, { locationId: null, lines: [back(returned, '3'), back(returned, '3')] }),
    failsWith('logistics.tooMuchTakenBack'),
  )
  await takeBack(rooms, supplier, shipment.id, { locationId: null, lines: [back(returned, '4', { forgone: '1' })] })
  assert.deepEqual(await grown(), { customer: 86, quarantine: 4, warehouse: -90 })
  assert.equal(await awaits(), false)
  // The buyer sees that it has arrived, and neither shelves nor how the supplier keeps it.
  const seen = await readReturning(rooms, leader, shipment.id)
  assert.deepEqual(
    [seen.places, ...seen.items.map((one) => [one.cameBack, one.forgone, one.control])],
    [[], ['8', '0', null], ['19', '1', null]],
  )
  await tell(shipment)
  assert.deepEqual(await grown(), { customer: 86, quarantine: 4, warehouse: -90 })
  await sound()
})

test('goods that the supplier never had in his books enter them when they come back, and are not sent out again', async () => {
  const { warehouse: all = 0, transit } = await held(ownHouse)
  const shipment = await shipped([[house, String(all + 50)]])
  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse, { lines: [took(line, String(all + 48), { damaged: '4' })] }))
  await tell(shipment)
  const before = await held(ownHouse)
  assert.deepEqual([before.transit, before.warehouse], [transit, undefined])
  const [refused] = await comingBack(shipment, 'refused')
  assert.ok(refused)
  await takeBack(rooms, supplier, shipment.id, { locationId: shelf, lines: [back(refused, '4')] })
  await tell(shipment)
  assert.equal((await held(ownHouse)).warehouse, 4)
  await sound()
})

const part = fc.integer({ min: 0, max: 20 })
const story = fc.record({
  made: fc.integer({ min: 0, max: 80 }),
  notified: fc.integer({ min: 30, max: 60 }),
  cancel: fc.boolean(),
  counts: fc.array(fc.record({ accepted: part, damaged: part, told: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  beyond: fc.integer({ min: 0, max: 10 }),
  ends: fc.array(fc.constantFrom<Settlement | null>('redeliver', 'credit', 'takeBack', 'keep', null), { minLength: 4, maxLength: 4 }),
  early: fc.boolean(),
  returned: fc.integer({ min: 0, max: 100 }),
  shares: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 }),
})

/** Books in a share of each that comes back and gives the rest up. Answers how much came back. */
async function takeAllBack(shipment: Shipment, shares: readonly number[]): Promise<number> {
  const items = (await readReturning(rooms, supplier, shipment.id)).items.filter((one) => one.left !== '0')
  const lines = items.map((one, i) => {
    const quantity = Math.floor((Number(one.left) * (shares[i % shares.length] ?? 0)) / 100)
    return back(one, String(quantity), { forgone: writeDecimal(decimal(one.left) - decimal(String(quantity))) })
  })
  if (lines.length > 0) await takeBack(rooms, supplier, shipment.id, { locationId: shelf, lines })
  return lines.reduce((sum, line) => sum + Number(line.quantity), 0)
}

test('goods that came without a notice leave the supplier’s shelves as far as they hold them, whatever his setting says', async () => {
  const setting = await call(supplier, inventoryApi.setting)
  const change = { method: setting.method, closedUntil: null }
  const strict = await call(supplier, inventoryApi.changeSetting, { body: { ...change, version: setting.version, onlyFromStock: true } })
  await make([[ownHouse, '30', null]])
  const before = await held(ownHouse)
  const orderId = await agreedOrder(bed, supplier, [[house, '50']])
  const [line] = (await listShippable(rooms, supplier, { orderId })).lines
  assert.ok(line)
  const all = before.warehouse ?? 0
  const came = all + 10
  const counted = { scheduleLineId: line.scheduleLineId, accepted: String(came - 4), damaged: '4' }
  const receipt = await receiveWithoutNotice(rooms, leader, unannounced(supplier, warehouse, [counted]))
  const shipment = await getShipment(rooms, supplier, receipt.shipmentId)
  assert.deepEqual(await held(ownHouse), before)
  for (const _ of [1, 2]) await tell(shipment)
  const after = await held(ownHouse)
  assert.equal(after.warehouse ?? 0, 0)
  const [part] = (await readTransit(rooms, supplier, shipment.id)).parts
  assert.deepEqual([part?.quantity, Number(part?.delivered) + Number(part?.open)], [String(all), all])
  await sound()
  await call(supplier, inventoryApi.changeSetting, { body: { ...change, version: strict.version, onlyFromStock: false } })
})

test('whatever is sent, counted, told late or twice, settled, returned and taken back: all places together are nothing, nothing stays on the way, and what came back is there', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ made, notified, cancel, counts, beyond, ends, early, returned, shares }) => {
      if (made > 0) await make([[ownHouse, String(made), null]])
      const shipment = await shipped([[house, String(notified)]])
      const [line] = shipment.lines
      assert.ok(line)
      await sound()
      if (cancel) await cancelShipment(rooms, supplier, shipment.id, { version: shipment.version, reason: '改期' })
      for (const [i, count] of cancel ? [] : counts.entries()) {
        const finish = i === counts.length - 1
        const left = notified - (await received(shipment))
        const accepted = Math.min(count.accepted, left) + (finish ? beyond : 0)
        const damaged = Math.min(count.damaged, Math.max(0, left - accepted))
        if (!finish && accepted + damaged === 0) continue
        const lines = [took(line, String(accepted), { damaged: String(damaged) })]
        await receiveGoods(rooms, bed.chief, receiptOf(shipment, warehouse, { finish, lines, overReason: '多送' }))
        if (count.told) await tell(shipment)
        if (early && !finish) await takeAllBack(shipment, [100])
        await sound()
      }
      await tell(shipment)
      for (const [i, claim] of (await claimsOf(shipment)).entries()) {
        await end(claim, ends[i % ends.length] ?? null)
        await tell(shipment, settleOnClaim)
        await sound()
      }
      for (const receipt of (await listReceipts(rooms, leader, shipment.id)).receipts) {
        const lines = receipt.lines.flatMap((row) =>
          (['warehouse', 'quarantine', 'excess'] as const).flatMap((from) => {
            const [all, apart] = [Number(row.remains.warehouse), Number(row.remains.quarantine)]
            const own = from === 'quarantine' ? apart : all - apart
            // Excess goes back whole: it lies at the buyer's as the supplier's.
            const quantity = from === 'excess' ? Number(row.remains.excess) : Math.floor((own * returned) / 100)
            return quantity > 0 ? [{ receiptLineId: row.id, quantity: String(quantity), from }] : []
          }),
        )
        if (lines.length > 0) await returnGoods(rooms, leader, { returnKey: uuidv7(), receiptId: receipt.id, reason: '退回', lines })
      }
      for (const _ of [1, 2]) await tell(shipment)
      const before = (await held(ownHouse)).warehouse ?? 0
      const cameBack = await takeAllBack(shipment, shares)
      assert.equal((await held(ownHouse)).warehouse ?? 0, before + cameBack)
      await sound()
      for (const _ of [1, 2]) await tell(shipment, settleOnClaim)
      for (const one of (await readTransit(rooms, supplier, shipment.id)).parts) assert.equal(one.open, '0')
      assert.equal((await held(ownHouse)).warehouse ?? 0, before + cameBack)
      await sound()
    }),
    { numRuns: 10 },
  )
})

async function received(shipment: Shipment): Promise<number> {
  const [line] = (await getShipment(rooms, leader, shipment.id)).lines
  return Number(line?.accepted ?? 0) + Number(line?.rejected ?? 0)
}
