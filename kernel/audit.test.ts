import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import { chainAudit, verifyAudit } from './audit-chain.ts'
import { auditEvent, moduleDatabase, systemDatabase } from './postgres.ts'

const { app, system, ownerUrl } = await testPools({ after })
const db = moduleDatabase<never>(app, () => Promise.reject(new Error('no grants here')))
const systemDb = systemDatabase<unknown>(system)
const owner = new pg.Client({ connectionString: ownerUrl })
await owner.connect()
// The pools' clean-up drops the database by force, this connection with it.
owner.on('error', () => undefined)

await owner.query(`
  create schema sample;
  grant usage on schema sample to lianshu_app, lianshu_system;
  create table sample.part (org_id uuid not null, id uuid not null default uuidv7(), name text not null, secret text, primary key (org_id, id));
  select kernel.tenant_table('sample.part');
  select kernel.audited('sample.part', 'secret');`)

interface AuditRow {
  id: number
  actor: Record<string, unknown>
  trace: string
  action: string
  entity: string
  entity_id: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  chain_no: number | null
  xid: string
}
const rowsOf = async (orgId: string | null): Promise<AuditRow[]> =>
  (
    await systemDb.inSystem((tx) =>
      sql<AuditRow>`select id, actor, trace, action, entity, entity_id, before, after, chain_no, xid::text from kernel.audit
        where org_id is not distinct from ${orgId}::uuid order by id`.execute(tx),
    )
  ).rows

const write = (ctx: ReturnType<typeof testContext>, name: string, pauseS = 0) =>
  db.inTenant(ctx, async (tx) => {
    await sql`insert into sample.part (org_id, name) values (${tx.orgId}, ${name})`.execute(tx.sql)
    if (pauseS > 0) await sql`select pg_sleep(${pauseS})`.execute(tx.sql)
  })

test('each change leaves who, what, before and after; secrets are kept out, also of the fact that they changed to what', async () => {
  const ctx = testContext({ actor: { kind: 'user', id: uuidv7(), name: '张三' }, address: '10.0.0.7' })
  await db.inTenant(ctx, (tx) => sql`insert into sample.part (org_id, name, secret) values (${tx.orgId}, 'bolt', 's1')`.execute(tx.sql))
  await db.inTenant(ctx, (tx) => sql`update sample.part set secret = 's2' where org_id = ${tx.orgId}`.execute(tx.sql))
  await db.inTenant(ctx, (tx) => sql`update sample.part set name = name where org_id = ${tx.orgId}`.execute(tx.sql))
  await db.inTenant(ctx, (tx) => sql`delete from sample.part where org_id = ${tx.orgId}`.execute(tx.sql))
  await db.inTenant(ctx, (tx) => auditEvent(tx, { action: 'sample.looked', entity: 'sample.part', entityId: null, details: { n: 1 } }))
  const rows = await rowsOf(ctx.orgId)
  assert.deepEqual(
    rows.map((row) => [row.action, row.entity, row.before?.secret, row.after?.secret]),
    [
      ['insert', 'sample.part', undefined, '[hidden]'],
      ['update', 'sample.part', '[hidden]', '[changed]'],
      ['delete', 'sample.part', '[hidden]', undefined],
      ['sample.looked', 'sample.part', undefined, undefined],
    ],
  )
  assert.deepEqual(rows[0]?.actor, { ...ctx.actor, address: '10.0.0.7', orgId: ctx.orgId })
  assert.equal(rows[0]?.trace, ctx.traceId)
  assert.equal(rows[0]?.entity_id, rows[0]?.after?.id)
  assert.ok(!JSON.stringify(rows).match(/"s[12]"/))
})

test('a change that is rolled back leaves nothing', async () => {
  const ctx = testContext()
  await assert.rejects(
    db.inTenant(ctx, async (tx) => {
      await sql`insert into sample.part (org_id, name) values (${tx.orgId}, 'x')`.execute(tx.sql)
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  assert.deepEqual(await rowsOf(ctx.orgId), [])
})

test('neither the app nor the system role changes or deletes audit rows, nor writes one under another’s name', async () => {
  const [ctx, other] = [testContext(), testContext()]
  await write(ctx, 'one')
  await chainAudit(systemDb)
  const asApp = (text: string) => db.inTenant(ctx, (tx) => sql.raw(text).execute(tx.sql))
  const asSystem = (text: string) => systemDb.inSystem((tx) => sql.raw(text).execute(tx))
  for (const text of [
    `update kernel.audit set action = 'x'`,
    'delete from kernel.audit',
    'truncate kernel.audit',
    `insert into kernel.audit (org_id, actor, action, entity) values ('${other.orgId}', '{}', 'insert', 'sample.part')`,
    'select * from kernel.audit_head',
    'drop trigger audit_row on sample.part',
    'alter table sample.part disable trigger audit_row',
  ])
    await assert.rejects(asApp(text), /permission denied|must be owner|row-level security/, text)
  for (const text of [`update kernel.audit set action = 'x'`, 'delete from kernel.audit', 'delete from kernel.audit_head'])
    await assert.rejects(asSystem(text), /permission denied/, text)
  // What is chained stays as it is, its hash too.
  await asSystem(`update kernel.audit set hash = '\\x00' where org_id = '${ctx.orgId}'`)
  assert.deepEqual((await verifyAudit(systemDb, ctx.orgId)).breaks, [])
  const seen = await db.inTenant(other, (tx) => sql`select id from kernel.audit`.execute(tx.sql))
  assert.deepEqual(seen.rows, [])
})

test('rows of transactions that overlap are chained in the order of their transactions, none left behind', async () => {
  const [a, b] = [testContext(), testContext()]
  const chaining = { stop: false }
  const chainer = (async () => {
    while (!chaining.stop) await chainAudit(systemDb)
  })()
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; i < 25; i++) await write(writer % 2 ? a : b, `${writer}-${i}`, i % 5 === 0 ? 0.02 : 0)
  })
  await Promise.all(writers)
  chaining.stop = true
  await chainer
  // A transaction elsewhere in this server may hold the horizon back for a moment.
  for (let i = 0; i < 100 && (await rowsOf(a.orgId)).concat(await rowsOf(b.orgId)).some((row) => row.chain_no === null); i++) {
    await chainAudit(systemDb)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const { orgId } of [a, b]) {
    const rows = await rowsOf(orgId)
    assert.equal(rows.length, 100)
    const byChain = rows.toSorted((x, y) => (x.chain_no ?? 0) - (y.chain_no ?? 0))
    assert.deepEqual(
      byChain.map((row) => row.chain_no),
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
    const order = byChain.map((row) => BigInt(row.xid) * 1_000_000_000n + BigInt(row.id))
    assert.deepEqual(
      order,
      order.toSorted((x, y) => (x < y ? -1 : 1)),
    )
    const report = await verifyAudit(systemDb, orgId)
    assert.deepEqual([report.rows, report.breaks, report.heads[0]?.chainNo], [100, [], 100])
  }
})

/** Does to the table what only its owner can do, with row-level security out of the way. */
async function tamper(text: string, values: unknown[]): Promise<void> {
  await owner.query('begin')
  await owner.query('alter table kernel.audit no force row level security')
  await owner.query(text, values)
  await owner.query('alter table kernel.audit force row level security')
  await owner.query('commit')
}

async function chainOf(rows: number): Promise<OrgId> {
  const ctx = testContext()
  for (let i = 0; i < rows; i++) await write(ctx, `part ${i}`)
  while ((await rowsOf(ctx.orgId)).some((row) => row.chain_no === null)) await chainAudit(systemDb)
  assert.deepEqual((await verifyAudit(systemDb, ctx.orgId)).breaks, [])
  return ctx.orgId
}

test('verification finds a row that was changed, also with its hash made anew, one that is gone, and a cut-off end', async () => {
  const changed = await chainOf(5)
  await tamper(`update kernel.audit set after = jsonb_set(after, '{name}', '"other"') where org_id = $1 and chain_no = 3`, [changed])
  const rehashed = await chainOf(5)
  await tamper(`update kernel.audit a set actor = '{"kind":"user","id":"somebody else"}' where org_id = $1 and chain_no = 3`, [rehashed])
  await tamper(
    `update kernel.audit a set hash = sha256((select hash from kernel.audit where org_id = $1 and chain_no = 2) || convert_to(kernel.audit_text(a), 'UTF8'))
     where org_id = $1 and chain_no = 3`,
    [rehashed],
  )
  const gone = await chainOf(5)
  await tamper('delete from kernel.audit where org_id = $1 and chain_no = 2', [gone])
  const cut = await chainOf(5)
  await tamper('delete from kernel.audit where org_id = $1 and chain_no >= 4', [cut])
  const wiped = await chainOf(2)
  await tamper('delete from kernel.audit where org_id = $1', [wiped])

  const expected: [OrgId, number, string, number][] = [
    [changed, 3, 'changed', 2],
    [rehashed, 4, 'changed', 3],
    [gone, 2, 'missing', 1],
    [cut, 4, 'missing', 3],
    [wiped, 1, 'missing', 0],
  ]
  for (const [orgId, chainNo, reason, rows] of expected) {
    const report = await verifyAudit(systemDb, orgId)
    assert.deepEqual([report.breaks[0]?.chainNo, report.breaks[0]?.reason, report.rows], [chainNo, reason, rows])
  }
  const all = await verifyAudit(systemDb)
  assert.deepEqual(new Set(all.breaks.map((found) => found.org)), new Set(expected.map(([orgId]) => orgId)))
})
