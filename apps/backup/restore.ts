import { appendFile, cp, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startClickHouse } from '#embedded/clickhouse/start.ts'
import { freePort } from '#embedded/ports.ts'
import { startPostgres } from '#embedded/postgres/start.ts'
import { StartError } from '#embedded/start-error.ts'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { systemClock } from '#kernel/clock.ts'
import { type Config, readConfig } from '../supervisor/config.ts'
import { takeLock } from '../supervisor/lock.ts'
import { type Run, readRun } from '../supervisor/run-file.ts'
import { leave } from './folders.ts'
import { type Manifest, readManifest, verifyFiles } from './manifest.ts'
import { copyStore } from './store-copy.ts'

// `npm run restore -- BACKUP [--until TIME|latest] [--replace]`: both stores and the files as a back-up has them, PostgreSQL as of any
// later moment where its log was kept. Built beside the data folder and moved there when it is whole.

interface Wanted {
  backup: string
  until: string | undefined
  replace: boolean
}

const RECOVERY_MS = 6 * 3_600_000
const COPY = 'restored'

function readArguments(): Wanted {
  const usage = new StartError({
    zh: '用法：npm run restore -- 备份目录 [--until 2026-11-26T08:00:00+08:00 | --until latest] [--replace]',
    en: 'Usage: npm run restore -- BACKUP [--until 2026-11-26T08:00:00Z | --until latest] [--replace]',
  })
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { until: { type: 'string' }, replace: { type: 'boolean', default: false } },
    })
    const { until, replace } = values
    if (positionals.length !== 1) throw usage
    if (until !== undefined && until !== 'latest' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(until))
      throw usage
    return { backup: resolve(positionals[0]!), until, replace }
  } catch {
    throw usage
  }
}

async function demandBackup({ backup, until }: Wanted, { walArchive }: Config): Promise<Manifest> {
  const manifest = await readManifest(backup)
  if (!manifest) {
    throw new StartError({
      zh: `${backup} 不是完整的备份（缺少 manifest.json）。未改动任何内容。`,
      en: `${backup} is no whole back-up (manifest.json is missing). Nothing was changed.`,
    })
  }
  if (until !== undefined && walArchive === undefined) {
    throw new StartError({
      zh: '恢复到指定时刻需要 PostgreSQL 日志归档：请用 LIANSHU_WAL_ARCHIVE 指定归档目录。',
      en: 'A moment after the back-up needs the archive of PostgreSQL’s log: name its folder by LIANSHU_WAL_ARCHIVE.',
    })
  }
  await verifyFiles(backup, manifest)
  return manifest
}

/** The folder must be nobody's at this moment and empty, unless what is in it may be moved aside. */
async function takeFolder({ dataDir }: Config, replace: boolean): Promise<{ occupied: boolean }> {
  const lock = await takeLock(dataDir)
  if (lock.kind === 'held') {
    throw new StartError({
      zh: `平台正在目录 ${dataDir} 上运行。请先停止它（Ctrl-C），再恢复。未改动任何内容。`,
      en: `The platform runs on ${dataDir}. Stop it first (Ctrl-C), then restore. Nothing was changed.`,
    })
  }
  const occupied = (await readdir(dataDir)).length > 0
  if (!occupied || replace) return { occupied }
  throw new StartError({
    zh: `${dataDir} 不是空目录。加上 --replace：现有数据会改名保留在旁边，不会删除。`,
    en: `${dataDir} is not empty. With --replace what is there is moved aside under another name, not deleted.`,
  })
}

async function restorePostgres(backup: string, folder: string, run: Run, until: string | undefined, walArchive: string | undefined) {
  const dataDir = join(folder, 'postgres')
  await cp(join(backup, 'postgres'), dataDir, { recursive: true })
  const replayed = until !== undefined && walArchive !== undefined
  if (replayed) {
    await writeFile(join(dataDir, 'recovery.signal'), '')
    const target = until === 'latest' ? [] : [`recovery_target_time = '${postgresTime(until)}'`, "recovery_target_action = 'promote'"]
    await appendFile(
      join(dataDir, 'postgresql.auto.conf'),
      ['', `restore_command = 'cp "${walArchive}/%f" "%p"'`, ...target, ''].join('\n'),
    )
  }
  const logFile = join(folder, 'logs/postgres.log')
  const options = { dataDir, port: await freePort(), logFile, passwords: run.passwords, recoveryForMs: RECOVERY_MS }
  const postgres = await startPostgres(options)
  if (replayed) {
    const settings = ['restore_command', 'recovery_target_time', 'recovery_target_action']
    await onPostgres(postgres.urls.superuser, async (client) => {
      for (const name of settings) await client.query(`alter system reset ${name}`)
    })
  }
  return postgres
}

/** Where settings are read no zone has a name yet: `Z` is refused. */
const postgresTime = (until: string) => new Date(until).toISOString().replace('T', ' ').replace('Z', '+00')

async function onPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

interface Found {
  organisations: number
  users: number
  devices: number
  samples: number | null
}

/**
 * Telemetry may be newer than PostgreSQL where that was taken to an earlier moment: numbers that name rows there are never given away
 * again, or a new device would show another's history.
 */
async function agree(superuserUrl: string, database: string, used: { series: number; orgNo: number }): Promise<Omit<Found, 'samples'>> {
  return onPostgres(withDatabase(superuserUrl, database), async (client) => {
    await client.query("select setval('devices.series', greatest((select last_value from devices.series), $1::bigint))", [used.series + 1])
    await client.query(
      "select setval(pg_get_serial_sequence('organisations.organisation', 'org_no'), greatest((select coalesce(max(org_no), 0) from organisations.organisation), $1::bigint) + 1)",
      [used.orgNo],
    )
    const { rows } = await client.query<Omit<Found, 'samples'>>(
      'select (select count(*) from organisations.organisation) as organisations, (select count(*) from access.person) as users, (select count(*) from devices.device) as devices',
    )
    return rows[0]!
  })
}

const withDatabase = (url: string, database: string): string => {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

async function restoreClickHouse(backup: string, folder: string, run: Run, database: string) {
  const path = join(folder, 'clickhouse')
  const copy = join(path, 'backups', COPY)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await cp(join(backup, 'clickhouse'), copy, { recursive: true })
  const store = await startClickHouse({ path, port: await freePort(), user: 'lianshu', password: run.passwords.clickhouse })
  try {
    await copyStore('restore', `${store.url}/${database}`, COPY)
    const clickhouse = openClickHouse(`${store.url}/${database}`)
    const [used] = await clickhouse.system<{ samples: number; series: number; orgNo: number }>(
      `select (select count() from sample) + (select count() from sample_text) as samples,
         greatest((select max(series) from sample), (select max(series) from sample_text), (select max(series) from latest)) as series,
         greatest((select max(org_no) from sample), (select max(org_no) from sample_text), (select max(org_no) from latest)) as orgNo`,
    )
    await clickhouse.close()
    return used!
  } finally {
    await store.stop()
    await rm(copy, { recursive: true, force: true })
  }
}

async function build({ backup, until }: Wanted, config: Config, manifest: Manifest, folder: string): Promise<Found> {
  await cp(join(backup, 'data'), folder, { recursive: true })
  const run = readRun(folder)
  if (!run) throw new Error(`${backup} has no run.json.`)
  const nothing = { samples: null, series: 0, orgNo: 0 }
  const used = manifest.clickhouse ? await restoreClickHouse(backup, folder, run, manifest.clickhouse.database) : nothing
  if (!manifest.postgres) return { organisations: 0, users: 0, devices: 0, samples: used.samples }
  const postgres = await restorePostgres(backup, folder, run, until, config.walArchive)
  try {
    return { ...(await agree(postgres.urls.superuser, 'lianshu', used)), samples: used.samples }
  } finally {
    await postgres.stop()
  }
}

async function main(): Promise<void> {
  const wanted = readArguments()
  const config = readConfig([])
  const manifest = await demandBackup(wanted, config)
  const { occupied } = await takeFolder(config, wanted.replace)
  const building = `${config.dataDir}.restoring`
  await rm(building, { recursive: true, force: true })
  await mkdir(building, { recursive: true, mode: 0o700 })
  const found = await build(wanted, config, manifest, building)
  const aside = `${config.dataDir}.before-${systemClock.nowMs()}`
  if (occupied) await rename(config.dataDir, aside)
  else await rmdir(config.dataDir)
  await rename(building, config.dataDir)
  const until = wanted.until === undefined ? manifest.at : wanted.until
  console.log(`已恢复到 ${config.dataDir}：业务数据截至 ${until}，时序数据截至 ${manifest.at}。`)
  console.log(`Restored to ${config.dataDir}: business data as of ${until}, telemetry as of ${manifest.at}.`)
  console.log(JSON.stringify(found))
  if (occupied) console.log(`原有数据保留在 What was there before is in ${aside}`)
  if (!manifest.postgres)
    console.log('PostgreSQL 由 DATABASE_URL 指定，未包含在此备份中。 PostgreSQL of DATABASE_URL is not in this back-up.')
  if (!manifest.clickhouse)
    console.log('ClickHouse 由 CLICKHOUSE_URL 指定，未包含在此备份中。 ClickHouse of CLICKHOUSE_URL is not in this back-up.')
}

await main().catch(leave)
