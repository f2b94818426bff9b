import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { ClickHouse } from '#kernel/clickhouse.ts'

const folder = `${import.meta.dirname}/clickhouse`

/**
 * Brings ClickHouse to the newest schema: each file of `clickhouse/` once, in order, statements parted by a line's end after `;`.
 * ClickHouse has no transactions over statements: each is written so that running it again does no harm. Returns what was applied.
 * Errors: a file that changed after it was applied, or a failing statement, named by its file.
 */
export async function migrateTelemetry(clickhouse: ClickHouse): Promise<string[]> {
  await clickhouse.command(
    'create table if not exists migration_applied (name String, checksum String) engine = ReplacingMergeTree order by name',
  )
  const rows = await clickhouse.system<{ name: string; checksum: string }>('select name, checksum from migration_applied final')
  const done = new Map(rows.map((row) => [row.name, row.checksum]))
  const applied: string[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    const text = await readFile(`${folder}/${name}`, 'utf8')
    const checksum = createHash('sha256').update(text).digest('hex')
    const before = done.get(name)
    if (before === checksum) continue
    if (before) throw new Error(`Telemetry migration ${name} was changed after it had been applied; add a new file instead.`)
    for (const statement of statementsOf(text)) await run(clickhouse, name, statement)
    await clickhouse.insert(
      'migration_applied',
      [
        { name: 'name', type: 'String', values: [name] },
        { name: 'checksum', type: 'String', values: [checksum] },
      ],
      1,
    )
    applied.push(`telemetry/${name}`)
  }
  return applied
}

const statementsOf = (text: string): string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('--')))

async function run(clickhouse: ClickHouse, name: string, statement: string): Promise<void> {
  try {
    await clickhouse.command(statement)
  } catch (error) {
    throw new Error(`Telemetry migration ${name}: ${(error as Error).message}`, { cause: error })
  }
}
