import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../start-error.ts'
import { ensureCluster } from './cluster.ts'
import { stopLeftover } from './leftover.ts'
import { postgresPrograms } from './programs.ts'
import { type DatabaseUrls, ensureOwner, ensureRoles, type RolePasswords, withLogin } from './roles.ts'

export interface PostgresOptions {
  dataDir: string
  port: number
  logFile: string
  passwords: RolePasswords & { superuser: string; owner: string }
  /** A folder that each finished piece of the write-ahead log is copied to, at least once a minute while something is written. */
  walArchive?: string | undefined
  /** How long replaying the log may take after a crash or a restore. */
  recoveryForMs?: number
}

export interface EmbeddedPostgres {
  urls: DatabaseUrls & { superuser: string }
  process: ChildProcess
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>
}

/** For a small machine that PostgreSQL shares with ClickHouse and Node; durability is left as it is built: all on. */
const settings = {
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  max_connections: '100',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
}

const retryMs = 15_000
const portRetryMs = 3_000
const recoveryForMs = 120_000

/** PostgreSQL of the npm package on a directory that only the caller uses, with the roles and the database `lianshu`. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, port, logFile, passwords } = options
  const programs = postgresPrograms()
  mkdirSync(dirname(logFile), { recursive: true })
  await ensureCluster(programs, dataDir, passwords.superuser)
  await stopLeftover(dataDir)

  const superuser = `postgres://postgres:${encodeURIComponent(passwords.superuser)}@127.0.0.1:${port}/postgres`
  const child = await launch(programs, options, superuser)
  try {
    const owner = await ensureOwner(superuser, 'lianshu', passwords.owner)
    const { app, system } = await ensureRoles(withLogin(superuser, 'postgres', passwords.superuser, 'lianshu'), passwords)
    return { urls: { superuser, owner, app, system }, process: child, stop: () => stopChild(child) }
  } catch (error) {
    await stopChild(child)
    throw error
  }
}

type Outcome = { kind: 'ready' } | { kind: 'ended'; log: string }

/** A postmaster killed a moment ago still holds its port and memory until its children notice: keep trying for a while. */
async function launch(
  programs: ReturnType<typeof postgresPrograms>,
  options: PostgresOptions,
  superuserUrl: string,
): Promise<ChildProcess> {
  const startedAt = performance.now()
  for (;;) {
    const logFrom = statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0
    const child = spawnPostgres(programs, options)
    const log = () => readLog(options.logFile, logFrom)
    const outcome = await untilReady(child, superuserUrl, options.recoveryForMs ?? recoveryForMs, log).catch(async (error: unknown) => {
      await stopChild(child)
      throw error
    })
    if (outcome.kind === 'ready') return child
    const triedMs = performance.now() - startedAt
    const passing = outcome.log.includes('Address already in use')
      ? triedMs < portRetryMs
      : /lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(outcome.log) && triedMs < retryMs
    if (!passing) throw failure(options, outcome.log)
    await sleep(200)
  }
}

/** Whole or not at all, and never over another: a copy under a name of its own first (PostgreSQL 18 §25.3.1). */
const archiving = (folder: string) => ({
  archive_mode: 'on',
  archive_timeout: '60s',
  archive_command: `f='${folder}/%f'; if test -f "$f"; then cmp -s '%p' "$f"; else cp '%p' "$f.part" && sync "$f.part" && mv "$f.part" "$f"; fi`,
})

function spawnPostgres(
  programs: ReturnType<typeof postgresPrograms>,
  { dataDir, port, logFile, walArchive }: PostgresOptions,
): ChildProcess {
  const { file, args } = programs('postgres', [
    ...['-D', dataDir, '-p', String(port)],
    ...Object.entries({ ...settings, ...(walArchive === undefined ? {} : archiving(walArchive)) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]),
  ])
  const log = openSync(logFile, 'a', 0o600)
  try {
    // A process group of its own: Ctrl-C in the terminal reaches the supervisor, which then stops the parts in order.
    return spawn(file, args, { stdio: ['ignore', log, log], detached: true })
  } finally {
    closeSync(log)
  }
}

async function untilReady(child: ChildProcess, superuserUrl: string, recoverForMs: number, log: () => string): Promise<Outcome> {
  const giveUpAt = performance.now() + recoverForMs
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return { kind: 'ended', log: log() }
    const refused = await tryConnect(superuserUrl)
    // Someone else's PostgreSQL on our port would answer too, while ours ends with "Address already in use".
    if (refused === undefined && log().includes('database system is ready to accept connections')) return { kind: 'ready' }
    if (refused === '28P01' && log().includes('database system is ready to accept connections')) throw wrongPassword()
    if (performance.now() > giveUpAt) return { kind: 'ended', log: log() }
    await sleep(50)
  }
}

/** Undefined when it let us in, else why not. */
async function tryConnect(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreachable'
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  const harder = setTimeout(() => child.kill('SIGQUIT'), 10_000)
  await ended
  clearTimeout(harder)
}

const readLog = (file: string, from: number) => readFileSync(file).subarray(from).toString()

function wrongPassword(): StartError {
  return new StartError({
    zh: '数据库目录与 .data/run.json 中的密码不符：两者必须来自同一次安装。未改动任何内容，请一起从备份恢复。',
    en: 'The database folder does not take the password in .data/run.json: the two belong together. Nothing was changed; restore both from the same back-up.',
  })
}

function failure({ port, logFile, dataDir }: PostgresOptions, log: string): StartError {
  if (log.includes('Address already in use')) {
    return new StartError({
      zh: `端口 ${port} 已被占用，PostgreSQL 无法启动。`,
      en: `Port ${port} is taken, so PostgreSQL cannot start.`,
    })
  }
  const reason =
    log
      .split('\n')
      .filter((line) => /FATAL|PANIC/.test(line))
      .slice(-4)
      .join('\n') || log.trim().slice(-500)
  return new StartError({
    zh: `PostgreSQL 无法在 ${dataDir} 上启动，未删除任何内容。日志：${logFile}\n${reason}`,
    en: `PostgreSQL does not start on ${dataDir}; nothing was deleted. If the folder is damaged, restore it from a back-up or move it away. Log: ${logFile}`,
  })
}
