import { join } from 'node:path'
import type { Bus } from '#kernel/bus.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import { systemClock } from '#kernel/clock.ts'
import type { MigrationConfig } from '#kernel/config.ts'
import { createLog } from '#kernel/log.ts'
import { masterKeysIn } from '#kernel/master-keys.ts'
import { openFiles, openObjectStore } from '#kernel/open-object-store.ts'
import { openPool } from '#kernel/postgres.ts'
import type { DemoAccount } from './demo-files.ts'
import { composeModules } from './modules.ts'
import { removeDemoRows } from './remove-demo-rows.ts'
import { HalfMadeDemo, seedDemo } from './seed-demo.ts'

/** Nobody listens yet: the roles start after the migration. */
const silent: Bus = {
  publish: () => undefined,
  subscribe: () => ({ ready: Promise.resolve(), stop: () => undefined }),
  close: () => Promise.resolve(),
}

/** The demo chain of the migration run, over a composition of its own. */
export async function makeDemo(config: MigrationConfig, clickhouse: ClickHouse): Promise<DemoAccount[]> {
  const { DATABASE_URL_APP, DATABASE_URL_SYSTEM, LIANSHU_DATA, LIANSHU_KEYS_FILE } = config
  if (!DATABASE_URL_APP || !DATABASE_URL_SYSTEM || !LIANSHU_DATA || !LIANSHU_KEYS_FILE) {
    throw new Error('LIANSHU_DEMO=1 also takes DATABASE_URL_APP, DATABASE_URL_SYSTEM, LIANSHU_DATA and LIANSHU_KEYS_FILE.')
  }
  const app = openPool(DATABASE_URL_APP, { max: 6, name: 'lianshu-demo' })
  const system = openPool(DATABASE_URL_SYSTEM, { max: 2, name: 'lianshu-demo-system' })
  const log = createLog('demo', config.LOG_LEVEL)
  const clock = systemClock
  try {
    const masterKeys = masterKeysIn(LIANSHU_KEYS_FILE)
    const files = openFiles({ dataDir: LIANSHU_DATA, s3Url: config.S3_URL })
    const composition = composeModules({
      app,
      system,
      clickhouse,
      bus: silent,
      files,
      retention: {},
      clock,
      log,
      masterKeys,
      setupCode: '',
      demo: true,
      mqttPort: 0,
    })
    const deps = { composition, app, system, dataDir: LIANSHU_DATA, now: clock.now() }
    try {
      return await seedDemo(deps)
    } catch (error) {
      if (!(error instanceof HalfMadeDemo)) throw error
      const store = openObjectStore({ folder: join(LIANSHU_DATA, 'files'), s3Url: config.S3_URL })
      await removeDemoRows(config.DATABASE_URL_OWNER, clickhouse, store)
      return await seedDemo(deps)
    }
  } finally {
    await Promise.all([app.destroy(), system.destroy()])
  }
}
