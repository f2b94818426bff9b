import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { readChain } from './read-chain.ts'
import { askShare, endShare, giveShare, readShares } from './stock-shares.ts'
import { failsWith, moveOf, testHouse, testStock } from './test-stock.ts'

const stock = await testStock({ after })
const { rooms } = stock
const org = (n: number) => OrgId.parse(`01970000-0000-7000-8000-00000000000${n}`)
const buyer = testContext({ orgId: org(1), now: new Date('2026-11-20T04:00:00Z') })
const supplier = testContext({ orgId: org(2), now: new Date('2026-11-20T04:00:00Z') })
const stranger = testContext({ orgId: org(3), now: new Date('2026-11-20T04:00:00Z') })
const house = await testHouse(stock, supplier)
const chain = async (ctx = buyer) => (await readChain(rooms, ctx, { sort: 'code', limit: 50 })).items
const ask = (materialId: ReturnType<typeof stock.material>) =>
  askShare(rooms, buyer, { supplierId: supplier.orgId, materialId, purpose: '排产' })

test('a supplier’s stock is seen once he has agreed, follows his postings, and is gone when either ends it', async () => {
  const [theirs, own, pieces] = [stock.material(), stock.material(), stock.material({ baseUnit: 'KGM' })]
  const receive = (quantity: string) =>
    house.post(moveOf(house, { materialId: own, quantity, from: house.supplier, to: house.warehouse, unitCost: '1' }))
  await receive('30')
  const asked = await ask(theirs)
  await assert.rejects(ask(theirs), failsWith('inventory.sharedAlready'))
  assert.deepEqual(await chain(), [])
  await assert.rejects(giveShare(rooms, buyer, asked.id, { version: 1, ownMaterialId: own }), failsWith('inventory.shareNotAllowedNow'))
  await assert.rejects(giveShare(rooms, stranger, asked.id, { version: 1, ownMaterialId: own }), failsWith('inventory.shareNotFound'))
  await assert.rejects(giveShare(rooms, supplier, asked.id, { version: 1, ownMaterialId: pieces }), failsWith('inventory.unitsDiffer'))
  const given = await giveShare(rooms, supplier, asked.id, { version: 1, ownMaterialId: own })
  assert.deepEqual([given.state, given.quantity, given.actions], ['shared', '30', ['end']])
  await receive('12.5')
  const [seen] = await chain()
  assert.deepEqual([seen?.own, seen?.consigned, seen?.atSuppliers], ['0', '0', '42.5'])
  assert.deepEqual(
    seen?.holders.map(({ kind, quantity }) => [kind, quantity]),
    [['supplier', '42.5']],
  )
  assert.deepEqual(await chain(stranger), [])
  // A transfer inside the house changes nothing that is shared; what leaves for production does.
  await house.post(moveOf(house, { materialId: own, quantity: '2.5', from: house.warehouse, to: house.production }))
  assert.equal((await chain())[0]?.atSuppliers, '40')
  const ended = await endShare(rooms, buyer, asked.id, { version: given.version })
  assert.deepEqual([ended.state, ended.quantity, ended.asOf, ended.actions], ['ended', null, null, []])
  await receive('1')
  assert.deepEqual(await chain(), [])
  assert.equal((await ask(theirs)).state, 'requested')
})

test('what is posted while it is being opened is in the figure', async () => {
  const [theirs, own] = [stock.material(), stock.material()]
  const asked = await ask(theirs)
  const posts = Array.from({ length: 6 }, () =>
    house.post(moveOf(house, { materialId: own, quantity: '1', from: house.supplier, to: house.warehouse, unitCost: '1' })),
  )
  await Promise.all([...posts.slice(0, 3), giveShare(rooms, supplier, asked.id, { version: 1, ownMaterialId: own }), ...posts.slice(3)])
  const { items } = await readShares(rooms, buyer, { side: 'buyer', sort: 'code', limit: 50 })
  assert.equal(items.find((one) => one.materialId === theirs)?.quantity, '6')
})

test('by plain SQL the buyer neither opens the supplier’s stock nor says how much there is', async () => {
  const asked = await ask(stock.material())
  await assert.rejects(
    rooms.db.inTenant(buyer, (tx) =>
      sql`update inventory.stock_share set state = 'shared', own_material_id = gen_random_uuid(), quantity = 1, as_of = now(), agreed_at = now()
        where id = ${asked.id}`.execute(tx.sql),
    ),
    /nobody shares/,
  )
  await assert.rejects(
    rooms.db.inTenant(supplier, (tx) =>
      sql`update inventory.stock_share set buyer_org = ${stranger.orgId} where id = ${asked.id}`.execute(tx.sql),
    ),
    /denied/,
  )
})
