import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { inventoryErrors } from '../errors.ts'
import { createLocation } from './create-location.ts'
import { listInventory } from './location-store.ts'
import { renameLocation } from './rename-location.ts'
import type { InventoryDatabase } from './tables.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as InventoryDatabase
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => listInventory(tx, { sort: 'name', limit: 50 }))

  const made = await createLocation(db, ours, { name: 'one' })
  await assert.rejects(createLocation(db, ours, { name: 'one' }), { code: inventoryErrors.nameTaken.code })
  await assert.rejects(renameLocation(db, theirs, made.id, { version: 1, name: 'mine' }), { code: inventoryErrors.notFound.code })
  assert.equal((await renameLocation(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(renameLocation(db, ours, made.id, { version: 1, name: 'three' }), { code: inventoryErrors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
