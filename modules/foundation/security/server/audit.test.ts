import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { chainAudit } from '#kernel/audit-chain.ts'
import { auditEvent, moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import { securityApi } from '../contract.ts'
import en from '../en.json' with { type: 'json' }
import zh from '../zh.json' with { type: 'json' }
import { exportAudit } from './export-audit.ts'
import { listAudit, listFacets, readEntry, verifyOwnChain } from './read-audit.ts'
import type { SecurityTables } from './tables.ts'

const { app, system, ownerUrl } = await testPools({ after })
const db = moduleDatabase<SecurityTables>(app, () => Promise.reject(new Error('no grants here')))
const systemDb = systemDatabase<SecurityTables>(system)
const owner = new pg.Client({ connectionString: ownerUrl })
await owner.connect()
// The pools' clean-up drops the database by force, this connection with it.
owner.on('error', () => undefined)

const query = (change: object = {}) => securityApi.list.query.parse({ limit: 50, ...change })
const words = { security: { zh, en } }
const failsWith = (code: string) => (error: unknown) => (error as { code?: string }).code === code

const mine = testContext({ actor: { kind: 'user', id: uuidv7(), name: '王审计' }, address: '10.1.2.3' })
const colleague = { ...mine, actor: { kind: 'client' as const, id: uuidv7(), name: 'MES 接口' }, address: '10.9.9.9' }
const stranger = testContext()
const site = { org_id: mine.orgId, id: uuidv7() }
await db.inTenant(mine, (tx) =>
  sql`insert into plant.node (org_id, id, level, code, name) values (${mine.orgId}, ${site.id}, 'enterprise', 'HQ', '总部')`.execute(
    tx.sql,
  ),
)
await db.inTenant(colleague, (tx) => sql`update plant.node set name = '新总部', version = 2 where org_id = ${mine.orgId}`.execute(tx.sql))
for (let i = 0; i < 6; i++)
  await db.inTenant(mine, (tx) =>
    auditEvent(tx, { action: 'access.logIn', entity: 'access.person', entityId: mine.actor.id, details: { login: `=wang${i}` } }),
  )

test('newest first, page by page, with who, from where, what and its name', async () => {
  const first = await listAudit(db, mine, query({ limit: 5 }))
  assert.deepEqual([first.items.length, first.total, first.totalCapped], [5, 8, false])
  const second = await listAudit(db, mine, query({ limit: 5, cursor: first.nextCursor }))
  assert.deepEqual([second.items.length, second.nextCursor], [3, null])
  const all = [...first.items, ...second.items]
  assert.equal(new Set(all.map((entry) => entry.id)).size, 8)
  const changed = all[6]
  assert.ok(changed)
  assert.deepEqual(
    [changed.action, changed.entity, changed.entityId, changed.name, changed.fields, changed.actor, changed.address],
    ['update', 'plant.node', site.id, '新总部', ['name'], { kind: 'client', id: colleague.actor.id, name: 'MES 接口' }, '10.9.9.9'],
  )
  const ascending = await listAudit(db, mine, query({ sort: 'at', limit: 3 }))
  const rest = await listAudit(db, mine, query({ sort: 'at', cursor: ascending.nextCursor }))
  assert.deepEqual(
    [...ascending.items, ...rest.items].map((e) => e.id),
    all.map((e) => e.id).reverse(),
  )
  await assert.rejects(listAudit(db, mine, query({ cursor: '["; drop table", 1]' })), failsWith('request.invalid'))
})

test('filters by time, actor, action, record and text', async () => {
  const total = async (change: object) => (await listAudit(db, mine, query(change))).total
  assert.equal(await total({ actorId: colleague.actor.id }), 1)
  assert.equal(await total({ action: 'access.logIn' }), 6)
  assert.equal(await total({ entity: 'plant.node' }), 2)
  assert.equal(await total({ entity: 'plant.node', entityId: site.id, action: 'insert' }), 1)
  assert.equal(await total({ search: '新总部 mes' }), 1)
  assert.equal(await total({ search: '10.1.2' }), 7)
  assert.equal(await total({ search: "' or 1=1" }), 0)
  const hour = 3_600_000
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  assert.deepEqual(
    [await total({ from: at(-hour), until: at(hour) }), await total({ until: at(-hour) }), await total({ from: at(hour) })],
    [8, 0, 0],
  )
  const facets = await listFacets(db, mine)
  assert.deepEqual(facets.actions, ['access.logIn', 'insert', 'update'])
  assert.deepEqual(facets.entities, ['access.person', 'plant.node'])
  assert.deepEqual(facets.actors.map((a) => a.name).sort(), ['MES 接口', '王审计'])
  assert.ok(facets.oldestAt)
})

test('one entry with before and after; another organisation sees nothing of it', async () => {
  const [entry] = (await listAudit(db, mine, query({ action: 'update' }))).items
  assert.ok(entry)
  const detail = await readEntry(db, mine, entry.id)
  assert.deepEqual([detail.before?.name, detail.after?.name, detail.actorOrgId, detail.trace], ['总部', '新总部', mine.orgId, mine.traceId])
  await assert.rejects(readEntry(db, stranger, entry.id), failsWith('security.entryNotFound'))
  assert.equal((await listAudit(db, stranger, query())).total, 0)
  assert.deepEqual((await listFacets(db, stranger)).entities, [])
})

test('the export says the same in words, is audited itself, and holds no formula', async () => {
  const csv = async (filter: object, locale: 'zh-CN' | 'en-US' = 'zh-CN') => {
    const { fileName, chunks } = await exportAudit(db, { ...mine, locale }, filter, { words, signal: new AbortController().signal })
    const lines = (await Array.fromAsync(chunks)).join('').split('\r\n')
    return { fileName, lines }
  }
  const { fileName, lines } = await csv({ entity: 'plant.node' })
  assert.match(fileName, /^审计-\d{4}-\d{2}-\d{2}\.csv$/)
  assert.match(lines[0] ?? '', /^\uFEFF时间,操作人,操作人类型,来源地址,操作,对象,名称,改动/)
  assert.match(lines[1] ?? '', /MES 接口,接口程序,10\.9\.9\.9,修改,工厂位置,新总部,名称: 总部 → 新总部,/)
  assert.match(lines[2] ?? '', /王审计,用户,10\.1\.2\.3,新增,工厂位置,总部,编码: HQ; 名称: 总部; 层级: 企业,/)
  assert.equal(lines.length, 4)
  assert.match((await csv({ action: 'access.logIn' }, 'en-US')).lines[1] ?? '', /Logged in,Account,'=wang5,Login: =wang5/)
  assert.equal((await listAudit(db, mine, query({ action: 'security.auditExported' }))).total, 2)
})

test('the chain is verified for one’s own organisation, and a tampered row is named', async () => {
  while ((await listAudit(db, mine, query())).items.some((entry) => entry.chainNo === null)) await chainAudit(systemDb as never)
  const whole = await verifyOwnChain(systemDb, mine)
  assert.deepEqual([whole.rows, whole.break, whole.head?.chainNo], [10, null, 10])
  await owner.query('alter table kernel.audit no force row level security')
  await owner.query(`update kernel.audit set actor = '{"kind":"user"}' where org_id = $1 and chain_no = 4`, [mine.orgId])
  await owner.query('alter table kernel.audit force row level security')
  const broken = await verifyOwnChain(systemDb, mine)
  assert.deepEqual([broken.rows, broken.break?.chainNo, broken.break?.reason], [3, 4, 'changed'])
  assert.deepEqual(await verifyOwnChain(systemDb, stranger), { rows: 0, break: null, head: null, checkedAt: stranger.now.toISOString() })
})

test('every audited record and field has words, by its own module or here', async () => {
  const { rows } = await owner.query<{ module: string; table: string; fields: string[] }>(`
    select n.nspname as module, c.relname as table, array_agg(a.attname::text) as fields
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where t.tgname = 'audit_row' group by 1, 2`)
  assert.ok(rows.length > 20)
  const silent = new Set(['id', 'org_id', 'version', 'search_text', 'org_no'])
  const here: Record<string, Record<string, string>> = zh.entities
  const missing = rows.flatMap(({ module, table, fields }) => {
    const own = ownWords(module)
    return [
      ...(own.entities?.[table] || here[module]?.[table] ? [] : [`${module}.${table}`]),
      ...fields
        .filter((field) => !silent.has(field) && !(field in (own.auditFields ?? {})) && !(field in zh.fields))
        .map((field) => `${module}.${table}.${field}`),
    ]
  })
  assert.deepEqual(missing, [])
})

function ownWords(module: string): { entities?: Record<string, string>; auditFields?: Record<string, string> } {
  const root = join(import.meta.dirname, '../../../..')
  const [file] = globSync(`modules/*/${module}/zh.json`, { cwd: root })
  return file === undefined ? {} : JSON.parse(readFileSync(join(root, file), 'utf8'))
}
