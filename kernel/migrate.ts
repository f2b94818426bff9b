import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { runMigrations } from 'graphile-worker'
import pg from 'pg'

export interface MigrationSource {
  module: string
  /** Folder of `0001-name.sql` files. */
  folder: string
}

/**
 * Brings PostgreSQL to the newest schema: the kernel's files, then each module's in map order, each file in a transaction of its own,
 * once. Errors: a file that changed after it was applied, or a failing statement (named by file), with nothing of that file kept.
 */
export async function migratePostgres(ownerUrl: string, sources: readonly MigrationSource[]): Promise<string[]> {
  await runMigrations({ connectionString: ownerUrl })
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const applied: string[] = []
  try {
    // Two servers that start at once: the second waits, then finds everything done.
    await client.query('select pg_advisory_lock(4711)')
    await client.query('create schema if not exists migration')
    await client.query(
      'create table if not exists migration.applied (module text, name text, checksum text not null, at timestamptz not null default now(), primary key (module, name))',
    )
    const { rows } = await client.query<{ module: string; name: string; checksum: string }>(
      'select module, name, checksum from migration.applied',
    )
    const done = new Map(rows.map((row) => [`${row.module}/${row.name}`, row.checksum]))
    for (const { module, folder } of sources) {
      for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
        const text = await readFile(`${folder}/${name}`, 'utf8')
        const checksum = createHash('sha256').update(text).digest('hex')
        const before = done.get(`${module}/${name}`)
        if (before === checksum) continue
        if (before) throw new Error(`Migration ${module}/${name} was changed after it had been applied; add a new file instead.`)
        await apply(client, module, name, text, checksum)
        applied.push(`${module}/${name}`)
      }
    }
    await allowSystemToRunJobs(client)
  } finally {
    await client.end()
  }
  return applied
}

async function apply(client: pg.Client, module: string, name: string, text: string, checksum: string): Promise<void> {
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into migration.applied (module, name, checksum) values ($1, $2, $3)', [module, name, checksum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${module}/${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** The worker runs as the system role: graphile-worker's tables are row-secured by its own migrations, so each gets a policy for it. */
async function allowSystemToRunJobs(client: pg.Client): Promise<void> {
  await client.query(`
    grant usage on schema graphile_worker to lianshu_system;
    grant select, insert, update, delete on all tables in schema graphile_worker to lianshu_system;
    grant usage, select on all sequences in schema graphile_worker to lianshu_system;
    grant execute on all functions in schema graphile_worker to lianshu_system;
    do $$ declare t record; begin
      for t in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'graphile_worker' and c.relkind = 'r' and c.relrowsecurity
                 and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'system_role') loop
        execute format('create policy system_role on %s to lianshu_system using (true) with check (true)', t.name);
      end loop;
    end $$`)
}
