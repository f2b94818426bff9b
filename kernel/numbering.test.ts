import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import type { Context } from './context.ts'
import { nextNumber } from './numbering.ts'
import { moduleDatabase, opaque } from './postgres.ts'

const { app } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
const next = (ctx: Context, kind: string, day: string) => db.inTenant(ctx, (tx) => nextNumber(opaque(tx), kind, day))

test('numbers run by organisation, kind and month, without gaps, whoever asks at once', async () => {
  const [ctx, other] = [testContext(), testContext()]
  const numbers = await Promise.all(Array.from({ length: 20 }, () => next(ctx, 'PO', '2026-11-26')))
  assert.deepEqual(
    numbers.sort(),
    Array.from({ length: 20 }, (_, i) => `PO-202611-${String(i + 1).padStart(5, '0')}`),
  )
  assert.equal(await next(ctx, 'SN', '2026-11-30'), 'SN-202611-00001')
  assert.equal(await next(ctx, 'PO', '2026-12-01'), 'PO-202612-00001')
  assert.equal(await next(other, 'PO', '2026-11-26'), 'PO-202611-00001')
})

test('a number that was never committed is given again', async () => {
  const ctx = testContext()
  const failing = db.inTenant(ctx, async (tx) => {
    await nextNumber(opaque(tx), 'PO', '2026-11-26')
    throw new Error('the order was refused')
  })
  await assert.rejects(failing, /refused/)
  assert.equal(await next(ctx, 'PO', '2026-11-26'), 'PO-202611-00001')
})
