import { readMigrationConfig } from '#kernel/config.ts'
import { migrate } from './migrate.ts'

if (process.argv.includes('--migrate')) {
  const applied = await migrate(readMigrationConfig())
  process.stdout.write(`${JSON.stringify({ ready: true, applied })}\n`)
}
