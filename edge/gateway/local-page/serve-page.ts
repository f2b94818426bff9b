import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../clock.ts'
import { type Config, isLoopback } from '../config.ts'
import type { EventLog } from '../event-log.ts'
import { pageHtml, type ShownStatus } from './page-html.ts'

export const LOCAL_PAGE_PORT = 8_690

type Settings = Pick<Config, 'pagePort' | 'pageAddress' | 'pagePassword' | 'user' | 'server'>

const REQUEST_MS = 5_000
const CONNECTIONS = 20

/**
 * The page at the computer itself: how the gateway is, nothing to change. Where it cannot be served the gateway goes on and says so. The port that it
 * has; undefined where there is none.
 */
export async function servePage(
  settings: Settings,
  source: { shown(): Promise<ShownStatus> },
  log: EventLog,
  clock: Clock,
): Promise<{ port: number; close(): void } | undefined> {
  if (settings.pagePort === undefined) return undefined
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    answer(settings, source, clock, request, response).catch(() => response.destroy())
  })
  server.maxConnections = CONNECTIONS
  // It keeps no process alive.
  server.unref()
  return new Promise((resolve) => {
    server.once('error', (error) => {
      log.add('warning', 'gateways.pageFailed', { error: error.message })
      resolve(undefined)
    })
    server.listen(settings.pagePort, settings.pageAddress, () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address ? address.port : 0, close: () => void server.close() })
    })
  })
}

async function answer(
  settings: Settings,
  source: { shown(): Promise<ShownStatus> },
  clock: Clock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const end = (status: number, headers: Record<string, string> = {}) => void response.writeHead(status, headers).end()
  // A page of the internet must not read this one by a name that leads here.
  if (!isOwnHost(request.headers.host, settings.pageAddress)) return end(421)
  if (!mayRead(request.headers.authorization, settings.pagePassword))
    return end(401, { 'www-authenticate': 'Basic realm="lianshu-gateway", charset="UTF-8"' })
  if (request.method !== 'GET') return end(405, { allow: 'GET' })
  if (url.pathname !== '/') return end(404)
  const wanted = url.searchParams.get('lang') ?? request.headers['accept-language'] ?? 'zh'
  const html = pageHtml({
    ...(await source.shown()),
    ...{ user: settings.user, server: settings.server, nowMs: clock.nowMs() },
    language: /^en/i.test(wanted) ? 'en' : 'zh',
  })
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .end(html)
}

function isOwnHost(host: string | undefined, address: string): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  const plain = hostname.replace(/^\[|\]$/g, '')
  return (
    plain === address || (isLoopback(address) && (plain === 'localhost' || isLoopback(plain))) || address === '0.0.0.0' || address === '::'
  )
}

const hashed = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whatever the name is. */
function mayRead(authorization: string | undefined, password: string | undefined): boolean {
  if (password === undefined) return true
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? []
  const [, ...given] = Buffer.from(encoded, 'base64').toString().split(':')
  return timingSafeEqual(hashed(given.join(':')), hashed(password))
}
