import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openClickHouse } from '#kernel/clickhouse.ts'
import type { MigrationConfig } from '#kernel/config.ts'
import { type MigrationSource, migratePostgres } from '#kernel/migrate.ts'
import { migrateTelemetry } from '#modules/shopfloor/telemetry/server/migrate-telemetry.ts'
import { moduleMap } from '../../module-map.js'

const root = resolve(import.meta.dirname, '../..')

/** The kernel's migrations, then each module's in map order. */
export function migrationSources(): MigrationSource[] {
  const modules = Object.keys(moduleMap).map((path) => ({
    module: path.split('/')[1] ?? path,
    folder: `${root}/modules/${path}/server/migrations`,
  }))
  return [{ module: 'kernel', folder: `${root}/kernel/migrations` }, ...modules].filter(({ folder }) => existsSync(folder))
}

/** Brings both stores to the newest schema; safe to run again and by two processes at once. Returns what was applied. */
export async function migrate(config: MigrationConfig): Promise<{ applied: string[] }> {
  const applied = await migratePostgres(config.DATABASE_URL_OWNER, migrationSources())
  const clickhouse = openClickHouse(config.CLICKHOUSE_URL)
  try {
    await migrateTelemetry(clickhouse)
  } finally {
    await clickhouse.close()
  }
  return { applied }
}
