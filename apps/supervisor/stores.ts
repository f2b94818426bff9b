import { join } from 'node:path'
import { startClickHouse } from '#embedded/clickhouse/start.ts'
import { freePort } from '#embedded/ports.ts'
import { withLogin } from '#embedded/postgres/roles.ts'
import { startPostgres } from '#embedded/postgres/start.ts'
import type { Config } from './config.ts'
import { takeLock } from './lock.ts'
import type { Run } from './run-file.ts'

/** Both stores of a folder for a command beside the platform. */
export interface Stores {
  ownerUrl: string
  /** Of our own PostgreSQL; undefined where `DATABASE_URL` stands. */
  superuserUrl: string | undefined
  /** With the database. */
  clickhouseUrl: string
  stop(): Promise<void>
}

/** The stores of the running platform where one holds the folder; else they are started, and `stop` ends them. */
export async function openStores(config: Config, run: Run): Promise<Stores> {
  const lock = await takeLock(config.dataDir)
  const stops: (() => Promise<void>)[] = lock.kind === 'taken' ? [async () => lock.release()] : []
  const stop = async () => {
    for (const end of stops.toReversed()) await end()
  }
  try {
    const startOwn = lock.kind === 'taken'
    const clickhouseUrl = config.clickhouseUrl ?? (startOwn ? await startStore(config, run, stops) : storeUrl(run))
    if (config.databaseUrl !== undefined) return { ownerUrl: config.databaseUrl, superuserUrl: undefined, clickhouseUrl, stop }
    const superuserUrl = startOwn ? await startDatabase(config, run, stops) : superuser(run)
    return { ownerUrl: withLogin(superuserUrl, 'lianshu_owner', run.passwords.owner, 'lianshu'), superuserUrl, clickhouseUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const superuser = ({ ports, passwords }: Run) =>
  withLogin(`postgres://127.0.0.1:${ports.postgres}`, 'postgres', passwords.superuser, 'lianshu')
const storeUrl = ({ ports, passwords }: Run) => `http://lianshu:${passwords.clickhouse}@127.0.0.1:${ports.clickhouse}/lianshu`

async function startDatabase({ dataDir, walArchive }: Config, run: Run, stops: (() => Promise<void>)[]): Promise<string> {
  const logFile = join(dataDir, 'logs/postgres.log')
  const port = run.ports.postgres ?? (await freePort())
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), port, logFile, passwords: run.passwords, walArchive })
  stops.push(postgres.stop)
  return withLogin(postgres.urls.superuser, 'postgres', run.passwords.superuser, 'lianshu')
}

async function startStore({ dataDir }: Config, run: Run, stops: (() => Promise<void>)[]): Promise<string> {
  const port = run.ports.clickhouse ?? (await freePort())
  const store = await startClickHouse({ path: join(dataDir, 'clickhouse'), port, user: 'lianshu', password: run.passwords.clickhouse })
  stops.push(store.stop)
  return `${store.url}/lianshu`
}
