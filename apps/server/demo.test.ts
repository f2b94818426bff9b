import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { openClickHouse } from '#kernel/clickhouse.ts'
import type { MigrationConfig } from '#kernel/config.ts'
import { openObjectStore } from '#kernel/open-object-store.ts'
import { migrateTelemetry } from '#modules/shopfloor/telemetry/server/migrate-telemetry.ts'
import { loadDemoChain } from '../../industries/demo/chain.ts'
import { loadDemoMaterials } from '../../industries/demo/demo-materials.ts'
import { loadDemoOrders } from '../../industries/demo/demo-orders.ts'
import { loadDemoSourcing } from '../../industries/demo/demo-sourcing.ts'
import { loadDemoStock } from '../../industries/demo/demo-stock.ts'
import { Fleet } from '../../simulator/config.ts'
import { testClickHouse } from '../../tests/clickhouse.ts'
import { testDatabase } from '../../tests/postgres.ts'
import { demoWasRemoved, forgetDemo, readAccounts } from './demo-files.ts'
import { makeDemo } from './make-demo.ts'
import { removeDemoRows } from './remove-demo-rows.ts'

const REAL = '01900000-0000-7000-8000-000000000001'

async function platform(t: TestContext) {
  const { appUrl, systemUrl, ownerUrl } = await testDatabase(t)
  const { url } = await testClickHouse(t)
  const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-demo-'))
  const clickhouse = openClickHouse(url)
  const admin = new pg.Client({ connectionString: ownerUrl })
  // The database is dropped under it at the end.
  admin.on('error', () => undefined)
  await admin.connect()
  t.after(async () => {
    await clickhouse.close()
    await admin.end()
    rmSync(dataDir, { recursive: true })
  })
  await migrateTelemetry(clickhouse)
  const config: MigrationConfig = {
    DATABASE_URL_OWNER: ownerUrl,
    DATABASE_URL_APP: appUrl,
    DATABASE_URL_SYSTEM: systemUrl,
    CLICKHOUSE_URL: url,
    LIANSHU_DATA: dataDir,
    LIANSHU_KEYS_FILE: `${dataDir}/keys.json`,
    LIANSHU_DEMO: '1',
    LOG_LEVEL: 'error',
  }
  return { config, clickhouse, admin, dataDir, seed: () => makeDemo(config, clickhouse) }
}

/** Everything in both stores, row by row, as nobody but the owner without row-level security sees it. */
async function everything({ admin, clickhouse }: Awaited<ReturnType<typeof platform>>): Promise<Record<string, string[]>> {
  const { rows: tables } = await admin.query<{ name: string; forced: boolean }>(`
    select c.oid::regclass::text as name, c.relforcerowsecurity as forced from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') order by 1`)
  const all: Record<string, string[]> = {}
  await admin.query('begin')
  for (const { name, forced } of tables) {
    if (forced) await admin.query(`alter table ${name} no force row level security`)
    const { rows } = await admin.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
    all[name] = rows.map((r) => r.row)
  }
  await admin.query('rollback')
  for (const table of ['sample', 'latest', 'rollup_hour']) {
    const rows = await clickhouse.system(`select * from ${table} order by all`)
    all[`clickhouse.${table}`] = rows.map((row) => JSON.stringify(row))
  }
  return all
}

/** A real organisation with a person, a place and a value of its own. */
async function realData({ admin, clickhouse }: Awaited<ReturnType<typeof platform>>, orgNo: number) {
  const owned = ['organisations.organisation', 'access.person', 'plant.node']
  await admin.query('begin')
  for (const table of owned) await admin.query(`alter table ${table} no force row level security`)
  await admin.query(`select set_config('app.org', '${REAL}', true)`)
  await admin.query(`insert into organisations.organisation (org_id, code, name, kind, credit_code, demo, created_at)
    values ('${REAL}', 'real', '真实企业', 'supplier', '914403001922038216', false, now())`)
  await admin.query(`insert into access.person (id, login, home_org, current_org, password_hash, password_set_at, must_change_password, created_at)
    values ('${REAL}', 'operator', '${REAL}', '${REAL}', 'x', now(), false, now())`)
  await admin.query(`insert into plant.node (org_id, level, code, name) values ('${REAL}', 'enterprise', 'R', '真实企业')`)
  for (const table of owned) await admin.query(`alter table ${table} force row level security`)
  await admin.query('commit')
  for (const no of [orgNo]) {
    await clickhouse.command(
      `insert into latest (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq) select ${no}, 1, now64(3), 5, 0, 0, 0, 0`,
    )
  }
}

test('the demo chain is made once, and its removal leaves both stores as they were', async (t) => {
  const at = await platform(t)
  await realData(at, 9_999)
  const before = await everything(at)
  const accounts = await at.seed()
  const chain = loadDemoChain()
  const logins = chain.users.map((u) => (u.login === 'operator' ? 'demo-operator' : u.login))
  assert.deepEqual(
    accounts.map((a) => a.login),
    logins,
  )
  assert.equal(new Set(accounts.map((a) => a.password)).size, accounts.length)

  const fleet = Fleet.parse(JSON.parse(readFileSync(join(at.dataDir, 'simulator.json'), 'utf8')))
  const machines = chain.plants.flatMap((p) => p.workshops.flatMap((w) => w.lines.flatMap((l) => l.machines)))
  assert.equal(fleet.devices.length, machines.length)
  const read = fleet.devices.filter((device) => 'modbus' in device).map((device) => device.deviceCode)
  assert.deepEqual(read.sort(), chain.gateway.links.flatMap((link) => link.machines).sort())
  for (const file of ['simulator.json', 'demo-accounts.json', 'demo-gateway.json'])
    assert.equal(statSync(join(at.dataDir, file)).mode & 0o777, 0o600)

  const made = await everything(at)
  const grown = (table: string) => (made[table]?.length ?? 0) - (before[table]?.length ?? 0)
  assert.equal(grown('organisations.organisation'), chain.organisations.length)
  assert.equal(grown('organisations.relation'), chain.relations.length)
  assert.equal(grown('devices.device'), machines.length + 1)
  assert.equal(grown('gateways.link'), chain.gateway.links.length)
  assert.equal(grown('gateways.connection'), read.length)
  // Each machine that sends by itself and the gateway; one that is read has none.
  assert.equal(grown('devices.credential'), machines.length - read.length + 1)
  assert.equal(grown('sharing.agreement'), 1)
  const { materials } = loadDemoMaterials()
  const stock = loadDemoStock()
  const own = stock.suppliers.flatMap((supplier) => supplier.materials)
  assert.equal(grown('materials.material'), materials.length + own.length)
  assert.equal(grown('inventory.stock_share'), own.filter((one) => one.share ?? one.asked).length)
  assert.equal(grown('inventory.consignment'), stock.consigned.length)
  assert.equal(grown('finance.invoice'), stock.billed.length)
  assert.ok(grown('logistics.transit') > 0)
  assert.equal(grown('materials.document'), materials.flatMap((material) => material.drawings).length)
  const asked = loadDemoOrders().orders.flatMap((order) => order.steps.filter((step) => step.do === 'expedite'))
  assert.equal(grown('orders.expedite'), asked.length)
  assert.ok(asked.length > 1)
  assert.equal(grown('materials.source'), materials.flatMap((material) => material.sources).length)
  const { requests, agreements } = loadDemoSourcing()
  const callOffs = agreements.flatMap((agreement) => agreement.callOffs)
  assert.equal(grown('orders."order"'), loadDemoOrders().orders.length + callOffs.length)
  assert.equal(grown('sourcing.bid'), requests.flatMap((request) => request.bids).length)
  assert.equal(grown('sourcing.call_off'), callOffs.length)
  assert.ok(grown('kernel.audit') > machines.length)

  assert.deepEqual(await at.seed(), accounts)
  assert.deepEqual(await everything(at), made)

  const { rows } = await at.admin.query<{ n: number }>('select max(org_no)::int as n from organisations.organisation')
  assert.equal(rows.length, 1)
  await at.clickhouse.command(
    'insert into latest (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq) select number + 1, 1, now64(3), 5, 0, 0, 0, 0 from numbers(80)',
  )
  forgetDemo(at.dataDir)
  const files = openObjectStore({ folder: join(at.dataDir, 'files') })
  const kept = () => readdirSync(join(at.dataDir, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(kept().length > 0)
  const removed = await removeDemoRows(at.config.DATABASE_URL_OWNER, at.clickhouse, files)
  assert.deepEqual(kept(), [])
  assert.equal(removed.organisations, chain.organisations.length)
  const after = await everything(at)
  // Numbers of organisations that do not exist were put there by this test alone.
  const strangers = (rows: string[] | undefined) => rows?.filter((row) => row.includes('"org_no":9999'))
  assert.deepEqual({ ...after, 'clickhouse.latest': strangers(after['clickhouse.latest']) }, before)
  assert.equal((await removeDemoRows(at.config.DATABASE_URL_OWNER, at.clickhouse, files)).organisations, 0)

  assert.ok(demoWasRemoved(at.dataDir))
  assert.deepEqual(await at.seed(), [])
  assert.deepEqual(readAccounts(at.dataDir), [])
  const { rows: unforced } =
    await at.admin.query(`select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relrowsecurity and not c.relforcerowsecurity and n.nspname <> 'graphile_worker' and c.relkind = 'r'`)
  assert.deepEqual(unforced, [])
  const { rows: silent } = await at.admin.query("select from pg_trigger where not tgisinternal and tgenabled <> 'O'")
  assert.equal(silent.length, 0)
})

test('a making that was interrupted is begun anew', async (t) => {
  const at = await platform(t)
  const first = await at.seed()
  await at.admin.query('begin; alter table kernel.external_reference no force row level security')
  await at.admin.query("delete from kernel.external_reference where type = 'demo'")
  await at.admin.query('alter table kernel.external_reference force row level security; commit')
  writeFileSync(join(at.dataDir, 'demo-accounts.json'), '[]')
  const second = await at.seed()
  assert.equal(second.length, first.length)
  assert.notEqual(second[0]?.password, first[0]?.password)
  const all = await everything(at)
  assert.equal(all['organisations.organisation']?.length, loadDemoChain().organisations.length)
})
