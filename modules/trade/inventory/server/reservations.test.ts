import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { opaque } from '#kernel/postgres.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { LocationId, StockReservationId } from '../contract.ts'
import { documentApi } from '../document-contract.ts'
import { reservationApi } from '../reservation-contract.ts'
import { postDocument } from './post-document.ts'
import { listReservations, readReservation, releaseStock, reserveStock } from './reservation-documents.ts'
import { inventorySearches } from './searches.ts'
import { failsWith, moveOf, testHouse, testStock } from './test-stock.ts'
import { verifyStock } from './verify-stock.ts'

const stock = await testStock({ after })
const { rooms } = stock
const { db } = rooms
const at = await testHouse(stock, { actor: { kind: 'user', id: 'u1', name: '王保管' } })
const other = await testHouse(stock)

const reserve = (lines: [MaterialId, string][], change: object = {}) =>
  reserveStock(
    rooms,
    at.ctx,
    reservationApi.reserve.body.parse({
      warehouseId: at.warehouse,
      purpose: '工单 MO-1201',
      neededOn: '2026-12-01',
      lines: lines.map(([materialId, quantity]) => ({ materialId, quantity })),
      ...change,
    }),
  )
const issue = (lines: [MaterialId, string, LocationId, string?][], reservationId?: StockReservationId, kind = 'production') =>
  postDocument(
    rooms,
    at.ctx,
    documentApi.post.body.parse({
      kind,
      day: '2026-11-20',
      reason: '领用',
      reservationId,
      lines: lines.map(([materialId, quantity, locationId, lot = null]) => ({
        materialId,
        quantity,
        locationId,
        toId: kind === 'transfer' ? at.second : null,
        lot,
        serial: null,
        owner: null,
        override: null,
      })),
    }),
  )
const list = (query: object = {}) => listReservations(db, at.ctx, reservationApi.reservations.query.parse(query))
const isSound = async () => assert.deepEqual((await db.inTenant(at.ctx, verifyStock)).problems, [])

test('what is reserved nobody else takes; its own issue takes it, over several lots, and no more; then it is used up', async () => {
  const material = stock.material({ control: 'lot' })
  const plain = stock.material()
  const comes = (materialId: MaterialId, quantity: string, to: LocationId, lot: string | null = null) =>
    moveOf(at, { materialId, quantity, lot, from: at.supplier, to })
  await at.post(comes(material, '6', at.bin, 'A'), comes(material, '4', at.warehouse, 'B'), comes(plain, '20', at.bin))
  const made = await reserve([
    [material, '10'],
    [plain, '5'],
  ])
  assert.deepEqual(
    [made.state, made.lines.map((line) => [line.quantity, line.left]), made.createdBy],
    [
      'open',
      [
        ['10', '10'],
        ['5', '5'],
      ],
      '王保管',
    ],
  )
  assert.match(made.number, /^SV-/)
  await assert.rejects(issue([[material, '1', at.bin, 'A']]), failsWith('inventory.reservedForOthers'))
  await assert.rejects(issue([[material, '1', at.bin, 'A']], undefined, 'transfer'), failsWith('inventory.reservedForOthers'))
  await issue([[plain, '15', at.bin]])
  await assert.rejects(issue([[plain, '6', at.bin]], made.id), failsWith('inventory.notReserved'))
  await assert.rejects(issue([[plain, '1', at.bin]], made.id, 'scrap'), failsWith('inventory.reservationForIssues'))
  await issue(
    [
      [material, '6', at.bin, 'A'],
      [material, '1', at.warehouse, 'B'],
    ],
    made.id,
  )
  const partly = await readReservation(db, at.ctx, made.id)
  assert.deepEqual([partly.state, partly.lines.map((line) => line.left)], ['open', ['3', '5']])
  await isSound()
  await issue(
    [
      [material, '3', at.warehouse, 'B'],
      [plain, '5', at.bin],
    ],
    made.id,
  )
  assert.equal((await readReservation(db, at.ctx, made.id)).state, 'used')
  await assert.rejects(releaseStock(db, at.ctx, made.id, made.version), failsWith('inventory.reservationEnded'))
  await assert.rejects(issue([[plain, '1', at.bin]], made.id), failsWith('inventory.notReserved'))
  await isSound()
})

test('all lines or none: what is missing is named, and nothing is written', async () => {
  const [enough, scarce] = [stock.material(), stock.material()]
  await at.post(
    moveOf(at, { materialId: enough, quantity: '10', from: at.supplier, to: at.warehouse }),
    moveOf(at, { materialId: scarce, quantity: '2', from: at.supplier, to: at.warehouse }),
  )
  const before = (await list()).total
  await assert.rejects(
    reserve([
      [enough, '10'],
      [scarce, '3'],
    ]),
    (error: { code?: string; params?: { lines?: unknown } }) => {
      assert.equal(error.code, 'inventory.notFree')
      return true
    },
  )
  await assert.rejects(reserve([[stock.material(), '1']]), failsWith('inventory.notFree'), 'a material of which there never was any')
  assert.equal((await list()).total, before)
  await reserve([[enough, '10']])
  await isSound()
})

test('released, what is left is free for all; by a version that is not the newest it is not', async () => {
  const material = stock.material()
  await at.post(moveOf(at, { materialId: material, quantity: '8', from: at.supplier, to: at.bin }))
  const made = await reserve([[material, '8']], { purpose: '项目 P-7' })
  await issue([[material, '3', at.bin]], made.id)
  await assert.rejects(releaseStock(db, at.ctx, made.id, 7), failsWith('inventory.changedMeanwhile'))
  const released = await releaseStock(db, at.ctx, made.id, made.version)
  assert.deepEqual([released.state, released.releasedBy, released.lines[0]?.left], ['released', '王保管', '0'])
  await issue([[material, '5', at.bin]])
  await isSound()
})

test('listed by state, material, warehouse and words; found by the one search box; of another organisation nothing', async () => {
  const material = stock.material()
  await at.post(moveOf(at, { materialId: material, quantity: '1', from: at.supplier, to: at.bin }))
  const made = await reserve([[material, '1']], { purpose: '大修 注塑机' })
  const ids = async (query: object) => (await list(query)).items.map((one) => one.id)
  assert.deepEqual(await ids({ materialId: material }), [made.id])
  assert.deepEqual(await ids({ search: '注塑机 大修' }), [made.id])
  assert.ok((await ids({ state: 'open' })).includes(made.id))
  assert.ok(!(await ids({ state: 'used' })).includes(made.id) && !(await ids({ state: 'released' })).includes(made.id))
  assert.deepEqual(await ids({ warehouseId: at.second }), [])
  const found = (ctx = at.ctx) =>
    db.inTenant(ctx, async (tx) => (await Promise.all(inventorySearches.map((kind) => kind.find(ctx, opaque(tx), made.number, 5)))).flat())
  assert.deepEqual(
    (await found()).map((one) => one.path),
    [`/inventory/reservations/${made.id}`],
  )
  assert.deepEqual(await found(other.ctx), [])
  assert.equal((await listReservations(db, other.ctx, reservationApi.reservations.query.parse({}))).total, 0)
  await assert.rejects(readReservation(db, other.ctx, made.id), failsWith('inventory.reservationNotFound'))
  await assert.rejects(releaseStock(db, other.ctx, made.id, 1), failsWith('inventory.reservationNotFound'))
})

test('issues and releases of one reservation at once: it is used or free, never both, and nobody waits in a ring', async () => {
  const material = stock.material()
  await at.post(moveOf(at, { materialId: material, quantity: '40', from: at.supplier, to: at.bin }))
  const made = await Promise.all(Array.from({ length: 8 }, () => reserve([[material, '5']])))
  const done = await Promise.allSettled(
    made.flatMap((one) => [issue([[material, '5', at.bin]], one.id), releaseStock(db, at.ctx, one.id, one.version)]),
  )
  for (const one of done)
    if (one.status === 'rejected')
      assert.ok(['inventory.reservationEnded', 'inventory.notReserved'].includes((one.reason as { code: string }).code), String(one.reason))
  assert.equal(done.filter((one) => one.status === 'fulfilled').length, 8)
  await isSound()
})
