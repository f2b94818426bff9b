import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { ObjectStore } from '#kernel/object-store.ts'

const LOCK_TIMEOUT_MS = 5_000
const ATTEMPTS = 6
/** Deadlock; a lock that is not to be had: somebody works at this moment. */
const BUSY = new Set(['40P01', '55P03'])

export interface RemovedDemo {
  organisations: number
  /** Table → rows removed. */
  rows: Record<string, number>
}

interface Table {
  name: string
  /** Its columns that hold an organisation's id; of a document of two parties both. */
  organisations: string[]
  /** It knows organisations by their number alone. */
  numbered: boolean
}

interface Demo {
  ids: string[]
  numbers: number[]
}

/** Removes every demo organisation with all its rows from both stores, in one transaction of PostgreSQL, then its files; nothing else. */
export async function removeDemoRows(ownerUrl: string, clickhouse: ClickHouse, files: Pick<ObjectStore, 'delete'>): Promise<RemovedDemo> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const { objectKeys, ...removed } = await remove(client, clickhouse)
        // A row without its file would be a lie, a file without its row is only room.
        for (const key of objectKeys) await files.delete(key)
        return removed
      } catch (error) {
        await client.query('rollback')
        if (attempt >= ATTEMPTS || !BUSY.has((error as { code?: string }).code ?? '')) throw error
        await sleep(500 * attempt)
      }
    }
  } finally {
    await client.end()
  }
}

async function remove(client: pg.Client, clickhouse: ClickHouse): Promise<RemovedDemo & { objectKeys: string[] }> {
  await client.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
  const tables = await ownedTables(client)
  // The owner too is held by row-level security; and a removal is no change to stand in an audit that goes with it.
  for (const { name } of tables) await client.query(`alter table ${name} no force row level security, disable trigger user`)
  const { rows } = await client.query<{ org_id: string; org_no: number }>(
    'select org_id, org_no from organisations.organisation where demo',
  )
  const demo = { ids: rows.map((row) => row.org_id), numbers: rows.map((row) => row.org_no) }
  const kept = await client.query<{ key: string }>('select object_key as key from kernel.file where org_id = any($1::uuid[])', [demo.ids])
  const removed: RemovedDemo = { organisations: rows.length, rows: {} }
  const count = (table: string, n: number | null) => {
    if (n) removed.rows[table] = (removed.rows[table] ?? 0) + n
  }
  if (rows.length > 0) {
    await releasePersons(client, demo, count)
    for (const { name, organisations, numbered } of tables) {
      const tests = numbered ? ['org_no = any($1::int[])'] : organisations.map((column) => `${column} = any($1::uuid[])`)
      const { rowCount } = await client.query(`delete from ${name} where ${tests.join(' or ')}`, [numbered ? demo.numbers : demo.ids])
      count(name, rowCount)
    }
    await removeValues(clickhouse, demo, count)
  }
  for (const { name } of tables) await client.query(`alter table ${name} force row level security, enable trigger user`)
  await client.query('commit')
  return { ...removed, objectKeys: kept.rows.map(({ key }) => key) }
}

/** Every table whose rows belong to organisations, those that refer to others first. */
async function ownedTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; organisations: string[] | null }>(`
    select c.oid::regclass::text as name, array_agg(a.attname::text) filter (where a.attname <> 'org_no') as organisations
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p') and c.relforcerowsecurity and not a.attisdropped
      and (a.attname in ('org_id', 'org_no') or (a.attname like '%\\_org' and a.attname <> 'current_org'))
    group by c.oid order by 1`)
  const { rows: references } = await client.query<{ child: string; parent: string }>(
    "select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint where contype = 'f' and conrelid <> confrelid",
  )
  const tables = rows.map(({ name, organisations }) => ({ name, organisations: organisations ?? [], numbered: organisations === null }))
  const ordered: Table[] = []
  while (ordered.length < tables.length) {
    const left = tables.filter((table) => !ordered.includes(table))
    const free = left.filter(({ name }) => !references.some((r) => r.parent === name && left.some((t) => t.name === r.child)))
    if (free.length === 0) throw new Error(`Tables that refer to each other in a ring: ${left.map((t) => t.name).join(', ')}`)
    ordered.push(...free)
  }
  return ordered
}

type Count = (table: string, n: number | null) => void

/** A person of the demo who also works elsewhere stays, at home there; the others take what hangs on the person with them. */
async function releasePersons(client: pg.Client, { ids }: Demo, count: Count): Promise<void> {
  const elsewhere = `(select org_id from access.membership m where m.person_id = p.id and m.org_id <> all($1::uuid[]) order by created_at limit 1)`
  await client.query(`update access.person p set home_org = ${elsewhere} where home_org = any($1::uuid[]) and ${elsewhere} is not null`, [
    ids,
  ])
  await client.query(
    'update access.person set current_org = home_org where current_org = any($1::uuid[]) and home_org <> all($1::uuid[])',
    [ids],
  )
  for (const [table, test] of [
    ['access.login_guard', 'account in (select login from access.person where home_org = any($1::uuid[]))'],
    ['access.password_history', 'person_id in (select id from access.person where home_org = any($1::uuid[]))'],
  ] as const) {
    await client.query(`alter table ${table} no force row level security, disable trigger user`)
    const { rowCount } = await client.query(`delete from ${table} where ${test}`, [ids])
    count(table, rowCount)
    await client.query(`alter table ${table} force row level security, enable trigger user`)
  }
}

async function removeValues(clickhouse: ClickHouse, { numbers }: Demo, count: Count): Promise<void> {
  const tables = await clickhouse.system<{ table: string }>(
    "select table from system.columns where database = currentDatabase() and name = 'org_no' order by table",
  )
  for (const { table } of tables) {
    const [found] = await clickhouse.system<{ n: number }>(`select count() as n from ${table} where org_no in ({numbers:Array(UInt32)})`, {
      numbers,
    })
    if (!found?.n) continue
    await clickhouse.command(`alter table ${table} delete where org_no in (${numbers.join(', ')}) settings mutations_sync = 1`)
    count(table, found.n)
  }
}
