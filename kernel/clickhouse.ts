import { buffer } from 'node:stream/consumers'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type Column, encodeNative } from './clickhouse-native.ts'
import type { OrgScope } from './context.ts'

const QUERY_TIMEOUT_MS = 30_000
const INSERT_TIMEOUT_MS = 30_000

/**
 * The one way to telemetry. A query is for one organisation (one's own Context, or the Grant that `inGrant` made) and must name
 * `{orgNo:UInt32}`; the wrapper binds it, so a query that forgets it is refused before it is sent.
 */
export interface ClickHouse {
  query<Row>(scope: OrgScope, sql: string, params?: Record<string, unknown>): Promise<Row[]>
  /** As `query`, column by column in the order of the question, none where there is no row: thousands of rows without an object for each. */
  columns<Columns extends unknown[][]>(scope: OrgScope, sql: string, params?: Record<string, unknown>): Promise<Partial<Columns>>
  /** As `query`, the rows as JSON in UTF-8, a line each: for what goes on as it is. */
  bytes(scope: OrgScope, sql: string, params?: Record<string, unknown>): Promise<Buffer>
  /** Background work over all organisations (roll-ups, retention): never with a caller's text in it. */
  system<Row>(sql: string, params?: Record<string, unknown>): Promise<Row[]>
  command(sql: string, params?: Record<string, unknown>): Promise<void>
  /** Durable when it resolves. The same token twice is stored once. */
  insert(table: string, columns: readonly Column[], rows: number, token?: string): Promise<void>
  close(): Promise<void>
}

export function openClickHouse(url: string): ClickHouse {
  const at = new URL(url)
  const database = at.pathname.slice(1) || 'default'
  const user = decodeURIComponent(at.username)
  const password = decodeURIComponent(at.password)
  const client: ClickHouseClient = createClient({
    url: at.origin,
    username: user,
    password,
    database,
    request_timeout: QUERY_TIMEOUT_MS,
    max_open_connections: 16,
    // What fails is thrown, and logged once by whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
    // A question for ten thousand series does not fit an address.
    use_multipart_params_auto: true,
    // Instants are bound and returned in UTC wherever the server stands.
    clickhouse_settings: { session_timezone: 'UTC', output_format_json_quote_64bit_integers: 0 },
  })
  const select = async <Row>(sql: string, params: Record<string, unknown>) => {
    const answer = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
    return answer.json<Row>()
  }
  const bound = (scope: OrgScope, sql: string, params: Record<string, unknown>) => {
    if (!sql.includes('{orgNo:UInt32}')) throw new Error('A telemetry query without its organisation was refused.')
    return { ...params, orgNo: scope.orgNo }
  }
  const written = async (scope: OrgScope, sql: string, params: Record<string, unknown>, format: string) => {
    const { stream } = await client.exec({ query: `${sql} format ${format}`, query_params: bound(scope, sql, params) })
    return buffer(stream)
  }
  return {
    query: <Row>(scope: OrgScope, sql: string, params: Record<string, unknown> = {}) => select<Row>(sql, bound(scope, sql, params)),
    columns: async (scope, sql, params = {}) => JSON.parse((await written(scope, sql, params, 'JSONCompactColumns')).toString()),
    bytes: (scope, sql, params = {}) => written(scope, sql, params, 'JSONEachRow'),
    system: (sql, params = {}) => select(sql, params),
    command: async (sql, params = {}) => {
      await client.command({ query: sql, query_params: params })
    },
    insert: async (table, columns, rows, token) => {
      const query = new URLSearchParams({
        database,
        query: `INSERT INTO ${table} (${columns.map((c) => c.name).join(', ')}) FORMAT Native`,
      })
      // One insert may hold samples of any time a device still had: by default a server refuses more than 100 months.
      query.set('max_partitions_per_insert_block', '0')
      if (token !== undefined) query.set('insert_deduplication_token', token)
      const answer = await fetch(`${at.origin}/?${query}`, {
        method: 'POST',
        headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
        body: encodeNative(columns, rows),
        signal: AbortSignal.timeout(INSERT_TIMEOUT_MS),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`ClickHouse: ${text.slice(0, 500)}`)
    },
    close: () => client.close(),
  }
}
