import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '#kernel/clock.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import { openLinePage } from '#modules/trade/finance/server/accruals/open-lines.ts'
import type { FinanceTables } from '#modules/trade/finance/server/tables.ts'
import { consignedApi } from '#modules/trade/inventory/consigned-contract.ts'
import { type ConsignmentUsed, inventoryApi, type LocationId } from '#modules/trade/inventory/contract.ts'
import type { InventoryTables } from '#modules/trade/inventory/server/tables.ts'
import { verifyStock } from '#modules/trade/inventory/server/verify-stock.ts'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { decimal } from '#values/decimal.ts'
import { chinaDay } from '#values/instant.ts'
import { ledgersOf } from '../../../../tests/trade-ledgers.ts'
import type { Shipment } from '../contract.ts'
import { listReceipts } from './expected.ts'
import { readRefill } from './read-refill.ts'
import { getShipment, listShippable } from './read-shipments.ts'
import { receiveGoods } from './receive-goods.ts'
import { returnGoods } from './return-goods.ts'
import { readReturning } from './returning.ts'
import { followUse, settleOnReceipt } from './subscriptions.ts'
import { takeBack } from './take-back.ts'
import { agreedOrder, catalogueFor, issued, newWarehouse, noticeOf, receiptOf, testRooms, took } from './test-rooms.ts'

const bed = await testRooms({ after })
const { rooms, leader, chief, supplier, second, call } = bed
const { house } = await catalogueFor(bed, [supplier, second])
const warehouse = await newWarehouse(bed)
const ledgers = await ledgersOf(bed.pools.ownerUrl, { after })
const noGrant = () => Promise.reject(new Error('no grants'))
const stock = moduleDatabase<InventoryTables>(bed.pools.app, noGrant)
const finance = moduleDatabase<FinanceTables>(bed.pools.app, noGrant)
const today = chinaDay(leader.now)

/** The supplier's own part, of which he has 200 in his warehouse. */
const category = await call(supplier, materialsApi.createCategory, {
  body: { parentId: null, code: 'CAST', name: '压铸件', nameEn: null, prefix: 'CAST', attributes: [] },
})
const [own] = await bed.materials.public.createMaterials(supplier, [
  { categoryId: category.id, kind: 'part', baseUnit: 'C62', code: `S-${house.slice(-3)}`, name: '左箱体（自制）' },
])
const shelf: LocationId = (await call(supplier, inventoryApi.createLocation, { body: { code: 'F1', name: '成品库', warehouseId: null } }))
  .id
await rooms.db.inTenant(supplier, async (tx) =>
  rooms.inventory.post(opaque(tx), supplier, [
    {
      materialId: own as MaterialId,
      quantity: decimal('200'),
      from: await rooms.inventory.systemLocation(opaque(tx), 'production'),
      to: shelf,
      owner: tx.orgId,
      lot: null,
      serial: null,
      expires: null,
      day: today,
      unitCost: decimal('20'),
      reason: '完工',
      source: { entity: 'test.made', id: uuidv7(), line: '1' },
    },
  ]),
)

const news = { ...rooms, clock: systemClock }
const settle = (shipment: Shipment) =>
  settleOnReceipt(news).handle({ payload: { shipmentId: shipment.id, supplierId: supplier.orgId }, trace: 'test' } as never)
const told = (used: ConsignmentUsed) => followUse(news).handle({ payload: used, trace: 'test' } as never)

/** Of an organisation, by owner's side and kind of place. */
async function held(orgId: string): Promise<Record<string, number>> {
  const { rows } = await ledgers.client.query(
    `select (case when b.owner_org = b.org_id then 'own ' else 'theirs ' end) || l.kind as at, sum(b.quantity)::float8 as n
     from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
     where b.org_id = $1 and not b.may_be_negative group by 1 having sum(b.quantity) <> 0 order by 1`,
    [orgId],
  )
  return Object.fromEntries(rows.map((row) => [row.at, row.n]))
}
async function sound(): Promise<void> {
  for (const ctx of [leader, supplier]) {
    assert.equal(await ledgers.balance(ctx.orgId), '0')
    assert.deepEqual((await stock.inTenant(ctx, verifyStock)).problems, [])
  }
  assert.equal((await ledgers.books(leader.orgId))[0], '0')
}
const accrued = async () =>
  (
    await ledgers.client.query(
      `select a.kind, l.order_number, l.quantity::float8 as n, l.net_price::float8 as price, l.payment_days as days, l.net::int
       from finance.accrual_line l join finance.accrual a on a.id = l.accrual_id where l.buyer_org = $1 order by l.id`,
      [leader.orgId],
    )
  ).rows.map(({ kind, order_number: order, n, price, days, net }) => [kind, order, n, price, days, net])

/** A consigned order at a price of its own, and its notice. */
async function sent(quantity: string, price: string | null): Promise<{ shipment: Shipment; number: string }> {
  const orderId = await agreedOrder(bed, supplier, [[house, quantity]], { consigned: true, ...(price && { netPrice: price }) })
  const order = await call(supplier, ordersApi.get, { params: { id: orderId } })
  assert.deepEqual([order.consigned, order.content.terms.titlePasses], [true, 'usage'])
  const { lines } = await listShippable(rooms, supplier, { orderId })
  assert.deepEqual(
    lines.map((line) => line.consigned),
    [true],
  )
  const input = noticeOf(
    leader,
    lines.map((line) => ({ scheduleLineId: line.scheduleLineId, quantity: line.left })),
  )
  return { shipment: await issued(bed, supplier, input), number: order.number }
}
const consigned = async (ctx: typeof leader, side: 'buyer' | 'supplier') =>
  (await call(ctx, consignedApi.consigned, { query: { side } })).items

test('consigned goods come in by an order: nobody owes for them, and used they are billed at the price of the order they came by', async () => {
  const first = await sent('60', '40')
  const next = await sent('40', '44.5')
  assert.deepEqual((await getShipment(rooms, leader, first.shipment.id)).lines[0]?.consigned, true)
  await receiveGoods(rooms, leader, receiptOf(first.shipment, warehouse))
  await receiveGoods(rooms, leader, receiptOf(next.shipment, warehouse))
  assert.deepEqual(await held(leader.orgId), { 'theirs warehouse': 100 })
  assert.deepEqual(await accrued(), [])
  assert.deepEqual(
    [
      (await consigned(leader, 'buyer'))[0].quantity,
      (await consigned(supplier, 'supplier'))[0].quantity,
      await consigned(second, 'supplier'),
    ],
    ['100', '100', []],
  )
  await settle(first.shipment)
  await settle(next.shipment)
  assert.deepEqual(await held(supplier.orgId), { 'own consignment': 100, 'own warehouse': 100 })

  const [row] = await consigned(leader, 'buyer')
  const use = { locationId: warehouse as LocationId, quantity: '75', lot: null, serial: null, day: today, reason: '' }
  const used = await bed.inventory.public.takeConsigned(leader, row.id, use)
  assert.deepEqual(
    used.parts?.map((part) => [part.quantity, part.price?.amount, part.order?.number]),
    [
      ['60', '40', first.number],
      ['15', '44.5', next.number],
    ],
  )
  await bed.finance.public.accrueUsage(leader, used)
  assert.deepEqual(await accrued(), [
    ['usage', first.number, 60, 40, 60, 240_000],
    ['usage', next.number, 15, 44.5, 60, 66_750],
  ])
  for (const [ctx, side] of [
    [leader, 'buyer'],
    [supplier, 'supplier'],
  ] as const) {
    const page = await finance.inTenant(ctx, (tx) => openLinePage(tx, { side, limit: 50, sort: 'day' } as never))
    assert.equal(page.items.length, 2)
  }
  // What came in by a part is found by it, as by the line of a receipt.
  const { rows: cameIn } = await ledgers.client.query(
    `select m.quantity::float8 as n, m.unit_cost::float8 as price from inventory.move m join inventory.cost c on c.org_id = m.org_id and c.move_id = m.id
     and c.direction = 0 where m.org_id = $1 and m.source_id = $2 and starts_with(m.source_line, $3)`,
    [leader.orgId, used.usageId, `${used.parts?.[1]?.id}.`],
  )
  assert.deepEqual(cameIn, [{ n: 15, price: 44.5 }])
  // Twice told it is followed once.
  await told(used)
  await told(used)
  assert.deepEqual(await held(supplier.orgId), { 'own consignment': 25, 'own warehouse': 100 })
  assert.deepEqual(await held(leader.orgId), { 'theirs warehouse': 25 })
  await sound()
})

test('consigned goods go back as the supplier’s: nothing is reversed in the books, and what is left is billed by what it came by', async () => {
  const { shipment, number } = await sent('10', '50')
  await receiveGoods(rooms, leader, receiptOf(shipment, warehouse))
  await settle(shipment)
  const before = await accrued()
  const [receipt] = (await listReceipts(rooms, leader, shipment.id)).receipts
  const [line] = receipt?.lines ?? []
  assert.ok(receipt && line)
  const back = {
    returnKey: uuidv7(),
    receiptId: receipt.id,
    reason: '不合格',
    lines: [{ receiptLineId: line.id, quantity: '4', from: 'warehouse' }],
  }
  await returnGoods(rooms, leader, back as never)
  assert.deepEqual(await accrued(), before)
  assert.deepEqual(await held(leader.orgId), { 'theirs warehouse': 31 })
  const [coming] = (await readReturning(rooms, supplier, shipment.id)).items
  assert.ok(coming)
  const taken = { cause: coming.cause, id: coming.id, quantity: '3', forgone: '1', lot: null, serial: null }
  await takeBack(rooms, supplier, shipment.id, { locationId: shelf, lines: [taken] } as never)
  assert.deepEqual(await held(supplier.orgId), { 'own consignment': 31, 'own warehouse': 93 })
  const [row] = await consigned(leader, 'buyer')
  const use = { locationId: warehouse as LocationId, quantity: '31', lot: null, serial: null, day: today, reason: '' }
  const used = await bed.inventory.public.takeConsigned(leader, row.id, use)
  assert.deepEqual(
    used.parts?.map((part) => [part.quantity, part.price?.amount]),
    [
      ['25', '44.5'],
      ['6', '50'],
    ],
  )
  assert.equal(used.parts?.at(-1)?.order?.number, number)
  await told(used)
  assert.deepEqual([await held(leader.orgId), await held(supplier.orgId)], [{}, { 'own warehouse': 93 }])
  await sound()
})

test('a use that is told before its receipt was settled is followed all the same; damaged goods are claimed and never consigned', async () => {
  const { shipment } = await sent('20', '48')
  const [line] = shipment.lines
  assert.ok(line)
  await receiveGoods(rooms, chief, receiptOf(shipment, warehouse, { lines: [took(line, '18', { damaged: '2' })] }))
  const [row] = await consigned(leader, 'buyer')
  const use = { locationId: warehouse as LocationId, quantity: '18', lot: null, serial: null, day: today, reason: '' }
  await told(await bed.inventory.public.takeConsigned(leader, row.id, use))
  await settle(shipment)
  assert.deepEqual(await held(supplier.orgId), { 'own transit': 2, 'own warehouse': 73 })
  await sound()
})

test('a refill goes by the open consigned lines of that customer, less what is on its way already', async () => {
  const asked = (quantity: string, ctx = supplier) => readRefill(rooms, ctx, { buyerId: leader.orgId, materialId: house, quantity })
  const quantities = async (quantity: string, ctx = supplier) => {
    const { lines, ...rest } = await asked(quantity, ctx)
    return { ...rest, lines: lines.map((line) => line.quantity) }
  }
  // What was returned and what came damaged is owed again by its orders.
  assert.deepEqual(await quantities('7'), { coming: '0', missing: '1', lines: ['4', '2'] })
  await agreedOrder(bed, supplier, [[house, '100']])
  const orderId = await agreedOrder(bed, supplier, [[house, '30']], { consigned: true })
  assert.deepEqual(await quantities('50'), { coming: '0', missing: '14', lines: ['4', '2', '30'] })
  const last = (await asked('50')).lines.find((line) => line.orderId === orderId)
  assert.ok(last)
  await issued(bed, supplier, noticeOf(leader, [{ scheduleLineId: last.scheduleLineId, quantity: '12' }]))
  assert.deepEqual(await quantities('20'), { coming: '12', missing: '0', lines: ['4', '2', '2'] })
  assert.deepEqual(await quantities('20', second), { coming: '0', missing: '20', lines: [] })
})
