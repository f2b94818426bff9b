import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { decimal } from '#values/decimal.ts'
import { testContext } from '../../../../tests/context.ts'
import type { LocationId } from '../contract.ts'
import type { NewMove } from '../public.ts'
import { listLocations } from './location-store.ts'
import { changeLocation, createLocation } from './locations.ts'
import { failsWith, moveOf, type TestHouse, testHouse, testStock } from './test-stock.ts'
import { verifyStock } from './verify-stock.ts'

const stock = await testStock({ after })
const { rooms } = stock

const onHand = async (house: TestHouse, materialId: MaterialId, at: LocationId) => {
  const rows = await rooms.db.inTenant(house.ctx, (tx) =>
    tx.sql
      .selectFrom('inventory.balance')
      .select(['quantity', 'lot'])
      .where('org_id', '=', tx.orgId)
      .where('material_id', '=', materialId)
      .where('location_id', '=', at)
      .execute(),
  )
  return rows.map((row) => Number(row.quantity)).reduce((a, b) => a + b, 0)
}
const isSound = async (house: TestHouse) => assert.deepEqual((await rooms.db.inTenant(house.ctx, verifyStock)).problems, [])
const wanted = (materialId: MaterialId, warehouse: LocationId, quantity: string, id: string, line = '1') => ({
  materialId,
  warehouse,
  quantity: decimal(quantity),
  for: { entity: 'test', id, line },
})

const LANES = 10

/** As many as the pool has connections are under way at any moment, each with the next one as soon as it is done. */
async function atOnce<Answer>(n: number, work: (i: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  const lane = async () => {
    for (let i = next++; i < n; i = next++) answers[i] = await work(i)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return answers
}

test('what is posted twice is posted once; another content under the same line is refused, and nothing of the call is kept', async () => {
  const house = await testHouse(stock)
  const material = stock.material()
  const move = moveOf(house, { materialId: material, quantity: '10.5', from: house.supplier, to: house.warehouse, unitCost: '3.2' })
  await house.post(move)
  await house.post(move, { ...move })
  assert.equal(await onHand(house, material, house.warehouse), 10.5)
  await assert.rejects(house.post({ ...move, quantity: decimal('9') }), failsWith('inventory.sourceDiffers'))
  const good = moveOf(house, { materialId: material, quantity: '1', from: house.warehouse, to: house.bin })
  const bad = moveOf(house, { materialId: material, quantity: '100', from: house.warehouse, to: house.production })
  await assert.rejects(house.post(good, bad), failsWith('inventory.notEnough'))
  assert.deepEqual([await onHand(house, material, house.bin), await onHand(house, material, house.warehouse)], [0, 10.5])
  await isSound(house)
})

test('what a move lacks or has too much is named, and a stranger’s place is none', async () => {
  const house = await testHouse(stock)
  const other = await testHouse(stock)
  const plain = stock.material()
  const byLot = stock.material({ control: 'lot' })
  const bySerial = stock.material({ control: 'serial' })
  const into = (materialId: MaterialId, change: Partial<NewMove> = {}) => ({
    ...moveOf(house, { materialId, quantity: '1', from: house.supplier, to: house.warehouse }),
    ...change,
  })
  const wrong: [NewMove, string][] = [
    [into(plain, { quantity: 0n }), 'quantityNotPositive'],
    [into(plain, { quantity: -1n }), 'quantityNotPositive'],
    [into(plain, { to: house.supplier }), 'samePlace'],
    [into(plain, { day: '2026-11-21' }), 'dayInFuture'],
    [into(plain, { serial: 'S1' }), 'serialNotKept'],
    [into(plain, { expires: '2027-01-01' }), 'expiryNeedsLot'],
    [into(plain, { to: other.warehouse }), 'locationNotFound'],
    [into(byLot), 'lotNeeded'],
    [into(bySerial), 'serialNeeded'],
    [into(bySerial, { serial: 'S1', quantity: decimal('2') }), 'serialNeeded'],
    [into('01970000-0000-7000-8000-000000000001' as MaterialId), 'materialNotFound'],
  ]
  for (const [move, name] of wrong) await assert.rejects(house.post(move), failsWith(`inventory.${name}`), name)
  await house.post(into(byLot, { lot: 'L1', expires: '2027-01-01' }), into(byLot, { lot: 'L1' }))
  await assert.rejects(house.post(into(byLot, { lot: 'L1', expires: '2027-02-01' })), failsWith('inventory.lotExpiryDiffers'))
  await house.post(into(bySerial, { serial: 'S1' }))
  await assert.rejects(house.post(into(bySerial, { serial: 'S1', to: house.second })), failsWith('inventory.serialElsewhere'))
  await isSound(house)
})

test('a move of a day gone by is refused where it, or a later one, would have been impossible', async () => {
  const house = await testHouse(stock)
  const material = stock.material()
  const goes = (day: string, quantity: string, way: 'in' | 'out') =>
    moveOf(house, {
      materialId: material,
      quantity,
      day,
      from: way === 'in' ? house.supplier : house.warehouse,
      to: way === 'in' ? house.warehouse : house.production,
    })
  await house.post(goes('2026-11-10', '10', 'in'), goes('2026-11-12', '8', 'out'), goes('2026-11-15', '20', 'in'))
  await assert.rejects(house.post(goes('2026-11-09', '1', 'out')), failsWith('inventory.notEnoughThen'))
  await assert.rejects(house.post(goes('2026-11-11', '3', 'out')), failsWith('inventory.notEnoughThen'))
  await house.post(goes('2026-11-11', '2', 'out'))
  await house.post(goes('2026-11-15', '20', 'out'))
  await isSound(house)
})

test('100 reservations at once never oversell, over several lines all or none, whatever order they name them in', async () => {
  const house = await testHouse(stock)
  const [a, b] = [stock.material(), stock.material()]
  const comes = (materialId: MaterialId, quantity: string) => moveOf(house, { materialId, quantity, from: house.supplier, to: house.bin })
  await house.post(comes(a, '60'), comes(b, '130'))
  const ask = (i: number) => {
    const lines = [wanted(a, house.warehouse, '2', `R-${i}`, '1'), wanted(b, house.warehouse, '3', `R-${i}`, '2')]
    return house.inTenant((tx) => stock.stock.reserve(tx, house.ctx, i % 2 ? lines : lines.reverse()))
  }
  const answers = await atOnce(100, ask)
  assert.equal(answers.filter((one) => one.kind === 'reserved').length, 30)
  const short = answers.find((one) => one.kind === 'short')
  assert.deepEqual(short, { kind: 'short', lines: [{ materialId: a, missing: decimal('2') }] })
  await assert.rejects(
    house.post(moveOf(house, { materialId: a, quantity: '1', from: house.bin, to: house.production })),
    failsWith('inventory.reservedForOthers'),
  )
  const free = moveOf(house, { materialId: b, quantity: '40', from: house.bin, to: house.production })
  await house.post(free)
  await isSound(house)
})

test('a move of a reserved line uses its reservation up; a release gives it back; the same line again sets it anew', async () => {
  const house = await testHouse(stock)
  const material = stock.material()
  await house.post(moveOf(house, { materialId: material, quantity: '10', from: house.supplier, to: house.warehouse }))
  const reserve = (quantity: string, id: string) =>
    house.inTenant((tx) => stock.stock.reserve(tx, house.ctx, [wanted(material, house.warehouse, quantity, id)]))
  const reserved = async () =>
    (
      await rooms.db.inTenant(house.ctx, (tx) =>
        sql<{ reserved: string }>`select reserved::float8 from inventory.availability where org_id = ${tx.orgId}`.execute(tx.sql),
      )
    ).rows[0]?.reserved
  assert.equal((await reserve('6', 'A')).kind, 'reserved')
  assert.equal((await reserve('6', 'A')).kind, 'reserved')
  assert.equal((await reserve('5', 'B')).kind, 'short')
  assert.equal((await reserve('4', 'A')).kind, 'reserved')
  assert.equal((await reserve('6', 'B')).kind, 'reserved')
  assert.equal(await reserved(), 10)
  const source = { entity: 'test', id: 'A', line: '1' }
  await house.post(moveOf(house, { materialId: material, quantity: '4', from: house.warehouse, to: house.customer, source }))
  assert.equal(await reserved(), 6)
  await house.inTenant((tx) => stock.stock.release(tx, house.ctx, { entity: 'test', id: 'B' }))
  assert.equal(await reserved(), 0)
  await assert.rejects(
    house.inTenant((tx) => stock.stock.reserve(tx, house.ctx, [wanted(material, house.bin, '1', 'C')])),
    failsWith('inventory.locationNotFound'),
  )
  await isSound(house)
})

test('moves of many at once, crosswise over the same materials, end without a deadlock and with the right sums', async () => {
  const house = await testHouse(stock)
  const ids = Array.from({ length: 6 }, () => stock.material())
  await house.post(...ids.map((materialId) => moveOf(house, { materialId, quantity: '100', from: house.supplier, to: house.warehouse })))
  await atOnce(40, (i) => {
    const order = i % 2 ? ids : [...ids].reverse()
    return house.post(
      ...order.map((materialId) =>
        moveOf(house, {
          materialId,
          quantity: '1',
          from: i % 3 ? house.warehouse : house.supplier,
          to: i % 3 ? house.bin : house.second,
        }),
      ),
    )
  })

  for (const materialId of ids)
    assert.deepEqual([await onHand(house, materialId, house.bin), await onHand(house, materialId, house.second)], [26, 14])
  await isSound(house)
})

test('warehouses and bins: a code once, a change with the right version, closed only when empty, seen by nobody else', async () => {
  const house = await testHouse(stock)
  const stranger = testContext()
  const { db } = rooms
  const list = (ctx: typeof stranger, change: object = {}) =>
    db.inTenant(ctx, (tx) => listLocations(tx, { sort: 'code', limit: 50, ...change }))
  await assert.rejects(createLocation(db, house.ctx, { code: 'w1', name: 'x', warehouseId: null }), failsWith('inventory.codeTaken'))
  await createLocation(db, house.ctx, { code: 'A-01', name: 'x', warehouseId: house.second })
  await assert.rejects(
    createLocation(db, stranger, { code: 'X', name: 'x', warehouseId: house.second }),
    failsWith('inventory.locationNotFound'),
  )
  assert.deepEqual(
    (await list(house.ctx, { warehouseId: house.warehouse })).items.map((one) => [one.code, one.warehouse?.name]),
    [['A-01', '主仓']],
  )
  assert.equal((await list(house.ctx, { kind: 'system' })).total, 5)
  assert.equal((await list(stranger)).total, 0)
  const change = (ctx: typeof stranger, id: LocationId, version: number, closed: boolean) =>
    changeLocation(db, ctx, id, { version, code: 'W1', name: '主仓', closed })
  await house.post(moveOf(house, { materialId: stock.material(), quantity: '1', from: house.supplier, to: house.bin }))
  await assert.rejects(change(house.ctx, house.warehouse, 1, true), failsWith('inventory.locationInUse'))
  await assert.rejects(change(stranger, house.warehouse, 1, false), failsWith('inventory.locationNotFound'))
  await assert.rejects(change(house.ctx, house.supplier, 1, false), failsWith('inventory.systemLocation'))
  assert.equal((await changeLocation(db, house.ctx, house.second, { version: 1, code: 'W9', name: '旧仓', closed: true })).closed, true)
  await assert.rejects(
    changeLocation(db, house.ctx, house.second, { version: 1, code: 'W9', name: '旧仓', closed: false }),
    failsWith('inventory.changedMeanwhile'),
  )
  const move = moveOf(house, { materialId: stock.material(), quantity: '1', from: house.supplier, to: house.second })
  await assert.rejects(house.post(move), failsWith('inventory.locationClosed'))
  assert.deepEqual(
    (await db.inTenant(house.ctx, (tx) => stock.stock.warehouses(opaque(tx)))).map((one) => one.code),
    ['W1'],
  )
})

test('a posted move can be neither changed nor deleted, by whoever', async () => {
  const house = await testHouse(stock)
  await house.post(moveOf(house, { materialId: stock.material(), quantity: '1', from: house.supplier, to: house.warehouse }))
  for (const statement of ['update inventory.move set quantity = 2', 'delete from inventory.move'])
    await assert.rejects(
      rooms.db.inTenant(house.ctx, (tx) => sql.raw(statement).execute(tx.sql)),
      /permission denied/,
    )
})
