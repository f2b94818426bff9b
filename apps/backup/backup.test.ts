import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { type StartedPlatform, startPlatform } from '../../tests/started-platform.ts'

const root = resolve(import.meta.dirname, '../..')
const dir = mkdtempSync(join(tmpdir(), 'lianshu-backup-'))
const walArchive = join(dir, 'wal')
const backups = join(dir, 'backups')
after(() => rmSync(dir, { recursive: true, force: true }))

/** A command as a person gives it. */
async function command(file: string, args: string[], dataDir: string): Promise<{ code: number; said: string }> {
  const env = { ...process.env, LIANSHU_DATA: dataDir, LIANSHU_WAL_ARCHIVE: walArchive }
  const child = spawn(process.execPath, [join(root, 'apps/backup', file), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const [code] = await once(child, 'close')
  return { code, said }
}

const urls = (platform: StartedPlatform) => {
  const { ports, passwords } = platform.run()
  return {
    superuser: `postgres://postgres:${passwords.superuser}@127.0.0.1:${ports.postgres}/lianshu`,
    clickhouse: `http://lianshu:${passwords.clickhouse}@127.0.0.1:${ports.clickhouse}/lianshu`,
  }
}

async function onDatabase<T>(platform: StartedPlatform, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urls(platform).superuser })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const note = (platform: StartedPlatform, text: string) =>
  onDatabase(platform, async (client) => {
    await client.query('create table if not exists public.note (text text primary key)')
    await client.query('insert into public.note values ($1)', [text])
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now')
    // A Date has milliseconds only: the next one is after the commit.
    return new Date(rows[0]!.now.getTime() + 1).toISOString()
  })
const notes = (platform: StartedPlatform) =>
  onDatabase(platform, async (client) => (await client.query('select text from public.note order by 1')).rows.map((row) => row.text))
const nextSeries = (platform: StartedPlatform) =>
  onDatabase(platform, async (client) => (await client.query("select nextval('devices.series') as n")).rows[0].n as number)

async function store(platform: StartedPlatform, series: number, rows: number): Promise<void> {
  const clickhouse = openClickHouse(urls(platform).clickhouse)
  await clickhouse.command(
    `insert into sample (org_no, series, ts, mantissa, exponent, quality, lag_ms, seq, kind)
     select 1, ${series}, toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + number, number, 0, 0, 0, -1, 0 from numbers(${rows})`,
  )
  await clickhouse.close()
}
async function stored(platform: StartedPlatform): Promise<{ n: number; total: number }> {
  const clickhouse = openClickHouse(urls(platform).clickhouse)
  const [row] = await clickhouse.system<{ n: number; total: number }>('select count() as n, sum(value) as total from sample final')
  await clickhouse.close()
  return row!
}

test('a back-up of the running platform comes back whole, PostgreSQL also as of any later moment', async (t) => {
  const [live, restored] = [join(dir, 'live'), join(dir, 'restored')]
  const platform = await startPlatform({ dataDir: live, env: { LIANSHU_WAL_ARCHIVE: walArchive } })
  t.after(() => platform.stop())
  const keys = readFileSync(join(live, 'keys.json'), 'utf8')
  await note(platform, 'before')
  await store(platform, 500, 10_000)

  const busy = new AbortController()
  const writing = (async () => {
    for (let i = 0; !busy.signal.aborted; i++) await note(platform, `meanwhile ${String(i).padStart(5, '0')}`)
  })()
  const made = await command('back-up.ts', [backups], live)
  busy.abort()
  await writing
  assert.equal(made.code, 0, made.said)
  const [name] = readdirSync(backups)
  assert.match(name!, /^lianshu-\d{8}T\d{6}Z$/)
  const backup = join(backups, name!)

  const moment = await note(platform, 'still there')
  await sleep(50)
  await note(platform, 'too late')
  await store(platform, 501, 5_000)
  const before = await notes(platform)
  await onDatabase(platform, (client) => client.query('select pg_switch_wal()'))
  const refused = await command('restore.ts', [backup], live)
  assert.match(refused.said, /runs on .*Nothing was changed/)
  for (let i = 0; i < 50 && readdirSync(walArchive).length === 0; i++) await sleep(100)
  await platform.stop()

  const first = await command('restore.ts', [backup], restored)
  assert.equal(first.code, 0, first.said)
  const again = await startPlatform({ dataDir: restored })
  t.after(() => again.stop())
  assert.deepEqual(await stored(again), { n: 10_000, total: 49_995_000 })
  const kept = await notes(again)
  assert.ok(kept.includes('before') && !kept.includes('still there'), 'as of the back-up')
  assert.deepEqual(kept, before.slice(0, kept.length), 'what was written meanwhile is there without a hole')
  assert.ok((await nextSeries(again)) > 500, 'a series of the telemetry is never given away again')
  assert.equal(readFileSync(join(restored, 'keys.json'), 'utf8'), keys)
  await again.stop()

  const over = await command('restore.ts', [backup, '--until', moment], restored)
  assert.match(over.said, /not empty.*--replace/)
  const until = await command('restore.ts', [backup, '--until', moment, '--replace'], restored)
  assert.equal(until.code, 0, until.said)
  const third = await startPlatform({ dataDir: restored, env: { LIANSHU_WAL_ARCHIVE: walArchive } })
  t.after(() => third.stop())
  assert.deepEqual(
    await notes(third),
    before.filter((text) => text !== 'too late'),
  )
})

test('a damaged back-up, a folder that is none, an archive that is not named: nothing is changed', async () => {
  const [name] = readdirSync(backups)
  const backup = join(backups, name!)
  const target = join(dir, 'never')
  const version = join(backup, 'postgres/PG_VERSION')
  writeFileSync(version, '17\n')
  const changed = await command('restore.ts', [backup], target)
  assert.match(changed.said, /postgres\/PG_VERSION was changed/)
  rmSync(version)
  assert.match((await command('restore.ts', [backup], target)).said, /PG_VERSION is missing/)
  assert.match((await command('restore.ts', [dir], target)).said, /no whole back-up/)
  assert.match((await command('restore.ts', [backup, '--until', 'yesterday'], target)).said, /Usage/)
  assert.match((await command('back-up.ts', [backups], target)).said, /holds no platform/)
})
