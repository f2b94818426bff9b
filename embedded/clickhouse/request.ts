import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { failure } from './failure.ts'
import { limits } from './limits.ts'

/** What a request of ClickHouse's HTTP interface says in its address and headers. */
export interface FrontRequest {
  query: string | undefined
  database: string
  queryId: string | undefined
  format: string
  settings: Map<string, string>
  parameters: Map<string, string>
}

/** Understood by the server's HTTP layer and without meaning here: results are whole before the first byte is sent. */
const ignored = new Set([
  'compress',
  'decompress',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'send_progress_in_http_headers',
  'add_http_cors_header',
  'client_protocol_version',
  'close_session',
])
const refused = new Set(['session_id', 'role', 'user', 'password', 'quota_key', 'readonly', 'stacktrace'])
const settingName = /^[a-z][a-z0-9_]{0,80}$/
const parameterName = /^[A-Za-z_][A-Za-z0-9_]{0,80}$/
const formatName = /^[A-Z][A-Za-z0-9]{0,40}$/

export function readRequest(search: URLSearchParams, headers: IncomingHttpHeaders): FrontRequest {
  const request: FrontRequest = {
    query: undefined,
    database: text(headers['x-clickhouse-database']) ?? 'default',
    queryId: undefined,
    format: text(headers['x-clickhouse-format']) ?? 'TabSeparated',
    settings: new Map(),
    parameters: new Map(),
  }
  for (const [name, value] of search) readField(request, name, value)
  if (!formatName.test(request.format)) throw failure('UNKNOWN_FORMAT', `Unknown format ${JSON.stringify(request.format)}.`)
  if (request.settings.size > limits.settings) throw failure('BAD_ARGUMENTS', `More than ${limits.settings} settings.`)
  if (request.parameters.size > limits.parameters) throw failure('BAD_ARGUMENTS', `More than ${limits.parameters} query parameters.`)
  return request
}

/** Also for the parts of a multipart body, in which the client sends parameters too long for an address. */
export function readField(request: FrontRequest, name: string, value: string): void {
  if (name === 'query') request.query = value
  else if (name === 'database') request.database = value
  else if (name === 'query_id') request.queryId = value
  else if (name === 'default_format') request.format = value
  else if (name.startsWith('param_')) addParameter(request, name.slice('param_'.length), value)
  else if (refused.has(name)) throw failure('NOT_IMPLEMENTED', `The URL parameter ${name} is not served here.`)
  else if (!ignored.has(name)) addSetting(request, name, value)
}

function addParameter({ parameters }: FrontRequest, name: string, value: string): void {
  if (!parameterName.test(name)) throw failure('BAD_ARGUMENTS', `A query parameter named ${JSON.stringify(name)}.`)
  parameters.set(name, value)
}

function addSetting({ settings }: FrontRequest, name: string, value: string): void {
  if (!settingName.test(name)) throw failure('BAD_ARGUMENTS', `A setting named ${JSON.stringify(name)}.`)
  settings.set(name, value)
}

const text = (header: string | string[] | undefined) => (typeof header === 'string' && header !== '' ? header : undefined)

export interface Credentials {
  user: string
  password: string
}

/** Throws unless the request carries the front's user and password, compared in constant time. */
export function demandCredentials(headers: IncomingHttpHeaders, expected: Credentials): void {
  const given = readCredentials(headers)
  if (!given)
    throw failure('REQUIRED_PASSWORD', 'Authentication is required: basic authentication or X-ClickHouse-User and X-ClickHouse-Key.')
  const userRight = isSame(given.user, expected.user)
  const passwordRight = isSame(given.password, expected.password)
  if (!userRight || !passwordRight)
    throw failure('AUTHENTICATION_FAILED', 'Authentication failed: password is incorrect, or there is no such user.')
}

function readCredentials(headers: IncomingHttpHeaders): Credentials | undefined {
  const user = text(headers['x-clickhouse-user'])
  if (user !== undefined) return { user, password: text(headers['x-clickhouse-key']) ?? '' }
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1024})$/.exec(headers.authorization ?? '')?.[1]
  if (basic === undefined) return undefined
  const pair = Buffer.from(basic, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { user: pair.slice(0, colon), password: pair.slice(colon + 1) }
}

const digest = (value: string) => createHash('sha256').update(value).digest()
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
