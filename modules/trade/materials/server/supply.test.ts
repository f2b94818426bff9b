import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testContext } from '../../../../tests/context.ts'
import { materialsErrors } from '../errors.ts'
import { supplyApi } from '../supply-contract.ts'
import { updateMaterial } from './change-material.ts'
import { addPrice, endPrice, listPrices, withdrawPrice } from './prices.ts'
import { actOnSource, createSource, listSources, nameSupplied, updateSource } from './sources.ts'
import { newMaterial, testRooms } from './test-rooms.ts'

const fails = (type: { code: string }) => ({ code: type.code })
const now = new Date('2026-11-26T02:00:00Z')
const list = (query: object = {}) => supplyApi.sources.query.parse(query)
const terms = {
  supplierCode: null,
  supplierName: null,
  leadTimeDays: 10,
  minimum: '100',
  multiple: '50',
  validFrom: '2026-01-01',
  validUntil: null,
  approved: true,
}
const price = {
  currency: 'CNY' as const,
  unit: 'H87' as const,
  fromQuantity: '0',
  taxRate: '0.13',
  netPrice: '8.5',
  grossPrice: null,
  validFrom: '2026-01-01',
  validUntil: null,
}

test('a proposal is the buyer’s own affair; once approved the supplier reads it and writes his own code and name, no more', async (t) => {
  const { rooms, db } = await testRooms(t)
  const [buyer, supplier, rival] = [testContext({ now }), testContext({ now }), testContext({ now })]
  const id = await newMaterial(rooms, buyer)
  const proposed = await createSource(rooms, buyer, id, { ...terms, supplierId: supplier.orgId, approved: false })
  await assert.rejects(createSource(rooms, buyer, id, { ...terms, supplierId: supplier.orgId }), fails(materialsErrors.sourceExists))
  await createSource(rooms, buyer, id, { ...terms, supplierId: rival.orgId })
  const seen = async (ctx: typeof buyer) => (await listSources(rooms, ctx, list({ side: 'supplier' }))).items
  assert.deepEqual(await seen(supplier), [])
  await assert.rejects(
    nameSupplied(rooms, supplier, proposed.id, { version: 1, supplierCode: 'X', supplierName: null }),
    fails(materialsErrors.sourceNotFound),
  )
  await actOnSource(rooms, buyer, proposed.id, { version: 1, action: 'approve' })
  await assert.rejects(actOnSource(rooms, buyer, proposed.id, { version: 2, action: 'approve' }), fails(materialsErrors.notAllowedNow))
  await assert.rejects(actOnSource(rooms, supplier, proposed.id, { version: 2, action: 'block' }), fails(materialsErrors.sourceNotFound))
  await assert.rejects(updateSource(rooms, supplier, proposed.id, { version: 2, leadTimeDays: 1 }), fails(materialsErrors.sourceNotFound))

  const named = await nameSupplied(rooms, supplier, proposed.id, { version: 2, supplierCode: 'SKF-6204', supplierName: '轴承 6204' })
  assert.deepEqual([named.side, named.supplierCode, named.materialName, named.minimum], ['supplier', 'SKF-6204', '深沟球轴承', '100'])
  await assert.rejects(
    db.inTenant(supplier, (tx) => sql`update materials.source set lead_time_days = 1 where id = ${proposed.id}`.execute(tx.sql)),
    /his own code and name only/,
  )
  assert.equal((await seen(supplier)).length, 1)
  assert.equal((await seen(rival))[0]?.supplierCode, null)
  await updateMaterial(rooms, buyer, id, { version: 1, specification: '6204-ZZ' })
  assert.equal((await seen(supplier))[0]?.specification, '6204-ZZ')
  assert.equal((await listSources(rooms, buyer, list({ search: 'skf' }))).items.length, 1)
  assert.equal((await listSources(rooms, buyer, list({ materialId: id, partnerId: rival.orgId }))).items.length, 1)
})

test('prices: the new one ends the old one, both sides read all of them, a rival none; only what has not begun is withdrawn', async (t) => {
  const { rooms, db } = await testRooms(t)
  const [buyer, supplier, rival] = [testContext({ now }), testContext({ now }), testContext({ now })]
  const id = await newMaterial(rooms, buyer)
  const source = await createSource(rooms, buyer, id, { ...terms, supplierId: supplier.orgId })
  const other = await createSource(rooms, buyer, id, { ...terms, supplierId: rival.orgId })
  const first = await addPrice(rooms, buyer, source.id, price)
  assert.deepEqual([first.netPrice, first.grossPrice, first.state], ['8.5', '9.605', 'inForce'])
  const gross = await addPrice(rooms, buyer, source.id, { ...price, fromQuantity: '1000', netPrice: null, grossPrice: '9' })
  assert.deepEqual([gross.netPrice, gross.grossPrice], ['7.964602', '9'])
  const next = await addPrice(rooms, buyer, source.id, { ...price, netPrice: '8.8', validFrom: '2027-01-01' })
  assert.equal(next.state, 'upcoming')
  const read = async (ctx: typeof buyer) => (await listPrices(rooms, ctx, source.id)).prices
  assert.deepEqual(
    (await read(supplier)).map((p) => [p.netPrice, p.validUntil, p.createdBy]),
    [
      ['8.8', null, null],
      ['8.5', '2026-12-31', null],
      ['7.964602', null, null],
    ],
  )
  await assert.rejects(read(rival), fails(materialsErrors.sourceNotFound))
  assert.deepEqual((await listPrices(rooms, rival, other.id)).prices, [])
  assert.equal(await db.inTenant(rival, async (tx) => (await sql`select 1 from materials.price`.execute(tx.sql)).rows.length), 0)
  assert.equal((await listSources(rooms, supplier, list({ side: 'supplier' }))).items[0]?.price?.netPrice, '8.5')

  await assert.rejects(addPrice(rooms, supplier, source.id, price), fails(materialsErrors.sourceNotFound))
  await assert.rejects(addPrice(rooms, buyer, source.id, { ...price, unit: 'KGM' }), fails(materialsErrors.unitUnknown))
  await assert.rejects(addPrice(rooms, buyer, source.id, { ...price, validUntil: '2025-01-01' }), fails(materialsErrors.invalidPeriod))
  await assert.rejects(addPrice(rooms, buyer, source.id, { ...price, validFrom: '2025-06-01' }), fails(materialsErrors.priceOverlaps))
  await assert.rejects(withdrawPrice(rooms, buyer, first.id, 2), fails(materialsErrors.notAllowedNow))
  await assert.rejects(withdrawPrice(rooms, supplier, next.id, 1), fails(materialsErrors.priceNotFound))
  assert.equal((await withdrawPrice(rooms, buyer, next.id, 1)).state, 'withdrawn')
  await assert.rejects(endPrice(rooms, buyer, first.id, { version: 2, validUntil: '2026-11-25' }), fails(materialsErrors.invalidPeriod))
  assert.equal((await endPrice(rooms, buyer, first.id, { version: 2, validUntil: '2026-11-30' })).validUntil, '2026-11-30')
  await assert.rejects(
    db.inTenant(supplier, (tx) => sql`update materials.price set net_price = 1`.execute(tx.sql)),
    /permission denied/,
  )
})
