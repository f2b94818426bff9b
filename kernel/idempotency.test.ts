import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import type { Context } from './context.ts'
import { idempotencyIn } from './idempotency.ts'
import { nextNumber } from './numbering.ts'
import { moduleDatabase, opaque } from './postgres.ts'

const { app } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
const idempotency = idempotencyIn(db)
const hash = (text: string) => createHash('sha256').update(text).digest()
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

function counter() {
  const work = { runs: 0, run: async () => ({ status: 201, body: { run: ++work.runs, list: [1, null, '中文'] } as unknown }) }
  return work
}
const once = (ctx: Context, key: string, request: string, run: (ctx: Context) => Promise<{ status: number; body: unknown }>) =>
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

test('a request whose process died blocks its key for ten seconds, not for ever', async () => {
  const [ctx, work] = [testContext(), counter()]
  await db.inTenant(ctx, (tx) =>
    sql`insert into kernel.idempotency (org_id, key, actor, request_hash, created_at)
      values (${tx.orgId}, 'k', ${`${ctx.actor.kind}:${ctx.actor.id}`}, ${hash('order')}, ${ctx.now})`.execute(tx.sql),
  )
  await assert.rejects(once(at(ctx, 9), 'k', 'order', work.run), failsWith('request.stillRunning'))
  await assert.rejects(once(at(ctx, 11), 'k', 'another order', work.run), failsWith('request.keyReused'))
  assert.equal((await once(at(ctx, 11), 'k', 'order', work.run)).status, 201)
})

const at = (ctx: Context, seconds: number): Context => ({ ...ctx, now: new Date(ctx.now.getTime() + seconds * 1000) })
const number = (ctx: Context) => db.inTenant(ctx, (tx) => nextNumber(opaque(tx), 'XX', '2026-11-26'))

test('what committed is never run again, though its process died before it could answer', async () => {
  const ctx = testContext()
  const first: string[] = []
  // The process that dies neither frees the key nor keeps an answer: its run never ends.
  void once(ctx, 'k', 'order', async (acting) => {
    first.push(await number(acting))
    return new Promise<never>(() => undefined)
  })
  while (first.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const again = counter()
  await assert.rejects(once(at(ctx, 5), 'k', 'order', again.run), failsWith('request.stillRunning'))
  await assert.rejects(once(at(ctx, 3_000), 'k', 'order', again.run), failsWith('request.answerLost'))
  assert.equal(again.runs, 0)
})

test('a commit whose answer was cut off keeps its key; what only read has done nothing and frees it', async () => {
  const [ctx, work] = [testContext(), counter()]
  const cutOff = async (acting: Context) => {
    await number(acting)
    throw new Error('Connection terminated unexpectedly')
  }
  await assert.rejects(once(ctx, 'written', 'order', cutOff), /terminated/)
  await assert.rejects(once(at(ctx, 11), 'written', 'order', work.run), failsWith('request.answerLost'))
  const reading = async (acting: Context) => {
    await db.inTenant(acting, (tx) => sql`select 1`.execute(tx.sql))
    throw new Error('Connection terminated unexpectedly')
  }
  await assert.rejects(once(ctx, 'read', 'order', reading), /terminated/)
  assert.equal((await once(ctx, 'read', 'order', work.run)).status, 201)
})

test('taken for dead and yet alive: of two runs of a request one commits', async () => {
  const ctx = testContext()
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const made: string[] = []
  const run = async (acting: Context) => {
    await db.inTenant(acting, async (tx) => {
      if (made.length === 0) {
        made.push('')
        await held
      }
      made.push(await nextNumber(opaque(tx), 'YY', '2026-11-26'))
    })
    return { status: 201, body: null }
  }
  const slow = once(ctx, 'k', 'order', run)
  while (made.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal((await once(at(ctx, 11), 'k', 'order', run)).status, 201)
  goOn()
  await assert.rejects(slow, failsWith('request.stillRunning'))
  assert.match(await db.inTenant(ctx, (tx) => nextNumber(opaque(tx), 'YY', '2026-11-26')), /2$/)
  assert.equal((await once(at(ctx, 12), 'k', 'order', run)).status, 201)
})

test('a key longer than 200 characters is refused, an answer without a body is kept', async () => {
  const ctx = testContext()
  await assert.rejects(once(ctx, 'k'.repeat(201), 'order', counter().run), failsWith('request.invalid'))
  const empty = async () => ({ status: 204, body: undefined })
  await once(ctx, 'k', 'order', empty)
  assert.equal((await once(ctx, 'k', 'order', empty)).status, 204)
})
