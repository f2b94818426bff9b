import assert from 'node:assert/strict'
import { after, test } from 'node:test'
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
