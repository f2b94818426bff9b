import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moduleDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { financeErrors } from '../errors.ts'
import { createVoucher } from './create-voucher.ts'
import { renameVoucher } from './rename-voucher.ts'
import type { FinanceDatabase } from './tables.ts'
import { listFinance } from './voucher-store.ts'

test('a name is given once, changed with the right version only, and seen by no other organisation', async (t) => {
  const { app } = await testPools(t)
  const db = moduleDatabase(app, () => Promise.reject(new Error('no grant'))) as FinanceDatabase
  const [ours, theirs] = [testContext(), testContext()]
  const list = (ctx: typeof ours) => db.inTenant(ctx, (tx) => listFinance(tx, { sort: 'name', limit: 50 }))

  const made = await createVoucher(db, ours, { name: 'one' })
  await assert.rejects(createVoucher(db, ours, { name: 'one' }), { code: financeErrors.nameTaken.code })
  await assert.rejects(renameVoucher(db, theirs, made.id, { version: 1, name: 'mine' }), { code: financeErrors.notFound.code })
  assert.equal((await renameVoucher(db, ours, made.id, { version: 1, name: 'two' })).version, 2)
  await assert.rejects(renameVoucher(db, ours, made.id, { version: 1, name: 'three' }), { code: financeErrors.changedMeanwhile.code })

  assert.deepEqual((await list(ours)).items, [{ id: made.id, name: 'two', version: 2 }])
  assert.deepEqual(await list(theirs), { items: [], nextCursor: null, total: 0, totalCapped: false })
})
