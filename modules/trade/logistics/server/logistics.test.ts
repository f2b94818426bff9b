import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { logisticsErrors } from '../errors.ts'
import { createShipment } from './create-shipment.ts'
import { renameShipment } from './rename-shipment.ts'
import { listLogistics } from './shipment-store.ts'
import type { LogisticsDatabase } from './tables.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as LogisticsDatabase
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => listLogistics(tx, { sort: 'name', limit: 50 }))

  const made = await createShipment(db, ours, { name: 'one' })
  await assert.rejects(createShipment(db, ours, { name: 'one' }), { code: logisticsErrors.nameTaken.code })
  await assert.rejects(renameShipment(db, theirs, made.id, { version: 1, name: 'mine' }), { code: logisticsErrors.notFound.code })
  assert.equal((await renameShipment(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(renameShipment(db, ours, made.id, { version: 1, name: 'three' }), { code: logisticsErrors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
