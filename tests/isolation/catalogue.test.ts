import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { testDatabase } from '../postgres.ts'

/** Schemas that are not business rows: PostgreSQL's own, the job queue's (secured by its own migrations), the list of migrations. */
const foreign = ['pg_catalog', 'information_schema', 'pg_toast', 'graphile_worker', 'migration']

let owner: pg.Client
let app: pg.Client
const cleanups: (() => Promise<void>)[] = []
const database = { after: (work: () => Promise<void>) => void cleanups.unshift(work) }

before(async () => {
  const { ownerUrl, appUrl } = await testDatabase(database)
  owner = new pg.Client({ connectionString: ownerUrl })
  app = new pg.Client({ connectionString: appUrl })
  await owner.connect()
  await app.connect()
})
after(async () => {
  await owner.end()
  await app.end()
  for (const cleanup of cleanups) await cleanup()
})

const names = async (sql: string, values: unknown[] = [foreign]) =>
  (await owner.query<{ name: string }>(sql, values)).rows.map((row) => row.name)

test('every table has row-level security, forced, with at least one policy', async () => {
  const tables = await names(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname <> all($1)`,
  )
  assert.ok(tables.length > 10, `only ${tables.length} tables were seen`)
  const open = await names(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname <> all($1)
       and (not c.relrowsecurity or not c.relforcerowsecurity or not exists (select from pg_policy p where p.polrelid = c.oid))`,
  )
  assert.deepEqual(open, [])
})

test('no policy reads another table: the organisation comes from the transaction alone', async () => {
  const subqueries = await names(
    `select p.polrelid::regclass || ' ' || p.polname as name from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname <> all($1) and coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') ~* '\\mfrom\\M'`,
  )
  assert.deepEqual(subqueries, [])
})

test('views check the caller’s rights, and no materialised view stands in a business schema', async () => {
  const views = await names(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname <> all($1) and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))`,
  )
  assert.deepEqual(views, [])
})

test('every SECURITY DEFINER function has a fixed search path', async () => {
  const loose = await names(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname <> all($1) and p.prosecdef and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')`,
  )
  assert.deepEqual(loose, [])
})

test('the application roles own nothing, bypass nothing and create nothing', async () => {
  const { rows } = await owner.query(
    "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname in ('lianshu_app', 'lianshu_system')",
  )
  assert.equal(rows.length, 2)
  for (const role of rows) assert.ok(!role.rolsuper && !role.rolbypassrls && !role.rolcreaterole && !role.rolcreatedb, role.rolname)
  const owned = await names(
    `select c.oid::regclass::text as name from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('lianshu_app', 'lianshu_system')`,
    [],
  )
  assert.deepEqual(owned, [])
  await assert.rejects(app.query('create table public.mine (a int)'), /permission denied/)
})

test('raw SQL of the application role without an organisation gets no row of any table', async () => {
  const { rows } = await app.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v') and n.nspname <> all($1) and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`,
    [foreign],
  )
  assert.ok(rows.length > 10)
  for (const { name } of rows) {
    const { rows: seen } = await app.query(`select 1 from ${name} limit 1`)
    const reference = referenceTables.includes(name)
    assert.ok(reference || seen.length === 0, name)
  }
})

/** Master data that is the same for all and names nobody: readable without an organisation, never writable by the application. */
const referenceTables = ['organisations.size_rule', 'finance.term_rule']

test('reference tables cannot be written by the application role', async () => {
  const { rows } = await owner.query<{ name: string }>(
    "select t as name from unnest($1::text[]) t where to_regclass(t) is not null and has_table_privilege('lianshu_app', t, 'insert, update, delete')",
    [referenceTables],
  )
  assert.deepEqual(rows, [])
})

test('every business table that the application may write leaves audit rows', async () => {
  const silent = await names(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname <> all($1)
       and (has_table_privilege('lianshu_app', c.oid, 'insert') or has_table_privilege('lianshu_app', c.oid, 'update'))
       and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit_row')`,
  )
  // Each with the reason why a row per write would tell nothing.
  const exempt: Record<string, string> = {
    'kernel.outbox': 'the news of a change that is audited itself',
    'kernel.import': 'a file on its way in: upload, order, cancelling and end are audit events, what it writes is audited itself',
    'kernel.import_row': 'the rows of such a file before they are written',
    'kernel.idempotency': 'the answer of a request whose writes are audited themselves',
    'kernel.number_series': 'the last number given; the document that has it is audited itself',
    'security.secret_use': 'the time of the last use, to the minute; the secret itself is audited',
    'gateways.report': 'a gateway’s last report, every ten seconds',
    'gateways.command': 'a question to a gateway, recorded as gateways.testRead',
    'alarms.alarm': 'where an alarm stands; how it came there is alarms.event',
    'alarms.event': 'it is itself the record of what happened to an alarm and who did it',
    'alarms.flood': 'counted from alarms.event, which is itself the record',
    'gateways.turn': 'it is itself the record of who of a pair read from when on; the pair it follows is audited',
    'gateways.log': 'it is itself the record of what a gateway noticed',
    'notifications.message': 'news of a change that is audited itself, and whether its reader has seen it',
    'notifications.mail': 'it is itself the record of which mail was sent and which not',
    'notifications.webhook_delivery': 'it is itself the record of what was sent to a webhook',
    'sharing.access_log': 'it is itself the record of who read what',
    'orders.line': 'the projection of revisions, which are audited',
    'orders.schedule_line': 'the projection of revisions; its counters follow shipments and receipts, which are audited',
    'inventory.item': 'names copied from the catalogue and days from the moves, which are audited',
    'inventory.balance': 'the sum of the moves, which are audited; npm run stock:verify adds them up again',
    'inventory.availability': 'the sum of balances and reservations',
    'inventory.cost': 'derived from the moves; npm run stock:verify checks it',
    'inventory.layer': 'derived from the moves',
    'inventory.layer_use': 'derived from the moves',
    'inventory.value_change': 'derived from the moves and revaluations, which are audited',
  }
  assert.deepEqual(silent.filter((name) => !(name in exempt)).sort(), [])
})
