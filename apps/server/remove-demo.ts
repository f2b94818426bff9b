import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '#embedded/start-error.ts'
import { openClickHouse } from '#kernel/clickhouse.ts'
import { readFilesSetting } from '#kernel/config.ts'
import { openObjectStore } from '#kernel/open-object-store.ts'
import { readConfig } from '../supervisor/config.ts'
import { readRun } from '../supervisor/run-file.ts'
import { openStores } from '../supervisor/stores.ts'
import { forgetDemo } from './demo-files.ts'
import { removeDemoRows } from './remove-demo-rows.ts'

// `npm run demo:remove`: takes the demo organisations and all their rows out of both stores, whether the platform runs or not.

async function main(): Promise<void> {
  const config = readConfig([])
  const run = readRun(config.dataDir)
  if (!run) {
    throw new StartError({
      zh: `${config.dataDir} 中没有平台数据，无可删除。`,
      en: `${config.dataDir} holds no platform; there is nothing to remove.`,
    })
  }
  const stores = await openStores(config, run)
  try {
    // First of all: the simulator of a running platform falls silent when its file is gone.
    if (existsSync(config.dataDir)) forgetDemo(config.dataDir)
    const clickhouse = openClickHouse(stores.clickhouseUrl)
    const files = openObjectStore({ folder: join(config.dataDir, 'files'), s3Url: readFilesSetting() })
    const { organisations, rows } = await removeDemoRows(stores.ownerUrl, clickhouse, files)
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
