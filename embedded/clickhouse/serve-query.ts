import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { encodeNative } from '#kernel/clickhouse-native.ts'
import { ByteBudget, readBody, readForm, utf8 } from './body.ts'
import type { EngineResult } from './chdb-session.ts'
import type { Call, Engine, InsertRows } from './engine.ts'
import { failure } from './failure.ts'
import { jsonColumns, parseJsonRows } from './json-rows.ts'
import { limits } from './limits.ts'
import { decodeNative, NativeFormatError } from './native-decode.ts'
import { type Credentials, demandCredentials, type FrontRequest, readRequest } from './request.ts'
import { type InsertTarget, readStatement, type Statement } from './sql-statement.ts'

export interface Answer {
  result: EngineResult
  format: string
  writtenRows: number
  writtenBytes: number
}

/** From the request to the engine's answer; whatever is wrong is thrown as a Failure. */
export class QueryService {
  readonly #engine: Engine
  readonly #credentials: Credentials
  readonly #budget = new ByteBudget(limits.insert.queuedBytes)

  constructor(engine: Engine, credentials: Credentials) {
    this.#engine = engine
    this.#credentials = credentials
  }

  async answer(incoming: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    demandCredentials(incoming.headers, this.#credentials)
    const request = readRequest(new URL(incoming.url ?? '/', 'http://front').searchParams, incoming.headers)
    const maxBytes = request.query === undefined ? limits.sqlBytes : limits.insert.bodyBytes
    const { body, release } = await readBody(incoming, maxBytes, this.#budget)
    try {
      const data = await this.#readSql(request, body, incoming)
      const statement = readStatement(request.query ?? '')
      if (incoming.method === 'GET' && statement.kind !== 'read') throw failure('ACCESS_DENIED', 'A GET request only reads.')
      return await this.#run(statement, request, data, signal)
    } finally {
      release()
    }
  }

  /** `POST /backup?database=…&name=…`: no SQL of a caller's reaches the engine, and the name is one folder's. */
  async copy(direction: 'backup' | 'restore', incoming: IncomingMessage, search: URLSearchParams, signal: AbortSignal): Promise<void> {
    demandCredentials(incoming.headers, this.#credentials)
    const [database, name] = [search.get('database') ?? '', search.get('name') ?? '']
    if (!copyName.test(name) || !copyName.test(database)) throw failure('BAD_ARGUMENTS', `?database= and ?name= match ${copyName}.`)
    const call: Call = { ...readRequest(new URLSearchParams(), {}), id: randomUUID(), signal }
    if (direction === 'backup') await this.#engine.backUp(database, name, call)
    else await this.#engine.restore(database, name, call)
  }

  /** Leaves the SQL in `request.query` and returns the data of an insert. */
  async #readSql(request: FrontRequest, body: Buffer, { headers }: IncomingMessage): Promise<Buffer> {
    const contentType = headers['content-type'] ?? ''
    if (contentType.startsWith('multipart/form-data')) {
      await readForm(request, body, contentType)
      return Buffer.alloc(0)
    }
    if (request.query !== undefined) return body
    request.query = utf8(body)
    return Buffer.alloc(0)
  }

  async #run(statement: Statement, request: FrontRequest, data: Buffer, signal: AbortSignal): Promise<Answer> {
    const call: Call = { ...request, id: randomUUID(), signal }
    if (statement.kind === 'insertData') return this.#insert(statement.target, statement.format, data, call)
    if (data.length > 0) throw failure('NOT_IMPLEMENTED', 'A body beside ?query= is taken for INSERT … FORMAT Native or JSONEachRow only.')
    for (const name of statement.parameters) {
      if (!call.parameters.has(name)) throw failure('UNKNOWN_QUERY_PARAMETER', `Substitution \`${name}\` is not set.`)
    }
    switch (statement.kind) {
      case 'read':
        return { ...nothingWritten, result: await this.#engine.read(statement.sql, call), format: statement.format ?? call.format }
      case 'write':
        return { ...nothingWritten, result: await this.#engine.write(statement.sql, call), format: call.format }
      case 'insertSelect':
        return { ...nothingWritten, result: await this.#engine.insertSelect(statement.sql, call), format: call.format }
      default:
        return statement satisfies never
    }
  }

  async #insert(target: InsertTarget, format: string, data: Buffer, call: Call): Promise<Answer> {
    const rows = await this.#readRows(target, format, data, call)
    const known = new Set(target.columns)
    for (const { name } of rows.data.columns) {
      if (target.columns && !known.has(name)) throw failure('INCORRECT_DATA', `Column ${name} is in the data but not in the statement.`)
    }
    if (rows.data.rows === 0) return { ...nothingWritten, result: nothing, format: call.format }
    const result = await this.#engine.insert(target, rows, call)
    return { result, format: call.format, writtenRows: rows.data.rows, writtenBytes: data.length }
  }

  async #readRows(target: InsertTarget, format: string, data: Buffer, call: Call): Promise<InsertRows> {
    const bounds = { rows: limits.insert.rows, columns: limits.insert.columns }
    try {
      if (format === 'Native') return { data: decodeNative(data, bounds), expressions: new Map() }
      if (format !== 'JSONEachRow') throw failure('UNKNOWN_FORMAT', `INSERT takes FORMAT Native or JSONEachRow, not ${format}.`)
      const rows = parseJsonRows(utf8(data), bounds.rows)
      const columns = jsonColumns(rows, await this.#engine.tableColumns(target, call))
      const typed = encodeNative(
        columns.map(({ column }) => column),
        rows.length,
      )
      return { data: decodeNative(typed, bounds), expressions: new Map(columns.map(({ column, expression }) => [column.name, expression])) }
    } catch (error) {
      if (error instanceof NativeFormatError) throw failure('INCORRECT_DATA', `${format}: ${error.message}.`)
      throw error
    }
  }
}

const copyName = /^[a-z][a-z0-9_-]{0,80}$/
const nothing: EngineResult = { bytes: new Uint8Array(), rowsRead: 0, bytesRead: 0 }
const nothingWritten = { writtenRows: 0, writtenBytes: 0 }
