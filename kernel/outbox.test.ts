import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { z } from 'zod'
import { event } from '#values/event.ts'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import { startJobs } from './jobs.ts'
import { publish } from './outbox.ts'
import { type Delivered, dispatchOutbox, type Subscription } from './outbox-reader.ts'
import { moduleDatabase, systemDatabase } from './postgres.ts'

const { app, system, systemUrl } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
const systemDb = systemDatabase<never>(system)
const log = pino({ level: 'silent' })
const counted = event('sample.counted', 1, z.object({ n: z.int() }))
const dispatch = (subscriptions: readonly Subscription[]) => dispatchOutbox(systemDb as never, subscriptions)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await reached()) return
    await pause(50)
  }
  assert.fail(`not within 20 s: ${what}`)
}

const ascending = (events: readonly Delivered<unknown>[]) => {
  const last = new Map<string, number>()
  return events.every(({ key, payload }) => {
    const { n } = payload as { n: number }
    const inOrder = n === (last.get(key) ?? 0) + 1
    last.set(key, n)
    return inOrder
  })
}

/** A key of each of the four lanes. */
async function keysApart(): Promise<[string, string, string, string]> {
  const { rows } = await systemDb.inSystem((tx) =>
    sql<{
      key: string
    }>`select distinct on (hashtext(k) & 3) k as key from (select 'key ' || i as k from generate_series(1, 100) i) n`.execute(tx),
  )
  return rows.map(({ key }) => key) as [string, string, string, string]
}

test('8 writers at once and two dispatchers: no event is missed, none is queued twice, each key keeps its order', async () => {
  const PER_WRITER = 100
  const nothing = { name: 'sample.first', event: 'sample.counted', handle: async () => undefined }
  const subscriptions = [nothing, { ...nothing, name: 'sample.second' }, { ...nothing, name: 'sample.other', event: 'sample.elsewhere' }]
  let writing = true
  const moved: Delivered<unknown>[] = []
  const giveUpAt = performance.now() + 20_000
  const dispatchers = Array.from({ length: 2 }, async () => {
    while ((writing || moved.length < 8 * PER_WRITER) && performance.now() < giveUpAt) {
      moved.push(...(await dispatch(subscriptions)))
      await pause(1)
    }
  })
  const ctx = testContext()
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 1; n <= PER_WRITER; n++)
      await db.inTenant(ctx, async (tx) => {
        await publish(tx, ctx, counted, `writer ${writer}`, { n })
        // Ids are given out in one order and committed in another: what a cursor by id alone loses.
        if (Math.random() < 0.3) await sql`select pg_sleep(${Math.random() / 50})`.execute(tx.sql)
      })
  })
  await Promise.all(writers)
  writing = false
  await Promise.all(dispatchers)
  assert.equal(moved.length, 8 * PER_WRITER)
  assert.equal(new Set(moved.map(({ id }) => id)).size, 8 * PER_WRITER)
  assert.ok(ascending(moved))
  const { rows } = await systemDb.inSystem((tx) =>
    sql<{ task: string; jobs: number; events: number }>`
      select t.identifier as task, count(*)::int as jobs, count(distinct j.payload->>'id')::int as events
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id group by 1 order by 1`.execute(tx),
  )
  assert.deepEqual(rows, [
    { task: 'sample.first', jobs: 800, events: 800 },
    { task: 'sample.second', jobs: 800, events: 800 },
  ])
  await systemDb.inSystem((tx) => sql`delete from graphile_worker._private_jobs`.execute(tx))
})

test('a thousand keys are worked off in a few lanes: what a look for a job reads does not grow with what was ever told', async () => {
  const ctx = testContext()
  const nothing = { name: 'sample.lanes', event: 'sample.counted', handle: async () => undefined }
  await db.inTenant(ctx, async (tx) => {
    for (let key = 0; key < 1_000; key++) await publish(tx, ctx, counted, `lane ${key}`, { n: 1 })
  })
  let moved = 0
  await until('events are moved', async () => {
    moved += (await dispatch([nothing])).length
    return moved === 1_000
  })
  const { rows } = await systemDb.inSystem((tx) =>
    sql<{ jobs: number; lanes: number }>`select count(*)::int as jobs, count(distinct j.job_queue_id)::int as lanes
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'sample.lanes'`.execute(
      tx,
    ),
  )
  assert.deepEqual(rows, [{ jobs: 1_000, lanes: 4 }])
  await systemDb.inSystem((tx) => sql`delete from graphile_worker._private_jobs`.execute(tx))
})

test('an event of a transaction that is rolled back is never delivered', async () => {
  const ctx = testContext()
  const rolledBack = db.inTenant(ctx, async (tx) => {
    await publish(tx, ctx, counted, 'k', { n: 1 })
    throw new Error('changed my mind')
  })
  await assert.rejects(rolledBack)
  await db.inTenant(ctx, (tx) => publish(tx, ctx, counted, 'k', { n: 2 }))
  const moved: Delivered<unknown>[] = []
  await until('the event is moved', async () => {
    moved.push(...(await dispatch([])))
    return moved.length > 0
  })
  assert.deepEqual(
    moved.map(({ payload, orgId, actor, trace }) => [payload, orgId, actor, trace]),
    [[{ n: 2 }, ctx.orgId, ctx.actor, ctx.traceId]],
  )
})

test('transactions 9, 10 and 11 are told in this order and once: their numbers are no texts', async () => {
  const ctx = testContext()
  await systemDb.inSystem(async (tx) => {
    await sql`delete from kernel.outbox`.execute(tx)
    await sql`update kernel.outbox_cursor set xid = '0', id = 0`.execute(tx)
  })
  await db.inTenant(ctx, (tx) =>
    sql`insert into kernel.outbox (xid, org_id, name, version, key, payload, actor, trace, occurred_at)
      select xid::text::xid8, ${ctx.orgId}, 'sample.counted', 1, 'k', jsonb_build_object('n', xid), '{}', 't', now()
      from generate_series(9, 11) as xid`.execute(tx.sql),
  )
  const told = (await dispatch([])).map(({ payload }) => (payload as { n: number }).n)
  assert.deepEqual([told, await dispatch([])], [[9, 10, 11], []])
})

test('a failed delivery comes again, and later events of its key wait for it', { timeout: 60_000 }, async () => {
  const ctx = testContext()
  const seen: string[] = []
  // One of its lane.
  const { rows } = await systemDb.inSystem((tx) =>
    sql<{
      key: string
    }>`select 'b' || i as key from generate_series(1, 100) i where hashtext('b' || i) & 3 = hashtext('a') & 3 limit 1`.execute(tx),
  )
  const beside = rows[0]?.key ?? ''
  const subscription: Subscription = {
    name: 'sample.failing',
    event: 'sample.counted',
    handle: async ({ key, payload }: Delivered<{ n: number }>) => {
      seen.push(`${key}${payload.n}`)
      if (seen.filter((one) => one === 'a1').length === 1 && seen.at(-1) === 'a1') throw new Error('not now')
    },
  }
  for (const [key, n] of [
    ['a', 1],
    ['a', 2],
    [beside, 1],
    ['a', 3],
  ] as const)
    await db.inTenant(ctx, (tx) => publish(tx, ctx, counted, key, { n }))
  let moved = 0
  await until('events are moved', async () => {
    moved += (await dispatch([subscription])).length
    return moved === 4
  })
  const jobs = await startJobs(systemUrl, { jobs: [], subscriptions: [subscription] }, log)
  try {
    await until('all are delivered', () => seen.includes('a3'))
  } finally {
    await jobs.stop()
  }
  assert.deepEqual(
    seen.filter((one) => one.startsWith('a')),
    ['a1', 'a1', 'a2', 'a3'],
  )
  assert.equal(seen.filter((one) => one === `${beside}1`).length, 1)
  assert.ok(seen.indexOf(`${beside}1`) < seen.lastIndexOf('a1'), 'another key does not wait')
})

test('connections cut while several jobs are being finished at once: what happens later is told all the same', {
  timeout: 60_000,
}, async () => {
  const ctx = testContext()
  const seen: string[] = []
  const [finish, cut] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const subscription: Subscription = {
    name: 'sample.cut',
    event: 'sample.counted',
    handle: async ({ key }: Delivered<{ n: number }>) => {
      const place = seen.push(key)
      await finish.promise
      await pause(place * 30)
      if (place !== 3) return
      await cut.promise
      throw new Error('not now')
    },
  }
  const tell = async (...keys: string[]) => {
    for (const key of keys) await db.inTenant(ctx, (tx) => publish(tx, ctx, counted, key, { n: 1 }))
    let moved = 0
    await until('events are moved', async () => {
      moved += (await dispatch([subscription])).length
      return moved === keys.length
    })
  }
  const [x, y, z, later] = await keysApart()
  await tell(x, y, z)
  const jobs = await startJobs(systemUrl, { jobs: [], subscriptions: [subscription] }, log)
  try {
    await until('three have begun', () => seen.length === 3)
    // Two of the three cannot be told as finished while their rows are held and lose their connections meanwhile; the third fails afterwards.
    await systemDb.inSystem(async (tx) => {
      await sql`select from graphile_worker._private_jobs for update`.execute(tx)
      finish.resolve()
      await pause(500)
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'lianshu-jobs' and datname = current_database()`.execute(tx)
    })
    await pause(200)
    cut.resolve()
    await tell(later)
    await until('it is told', () => seen.includes(later))
  } finally {
    await jobs.stop()
  }
})

test('connections cut while a runner asks for the first time: what happened is told all the same', { timeout: 60_000 }, async () => {
  const ctx = testContext()
  const seen: string[] = []
  const subscription: Subscription = { name: 'sample.first', event: 'sample.counted', handle: async ({ key }) => void seen.push(key) }
  await db.inTenant(ctx, (tx) => publish(tx, ctx, counted, 'first', { n: 1 }))
  let moved = 0
  await until('the event is moved', async () => {
    moved += (await dispatch([subscription])).length
    return moved === 1
  })
  const owner = new pg.Client({ connectionString: systemUrl })
  await owner.connect()
  const waiting = `from pg_stat_activity where application_name = 'lianshu-jobs' and datname = current_database() and wait_event_type = 'Lock'`
  // The first question, which tasks there are, waits until its connection is cut.
  await owner.query('begin; lock table graphile_worker._private_tasks in access exclusive mode')
  const jobs = await startJobs(systemUrl, { jobs: [], subscriptions: [subscription] }, log)
  try {
    try {
      await until('it asks', async () => ((await owner.query(`select ${waiting}`)).rowCount ?? 0) > 0)
      await owner.query(`select pg_terminate_backend(pid) ${waiting}`)
    } finally {
      await owner.query('commit')
    }
    await until('it is told', () => seen.includes('first'))
  } finally {
    await jobs.stop()
    await owner.end()
  }
})

test('what a killed worker had begun is done by another that has long been there, and a living worker keeps its job', {
  timeout: 30_000,
}, async () => {
  const ctx = testContext()
  const seen: string[] = []
  const [slow, dead] = await keysApart()
  const subscription: Subscription = {
    name: 'sample.slow',
    event: 'sample.counted',
    handle: async ({ key }: Delivered<{ n: number }>) => {
      seen.push(key)
      if (key === slow) await pause(1_500)
    },
  }
  // Another process's connection, older than anything that is locked below.
  const other = new pg.Client({ connectionString: systemUrl, application_name: 'lianshu-jobs' })
  await other.connect()
  for (const key of [slow, dead]) await db.inTenant(ctx, (tx) => publish(tx, ctx, counted, key, { n: 1 }))
  let moved = 0
  await until('events are moved', async () => {
    moved += (await dispatch([subscription])).length
    return moved === 2
  })
  await systemDb.inSystem(async (tx) => {
    const locked = sql`locked_at = now(), locked_by = 'worker-dead'`
    await sql`with j as (update graphile_worker._private_jobs set ${locked} where payload->>'key' = ${dead} returning job_queue_id)
      update graphile_worker._private_job_queues set ${locked} where id in (select job_queue_id from j)`.execute(tx)
  })
  const jobs = await startJobs(systemUrl, { jobs: [], subscriptions: [subscription] }, log, { unlockEveryMs: 300 })
  try {
    await until('the slow one has begun', () => seen.includes(slow))
    assert.deepEqual(seen, [slow])
    await until('that of the dead is done', () => seen.includes(dead))
    await pause(1_500)
    assert.deepEqual(seen, [slow, dead])
  } finally {
    await jobs.stop()
    await other.end()
  }
})

test('the app role writes news of its own organisation and reads or deletes none', async () => {
  const ctx = testContext()
  const asApp = (text: string) => db.inTenant(ctx, (tx) => sql.raw(text).execute(tx.sql))
  for (const text of [
    'select * from kernel.outbox',
    'delete from kernel.outbox',
    `update kernel.outbox set name = 'x'`,
    'select * from kernel.outbox_cursor',
  ])
    await assert.rejects(asApp(text), /permission denied/, text)
  const foreign = testContext()
  await assert.rejects(
    asApp(
      `insert into kernel.outbox (org_id, name, version, key, payload, actor, occurred_at) values ('${foreign.orgId}', 'x', 1, 'k', '{}', '{}', now())`,
    ),
    /row-level security/,
  )
})
