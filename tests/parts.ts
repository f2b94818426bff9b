import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '#embedded/ports.ts'
import { startPostgres } from '#embedded/postgres/start.ts'

export interface RunningPart {
  url: string
  stop(): Promise<void>
}

/** The one password of a test cluster's roles: `tests/postgres.ts` derives the roles' URLs from the superuser's. */
function keptPassword(dir: string): string {
  const file = join(dir, 'password')
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const password = randomBytes(18).toString('base64url')
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, password, { mode: 0o600 })
    return password
  }
}

/** Hundreds of databases are made and dropped in it: it need not outlive a power cut. What must is tested in clusters of its own. */
async function forgetPowerCuts(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) await client.query(`alter system set ${name} = off`)
    await client.query('select pg_reload_conf()')
  } finally {
    await client.end()
  }
}

export const startPart = {
  async postgres(dir: string): Promise<RunningPart> {
    const password = keptPassword(dir)
    const { urls, stop } = await startPostgres({
      dataDir: join(dir, 'data'),
      port: await freePort(),
      logFile: join(dir, 'postgres.log'),
      passwords: { superuser: password, owner: password, app: password, system: password },
    })
    await forgetPowerCuts(urls.superuser)
    return { url: urls.superuser, stop }
  },

  async clickhouse(dir: string): Promise<RunningPart> {
    const { startClickHouse } = await import('#embedded/clickhouse/start.ts')
    return startClickHouse({ path: join(dir, 'data'), port: await freePort(), user: 'test', password: keptPassword(dir) })
  },
}

export type PartName = keyof typeof startPart
