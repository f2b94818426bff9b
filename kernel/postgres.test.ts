import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import { testDatabase } from '../tests/postgres.ts'
import { moduleDatabase, openPool } from './postgres.ts'

const { app } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))

test('a transaction that the server ends fails alone: the process and the pool go on', async () => {
  const ctx = testContext()
  const ended = db.inTenant(ctx, async (tx) => {
    await sql`set local idle_in_transaction_session_timeout = 50`.execute(tx.sql)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await sql`select 1`.execute(tx.sql)
  })
  await assert.rejects(ended)
  const { rows } = await db.inTenant(ctx, (tx) => sql<{ org: string }>`select kernel.current_org() as org`.execute(tx.sql))
  assert.equal(rows[0]?.org, ctx.orgId)
})

test('an organisation set in one transaction is not there in the next one of the same connection', async () => {
  const ctx = testContext()
  await db.inTenant(ctx, (tx) => sql`select 1`.execute(tx.sql))
  for (let i = 0; i < 20; i++) {
    const { rows } = await sql<{ org: string | null }>`select kernel.current_org() as org`.execute(app)
    assert.equal(rows[0]?.org, null)
  }
})

test('a pool that was used in transactions alone keeps a connection open for a minute after it is closed', async (t) => {
  const { appUrl, ownerUrl } = await testDatabase(t)
  const pool = openPool(appUrl, { max: 2, name: 'closed soon' })
  await moduleDatabase<never>(pool, () => Promise.reject(new Error('no grants here'))).inTenant(testContext(), (tx) =>
    sql`select 1`.execute(tx.sql),
  )
  await Promise.all([pool.destroy(), pool.destroy()])
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query("select from pg_stat_activity where application_name = 'closed soon'")
  await client.end()
  assert.deepEqual(rows, [])
})

/** A module's door with a single connection, and the owner's, closed before their database goes. */
async function oneConnection(t: TestContext) {
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing) await close()
  })
  const { appUrl, ownerUrl } = await testDatabase(t)
  const pool = openPool(appUrl, { max: 1, name: 'prepared' })
  const owner = new pg.Client({ connectionString: ownerUrl })
  closing.push(
    () => pool.destroy(),
    () => owner.end(),
  )
  await owner.connect()
  return { own: moduleDatabase<never>(pool, () => Promise.reject(new Error('no grants here'))), owner }
}

test('a question that is asked often is prepared, and shows each organisation its own rows and no others', async (t) => {
  const { own, owner } = await oneConnection(t)
  const two = [testContext(), testContext()]
  await owner.query(`create table public.thing (org_id uuid not null, code text not null unique)`)
  await owner.query(`alter table public.thing enable row level security`)
  await owner.query(`create policy own on public.thing using (org_id = kernel.current_org())`)
  await owner.query(`grant select, insert on public.thing to lianshu_app`)
  for (const { orgId } of two) await owner.query('insert into public.thing values ($1, $2)', [orgId, orgId])
  const codes = (ctx: (typeof two)[number]) =>
    own.inTenant(
      ctx,
      async (tx) => (await sql<{ code: string }>`select code from public.thing where code <> ${'none'}`.execute(tx.sql)).rows,
    )
  for (let i = 0; i < 60; i++) {
    const ctx = two[i % 2]!
    assert.deepEqual(await codes(ctx), [{ code: ctx.orgId }])
  }
  const prepared = await own.inTenant(two[0]!, (tx) =>
    sql<{ n: number; generic: number }>`
      select count(*)::int as n, sum(generic_plans)::int as generic from pg_prepared_statements where statement like '%public.thing%'`.execute(
      tx.sql,
    ),
  )
  assert.deepEqual(prepared.rows[0]?.n, 1)
  assert.ok((prepared.rows[0]?.generic ?? 0) > 0, 'planned for both at once')
})

test('a prepared question that fails, or comes after a failure, is asked again on the same connection', async (t) => {
  const { own, owner } = await oneConnection(t)
  await owner.query('create table public.taken (code int not null unique); grant select, insert on public.taken to lianshu_app')
  await owner.query('insert into public.taken values (-1)')
  const ctx = testContext()
  const put = (code: number) => own.inTenant(ctx, (tx) => sql`insert into public.taken values (${code})`.execute(tx.sql))
  const read = (of: number) => own.inTenant(ctx, (tx) => sql`select ${of}::int as n`.execute(tx.sql))
  for (let i = 0; i < 25; i++) {
    // Fails first where it is prepared for the first time, and behind it in its transaction all others do.
    await assert.rejects(put(-1), { code: '23505' })
    await assert.rejects(
      own.inTenant(ctx, async (tx) => {
        await sql`insert into public.taken values (${-1})`.execute(tx.sql).catch(() => undefined)
        await sql`select ${i}::int as n`.execute(tx.sql)
      }),
      { code: '25P02' },
    )
  }
  for (let i = 0; i < 3; i++) {
    await put(i)
    assert.deepEqual((await read(i)).rows, [{ n: i }])
  }
})
