import { readConfig, readMigrationConfig, redacted } from '#kernel/config.ts'
import { createLog } from '#kernel/log.ts'
import { migrate } from './migrate.ts'

/** `--migrate`: brings both stores to the newest schema and ends. `--role api,worker,ingest`: runs these roles until it is told to stop. */
async function main(args: string[]): Promise<void> {
  if (args.includes('--migrate')) {
    const config = readMigrationConfig()
    const done = await migrate(config)
    process.stdout.write(`${JSON.stringify({ ready: true, ...done })}\n`)
    return
  }
  const names = (args[args.indexOf('--role') + 1] ?? '').split(',')
  const config = readConfig()
  const log = createLog(names.join('+'), config.LOG_LEVEL)
  log.info(redacted(config), 'settings')
  // Loaded here: the migration run needs none of it.
  const { startRoles } = await import('./roles.ts')
  const running = await startRoles(names, config, log)
  let stopping = false
  const stop = (reason: string) => {
    if (stopping) return
    stopping = true
    log.info({ reason }, 'stopping')
    running.stop().then(
      () => process.exit(0),
      (error: Error) => {
        log.error({ error: error.message }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.stdout.write(`${JSON.stringify({ ready: true, ...running.facts })}\n`)
}

await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`)
  process.exit(1)
})
