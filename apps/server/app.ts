import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import type { Clock } from '#kernel/clock.ts'
import type { CallContext, Language } from '#kernel/context.ts'
import { type Authenticate, type HttpParts, servingOn } from '#kernel/http.ts'
import type { Idempotency } from '#kernel/idempotency.ts'
import type { Log } from '#kernel/log.ts'
import type { ServerModule } from '#kernel/module.ts'
import { openApi } from '#kernel/openapi.ts'
import { problemOf } from '#kernel/problem.ts'
import type { Translate } from '#kernel/words.ts'
import { accessApi } from '#modules/foundation/access/contract.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import { httpLimits, MAX_CONNECTIONS } from './http-limits.ts'

export interface AppParts {
  modules: readonly ServerModule[]
  authenticate: Authenticate
  idempotency: Idempotency
  translate: Translate
  clock: Clock
  log: Log
  /** Answers whether both stores answer. */
  ready: () => Promise<boolean>
  /** TLS ends at a proxy before us. */
  behindTlsProxy: boolean
  requestsPerMinute: number
  version: string
}

const BODY_LIMIT = 256 * 1024
/** A browser that came over TLS comes so for a year. */
const HSTS = 'max-age=31536000'
const TOKEN = `/api${accessApi.token.path}`
/** Busy sessions that may share an address: an office behind one router. */
const SESSIONS_AN_ADDRESS = 10
const root = resolve(import.meta.dirname, '../..')
const pages = `${root}/apps/web/dist`
const reference = `${root}/node_modules/swagger-ui-dist`
const sdk = `${root}/sdk/dist`

/** The HTTP side of the platform: every module's endpoints below /api, the API reference, health, and the built pages. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    http: httpLimits,
    requestTimeout: httpLimits.requestTimeout,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    // An SSE stream would hold a closing server for ever.
    forceCloseConnections: true,
  })
  app.server.maxConnections = MAX_CONNECTIONS
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        // The reader of barcodes is WebAssembly from our own server; `eval` of scripts stays refused.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        // Ant Design writes its styles into the page.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        upgradeInsecureRequests: null,
      },
    },
    // Over TLS alone, see below.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
  })
  const isSecure = (request: FastifyRequest) => parts.behindTlsProxy || request.protocol === 'https'
  app.addHook('onRequest', (request, reply, done) => {
    // A developer's other programs live under the name localhost too.
    if (isSecure(request) && request.hostname !== 'localhost') reply.header('strict-transport-security', HSTS)
    done()
  })
  await app.register(fastifyRateLimit, {
    max: parts.requestsPerMinute,
    timeWindow: 60_000,
    // A session or client counts by itself, whoever has none by his address; the hash of the cookie never leaves the process.
    keyGenerator: (request) => request.headers.authorization ?? request.cookies.lianshu_session ?? request.ip,
    allowList: isNoApi,
    errorResponseBuilder: () => requestErrors.tooMany(),
  })
  // Behind a proxy all have its address.
  if (!parts.behindTlsProxy) limitAddresses(app, parts.requestsPerMinute * SESSIONS_AN_ADDRESS)
  // RFC 6749 §4.4.2 asks for its token by a form. Nothing else takes one: a foreign page can send forms, to log-in too.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.url !== TOKEN) return done(requestErrors.invalid())
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  const callOf = (request: FastifyRequest) => callContext(request, parts.clock)
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, callOf(request), parts.translate)
    if (problem.status >= 500) request.log.error({ err: error, url: request.routeOptions.url, trace: problem.traceId }, problem.code)
    if (problem.status === 503) reply.header('retry-after', '2')
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .header('cache-control', 'no-store')
      .send({ ...problem, instance: request.url })
  })
  await app.register(async (api) => apiRoutes(api, { ...parts, callOf, isSecure }), { prefix: '/api' })
  await pageRoutes(app, callOf, parts.translate)
  return app
}

const isNoApi = (request: FastifyRequest) => !request.url.startsWith('/api/')

/** Whoever invents a credential with each request would count as somebody new each time. */
function limitAddresses(app: FastifyInstance, max: number): void {
  const counted = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: ({ ip }) => `address ${ip}`, allowList: isNoApi })
  app.addHook('onRequest', async (request, reply) => {
    const count = await counted(request)
    if (count.isAllowed || !count.isExceeded) return
    reply.header('retry-after', count.ttlInSeconds)
    throw requestErrors.tooMany()
  })
}

async function apiRoutes(api: FastifyInstance, parts: AppParts & Pick<HttpParts, 'callOf' | 'isSecure'>): Promise<void> {
  const served = new Set<Endpoint>()
  const serving = servingOn(api, { ...parts, served })
  for (const module of parts.modules) {
    module.routes(serving)
    const missing = Object.entries(module.api).filter(([, endpoint]) => !served.has(endpoint))
    if (missing.length > 0)
      throw new Error(`${module.name}: its contract promises what no route serves: ${missing.map(([name]) => name).join(', ')}`)
  }
  const document = openApi(parts.modules, parts.version)
  api.get('/openapi.json', async () => document)
  api.get('/health/live', async () => ({ alive: true }))
  api.get('/health/ready', async (_request, reply) => {
    const ready = await parts.ready()
    return reply.code(ready ? 200 : 503).send({ ready })
  })
  await api.register(fastifyStatic, {
    root: reference,
    prefix: '/docs/parts/',
    allowedPath: (path) => /^\/swagger-ui(-bundle|-standalone-preset)?\.(js|css)$/.test(path),
  })
  // Built with the pages; a server that was started without them has none to offer.
  if (existsSync(`${sdk}/lianshu-sdk.js`)) {
    await api.register(fastifyStatic, {
      root: sdk,
      prefix: '/docs/sdk/',
      decorateReply: false,
      setHeaders: (reply, path) => {
        reply.header('content-disposition', `attachment; filename="${basename(path)}"`)
        reply.header('cache-control', 'no-cache')
      },
    })
  }
  api.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(referencePage))
  api.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript').send(referenceStart))
  api.setNotFoundHandler(() => {
    throw requestErrors.notFound()
  })
}

const referencePage = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>链枢 API</title>
<link rel="stylesheet" href="/api/docs/parts/swagger-ui.css"></head><body><div id="api"></div>
<script src="/api/docs/parts/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`
const referenceStart = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'none', validatorUrl: null, requestInterceptor: async (r) => {
  if (r.method !== 'GET' && !r.headers.Authorization) { const s = await fetch('/api/access/session'); if (s.ok) r.headers['x-csrf-token'] = (await s.json()).csrfToken }
  return r } })`

async function pageRoutes(app: FastifyInstance, callOf: (request: FastifyRequest) => CallContext, translate: Translate): Promise<void> {
  const built = existsSync(`${pages}/index.html`)
  if (built) {
    await app.register(fastifyStatic, {
      root: pages,
      setHeaders: (reply, path) => {
        // Built files carry their hash in the name; the page that names them does not.
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    // Any other address is a page of the single-page application; what looks like a file or asks for data is not there.
    if (built && request.method === 'GET' && request.headers.accept?.includes('text/html')) {
      return reply.header('cache-control', 'no-cache').sendFile('index.html')
    }
    return reply
      .code(404)
      .type('application/problem+json')
      .send(problemOf(requestErrors.notFound(), callOf(request), translate))
  })
}

const TRACE = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

function callContext(request: FastifyRequest, clock: Clock): CallContext {
  const locale: Language = /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en-US' : 'zh-CN'
  const trace = TRACE.exec(String(request.headers.traceparent ?? ''))?.[1]
  return {
    now: clock.now(),
    locale,
    traceId: trace ?? request.id,
    address: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
  }
}
