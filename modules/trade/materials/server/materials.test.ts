import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { materialsErrors } from '../errors.ts'
import { createMaterial } from './create-material.ts'
import { listMaterials } from './material-store.ts'
import { renameMaterial } from './rename-material.ts'
import type { MaterialsDatabase } from './tables.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as MaterialsDatabase
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => listMaterials(tx, { sort: 'name', limit: 50 }))

  const made = await createMaterial(db, ours, { name: 'one' })
  await assert.rejects(createMaterial(db, ours, { name: 'one' }), { code: materialsErrors.nameTaken.code })
  await assert.rejects(renameMaterial(db, theirs, made.id, { version: 1, name: 'mine' }), { code: materialsErrors.notFound.code })
  assert.equal((await renameMaterial(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(renameMaterial(db, ours, made.id, { version: 1, name: 'three' }), { code: materialsErrors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
