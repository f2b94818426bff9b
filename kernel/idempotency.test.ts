import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import type { Context } from './context.ts'
import { idempotencyIn } from './idempotency.ts'
import { moduleDatabase } from './postgres.ts'

const { app } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
const idempotency = idempotencyIn(db)
const hash = (text: string) => createHash('sha256').update(text).digest()
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

function counter() {
  const work = { runs: 0, run: async () => ({ status: 201, body: { run: ++work.runs, list: [1, null, '中文'] } as unknown }) }
  return work
}
const once = (ctx: Context, key: string, request: string, run: () => Promise<{ status: number; body: unknown }>) =>
  idempotency.once(ctx, key, hash(request), run)

test('a repetition gets the first answer and runs nothing', async () => {
  const [ctx, work] = [testContext(), counter()]
  const first = await once(ctx, 'k', 'order 1', work.run)
  assert.deepEqual(await once(ctx, 'k', 'order 1', work.run), first)
  assert.deepEqual(first, { status: 201, body: { run: 1, list: [1, null, '中文'] } })
  assert.equal(work.runs, 1)
})

test('of many at once one runs; the others are told to wait or get its answer', async () => {
  const [ctx, work] = [testContext(), counter()]
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return work.run()
  }
  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => once(ctx, 'k', 'order', slow)))
  assert.equal(work.runs, 1)
  for (const answer of answers)
    if (answer.status === 'rejected') assert.ok(failsWith('request.stillRunning')(answer.reason))
    else assert.equal(answer.value.status, 201)
})

test('the key belongs to one request of one actor in one organisation', async () => {
  const [ctx, work] = [testContext(), counter()]
  await once(ctx, 'k', 'order 1', work.run)
  await assert.rejects(once(ctx, 'k', 'order 2', work.run), failsWith('request.keyReused'))
  await once(testContext({ orgId: ctx.orgId }), 'k', 'order 2', work.run)
  await once(testContext({ actor: ctx.actor }), 'k', 'order 2', work.run)
  assert.equal(work.runs, 3)
})

test('a failed request frees its key', async () => {
  const [ctx, work] = [testContext(), counter()]
  const failing = () => Promise.reject(new Error('no'))
  await assert.rejects(once(ctx, 'k', 'order', failing), /no/)
  assert.equal((await once(ctx, 'k', 'order', work.run)).status, 201)
})

test('a request whose process died blocks its key for a minute, not for ever', async () => {
  const [ctx, work] = [testContext(), counter()]
  await db.inTenant(ctx, (tx) =>
    sql`insert into kernel.idempotency (org_id, key, actor, request_hash, created_at)
      values (${tx.orgId}, 'k', ${`${ctx.actor.kind}:${ctx.actor.id}`}, ${hash('order')}, ${ctx.now})`.execute(tx.sql),
  )
  const at = (seconds: number) => ({ ...ctx, now: new Date(ctx.now.getTime() + seconds * 1000) })
  await assert.rejects(once(at(30), 'k', 'order', work.run), failsWith('request.stillRunning'))
  await assert.rejects(once(at(61), 'k', 'another order', work.run), failsWith('request.keyReused'))
  assert.equal((await once(at(61), 'k', 'order', work.run)).status, 201)
})

test('a key longer than 200 characters is refused, an answer without a body is kept', async () => {
  const ctx = testContext()
  await assert.rejects(once(ctx, 'k'.repeat(201), 'order', counter().run), failsWith('request.invalid'))
  const empty = async () => ({ status: 204, body: undefined })
  await once(ctx, 'k', 'order', empty)
  assert.equal((await once(ctx, 'k', 'order', empty)).status, 204)
})
