import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from './engine.ts'
import { engineFailure, failure } from './failure.ts'
import { limits } from './limits.ts'
import type { Credentials } from './request.ts'
import { type Answer, QueryService } from './serve-query.ts'

export interface Front {
  /** Takes nothing new, lets what runs end for a while, then ends it; the engine is closed when it resolves. */
  close(): Promise<void>
}

const queryIdPattern = /^[\x21-\x7e]{1,128}$/
const bodyTimeoutMs = 60_000

export async function startFront(engine: Engine, credentials: Credentials, port: number): Promise<Front> {
  const service = new QueryService(engine, credentials)
  let running = 0
  let closing = false
  const server = createServer({ maxHeaderSize: limits.headerBytes, requestTimeout: bodyTimeoutMs }, (request, response) => {
    running++
    response.once('close', () => running--)
    void handle(service, request, response, closing)
  })
  // Longer than the client's own keep-alive, so that it is never us who close a connection it is about to use.
  server.keepAliveTimeout = 65_000
  await listen(server, port)
  return {
    async close() {
      closing = true
      const closed = once(server, 'close')
      server.close()
      const giveUpAt = performance.now() + limits.drainMs
      while (running > 0 && performance.now() < giveUpAt) {
        server.closeIdleConnections()
        await sleep(20)
      }
      await engine.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

async function handle(service: QueryService, request: IncomingMessage, response: ServerResponse, closing: boolean): Promise<void> {
  const givenUp = new AbortController()
  response.once('close', () => givenUp.abort())
  const url = new URL(request.url ?? '/', 'http://front')
  const queryId = url.searchParams.get('query_id') ?? ''
  response.setHeader('X-ClickHouse-Query-Id', queryIdPattern.test(queryId) ? queryId : randomUUID())
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  try {
    if (url.pathname === '/ping') return sendOk(response)
    if ((url.pathname === '/backup' || url.pathname === '/restore') && request.method === 'POST' && !closing) {
      await service.copy(url.pathname === '/backup' ? 'backup' : 'restore', request, url.searchParams, givenUp.signal)
      return sendOk(response)
    }
    if (url.pathname !== '/') throw failure('BAD_ARGUMENTS', `There is nothing at ${url.pathname}.`)
    if (closing) throw failure('ABORTED', 'The server is stopping.')
    if (request.method !== 'POST' && request.method !== 'GET') throw failure('NOT_IMPLEMENTED', `Method ${request.method} is not served.`)
    const startedAt = performance.now()
    const answer = await service.answer(request, givenUp.signal)
    sendAnswer(response, answer, performance.now() - startedAt)
  } catch (error) {
    sendFailure(request, response, error)
  }
}

function sendOk(response: ServerResponse): void {
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.end('Ok.\n')
}

function sendAnswer(response: ServerResponse, { result, format, writtenRows, writtenBytes }: Answer, elapsedMs: number): void {
  const summary = {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: String(writtenRows),
    written_bytes: String(writtenBytes),
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(elapsedMs * 1e6)),
  }
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary))
  response.setHeader('X-ClickHouse-Format', format)
  response.setHeader('Content-Type', contentType(format))
  response.setHeader('Content-Length', result.bytes.length)
  response.end(result.bytes)
}

function contentType(format: string): string {
  if (/^JSON.*EachRow/.test(format)) return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8'
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  if (/^(Native|RowBinary|Parquet|Arrow|ORC|Avro)/.test(format)) return 'application/octet-stream'
  return 'text/plain; charset=UTF-8'
}

function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return
  const { code, status, message } = engineFailure(error)
  response.statusCode = status
  response.setHeader('X-ClickHouse-Exception-Code', code)
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse"')
  // What is left of a refused body would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  response.end(`${message}\n`)
}
