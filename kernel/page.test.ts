import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { listQuery, TOTAL_LIMIT } from '#values/list.ts'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import { readPage } from './page.ts'
import { moduleDatabase } from './postgres.ts'

interface Tables {
  'sample.part': { org_id: string; id: string; name: string }
}

const { app, ownerUrl } = await testPools({ after })
const db = moduleDatabase<Tables>(app, () => Promise.reject(new Error('no grants here')))
const owner = new pg.Client({ connectionString: ownerUrl })
await owner.connect()
owner.on('error', () => undefined)
await owner.query(`
  create schema sample;
  grant usage on schema sample to lianshu_app, lianshu_system;
  create table sample.part (org_id uuid not null, id uuid not null default uuidv7(), name text not null, primary key (org_id, id));
  select kernel.tenant_table('sample.part');`)

const parts = listQuery(['name'])
const fill = (ctx: ReturnType<typeof testContext>, rows: number) =>
  db.inTenant(ctx, (tx) =>
    sql`insert into sample.part (org_id, name) select ${tx.orgId}, 'part ' || i from generate_series(1, ${rows}::int) i`.execute(tx.sql),
  )
const page = (ctx: ReturnType<typeof testContext>, name?: string) =>
  db.inTenant(ctx, (tx) => {
    const all = tx.sql.selectFrom('sample.part').select('name')
    const order = { sorts: { name: { by: 'name', type: 'text' as const } }, id: 'id' }
    return readPage(tx, name ? all.where('name', '>=', name) : all, parts.parse({ limit: 2 }), order, (row) => row.name)
  })

test('a list longer than can be counted is called so for a while without another count; no other list and nobody else’s with it', async () => {
  const [many, few] = [testContext(), testContext()]
  await fill(many, TOTAL_LIMIT + 1)
  await fill(few, 3)
  const first = await page(many)
  assert.deepEqual([first.total, first.totalCapped], [TOTAL_LIMIT, true])
  await db.inTenant(many, (tx) => sql`delete from sample.part where name like 'part 1%'`.execute(tx.sql))
  assert.equal((await page(many)).totalCapped, true)
  const { total, totalCapped } = await page(many, 'part 3')
  assert.deepEqual([total, totalCapped], [7_777, false])
  assert.equal((await page(few)).total, 3)
  await fill(few, 1)
  assert.equal((await page(few)).total, 4)
})
