import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { ordersErrors } from '../errors.ts'
import { createOrder } from './create-order.ts'
import { listOrders } from './order-store.ts'
import { renameOrder } from './rename-order.ts'
import type { OrdersDatabase } from './tables.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as OrdersDatabase
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => listOrders(tx, { sort: 'name', limit: 50 }))

  const made = await createOrder(db, ours, { name: 'one' })
  await assert.rejects(createOrder(db, ours, { name: 'one' }), { code: ordersErrors.nameTaken.code })
  await assert.rejects(renameOrder(db, theirs, made.id, { version: 1, name: 'mine' }), { code: ordersErrors.notFound.code })
  assert.equal((await renameOrder(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(renameOrder(db, ours, made.id, { version: 1, name: 'three' }), { code: ordersErrors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
