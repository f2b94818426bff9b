import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startClickHouse } from '#embedded/clickhouse/start.ts'
import { withLogin } from '#embedded/postgres/roles.ts'
import { startPostgres } from '#embedded/postgres/start.ts'
import { StartError } from '#embedded/start-error.ts'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { type Config, readConfig } from '../supervisor/config.ts'
import { takeLock } from '../supervisor/lock.ts'
import { type Run, readRun } from '../supervisor/run-file.ts'
import { forgetDemo } from './demo-files.ts'
import { removeDemoRows } from './remove-demo-rows.ts'

// `npm run demo:remove`: takes the demo organisations and all their rows out of both stores, whether the platform runs or not.

interface Stores {
  ownerUrl: string
  clickhouseUrl: string
  stop(): Promise<void>
}

async function openStores(config: Config): Promise<Stores> {
  const run = readRun(config.dataDir)
  if (!run) {
    throw new StartError({
      zh: `${config.dataDir} 中没有平台数据，无可删除。`,
      en: `${config.dataDir} holds no platform; there is nothing to remove.`,
    })
  }
  const lock = await takeLock(config.dataDir)
  const stops: (() => Promise<void>)[] = lock.kind === 'taken' ? [async () => lock.release()] : []
  const stop = async () => {
    for (const end of stops.reverse()) await end()
  }
  try {
    // Somebody who holds the folder runs the platform: its stores are there.
    const startOwn = lock.kind === 'taken'
    const ownerUrl = config.databaseUrl ?? (startOwn ? await startDatabase(config, run, stops) : databaseUrl(run))
    const clickhouseUrl = config.clickhouseUrl ?? (startOwn ? await startStore(config, run, stops) : storeUrl(run))
    return { ownerUrl, clickhouseUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const databaseUrl = ({ ports, passwords }: Run) =>
  withLogin(`postgres://127.0.0.1:${ports.postgres}`, 'lianshu_owner', passwords.owner, 'lianshu')
const storeUrl = ({ ports, passwords }: Run) => `http://lianshu:${passwords.clickhouse}@127.0.0.1:${ports.clickhouse}/lianshu`

async function startDatabase({ dataDir }: Config, run: Run, stops: (() => Promise<void>)[]): Promise<string> {
  const logFile = join(dataDir, 'logs/postgres.log')
  const port = run.ports.postgres ?? 0
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), port, logFile, passwords: run.passwords })
  stops.push(postgres.stop)
  return postgres.urls.owner
}

async function startStore({ dataDir }: Config, run: Run, stops: (() => Promise<void>)[]): Promise<string> {
  const port = run.ports.clickhouse ?? 0
  const store = await startClickHouse({ path: join(dataDir, 'clickhouse'), port, user: 'lianshu', password: run.passwords.clickhouse })
  stops.push(store.stop)
  return `${store.url}/lianshu`
}

async function main(): Promise<void> {
  const config = readConfig([])
  const stores = await openStores(config)
  try {
    // First of all: the simulator of a running platform falls silent when its file is gone.
    if (existsSync(config.dataDir)) forgetDemo(config.dataDir)
    const clickhouse = openClickHouse(stores.clickhouseUrl)
    const { organisations, rows } = await removeDemoRows(stores.ownerUrl, clickhouse)
    await clickhouse.close()
    const total = Object.values(rows).reduce((sum, n) => sum + n, 0)
    console.log(`已删除 ${organisations} 家演示企业及其 ${total} 行数据；其他数据未改动。再次启动时不会重新生成演示数据。`)
    console.log(`${organisations} demo organisations and their ${total} rows are gone, nothing else; later starts make none.`)
    for (const [table, n] of Object.entries(rows).sort()) console.log(`  ${table}  ${n}`)
  } finally {
    await stores.stop()
  }
}

await main().catch((error: unknown) => {
  if (error instanceof StartError) console.error(`${error.zh}\n${error.en}`)
  else console.error(error)
  process.exitCode = 1
})
