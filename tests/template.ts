import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { createClickHouseDatabase } from './clickhouse.ts'

const root = resolve(import.meta.dirname, '..')

/**
 * A database with every migration run, named after them: test files clone it. Two processes that need it at once make it once.
 * Under `npm test` it was made before the first file and its name is given.
 */
export async function ensureTemplate(adminUrl: string): Promise<string> {
  const given = process.env.TEST_DATABASE_TEMPLATE
  if (given !== undefined) return given
  const name = `template_${migrationsHash()}`
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query("select pg_advisory_lock(hashtext('lianshu test template'))")
    const { rowCount } = await admin.query('select from pg_database where datname = $1 and datistemplate', [name])
    if (rowCount) return name
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name} owner lianshu_owner`)
    await runMigrations(roleUrl(adminUrl, 'lianshu_owner', name), await createClickHouseDatabase(name))
    await admin.query(`alter database ${name} with is_template true`)
    return name
  } finally {
    await admin.end()
  }
}

function migrationsHash(): string {
  const files = globSync(['**/migrations/*', 'kernel/migrate*.ts', 'apps/server/migrate*.ts'], {
    cwd: root,
    exclude: ['node_modules', '.data'],
  })
  const hash = createHash('sha256')
  for (const file of files.sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

async function runMigrations(ownerUrl: string, clickhouseUrl: string): Promise<void> {
  const env = { ...process.env, DATABASE_URL_OWNER: ownerUrl, CLICKHOUSE_URL: clickhouseUrl, LIANSHU_DEMO: '0' }
  await promisify(execFile)(process.execPath, [join(root, 'apps/server/main.ts'), '--migrate'], { env, cwd: root })
}

/** All roles of a test cluster have the superuser's password. */
export function roleUrl(adminUrl: string, role: string, database: string): string {
  const url = new URL(adminUrl)
  url.username = role
  url.pathname = `/${database}`
  return url.href
}
