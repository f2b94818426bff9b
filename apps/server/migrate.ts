import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openClickHouse } from '#kernel/clickhouse.ts'
import type { MigrationConfig } from '#kernel/config.ts'
import { type MigrationSource, migratePostgres } from '#kernel/migrate.ts'
import { migrateTelemetry } from '#modules/shopfloor/telemetry/server/migrate-telemetry.ts'
import { moduleMap } from '../../module-map.js'
import type { DemoAccount } from './demo-files.ts'

const root = resolve(import.meta.dirname, '../..')

/** The kernel's migrations, then each module's in map order. */
export function migrationSources(): MigrationSource[] {
  const modules = Object.keys(moduleMap).map((path) => ({
    module: path.split('/')[1] ?? path,
    folder: `${root}/modules/${path}/server/migrations`,
  }))
  return [{ module: 'kernel', folder: `${root}/kernel/migrations` }, ...modules].filter(({ folder }) => existsSync(folder))
}

export interface Migrated {
  applied: string[]
  /** People of the demo chain, where the platform is started with it. */
  accounts?: DemoAccount[]
}

/** Brings both stores to the newest schema; safe to run again and by two processes at once. Makes the demo chain where it is asked for. */
export async function migrate(config: MigrationConfig): Promise<Migrated> {
  const applied = await migratePostgres(config.DATABASE_URL_OWNER, migrationSources())
  const clickhouse = openClickHouse(config.CLICKHOUSE_URL)
  try {
    await migrateTelemetry(clickhouse)
    if (config.LIANSHU_DEMO === '0') return { applied }
    // Loaded here: an empty platform needs none of it.
    const { makeDemo } = await import('./make-demo.ts')
    return { applied, accounts: await makeDemo(config, clickhouse) }
  } finally {
    await clickhouse.close()
  }
}
