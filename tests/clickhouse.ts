import { randomBytes } from 'node:crypto'
import { testPart } from './platform.ts'

export interface TestClickHouse {
  /** With the database in its path, as CLICKHOUSE_URL has it. */
  url: string
  database: string
}

interface Cleanup {
  after(work: () => Promise<void>): void
}

/** An empty database of its own, dropped when the test (or, given `{ after }` of node:test, the file) is over. */
export async function testClickHouse(t: Cleanup): Promise<TestClickHouse> {
  const database = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  const url = await createClickHouseDatabase(database)
  t.after(async () => execute(await testPart('clickhouse'), `drop database if exists ${database}`))
  return { url, database }
}

/** Returns the URL that a server of the platform would be given for it. */
export async function createClickHouseDatabase(database: string): Promise<string> {
  const server = await testPart('clickhouse')
  await execute(server, `create database if not exists ${database}`)
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

async function execute(server: string, sql: string): Promise<void> {
  const { origin, username, password } = new URL(server)
  const headers = { authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}` }
  const response = await fetch(origin, { method: 'POST', body: sql, headers, signal: AbortSignal.timeout(30_000) })
  if (!response.ok) throw new Error(`${sql}: ${await response.text()}`)
}
