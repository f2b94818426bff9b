import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '@fastify/cookie'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import type { CallContext, Context, Language } from './context.ts'
import { disposition, type FileAnswer, type StoredFileAnswer, sendFile } from './file-answer.ts'
import type { Idempotency } from './idempotency.ts'
import { refuseSlowBody, type Upload, uploadOf } from './upload.ts'

/** Who the caller is, found by the access module from cookie or bearer token. */
export interface Identity {
  ctx: Omit<Context, keyof CallContext>
  /** What a changing request must send back as `x-csrf-token`; undefined for bearer tokens, which no browser sends by itself. */
  csrfToken?: string
  locale?: Language
}
export interface Credentials {
  cookie?: string
  bearer?: string
  /** Only asks whether they still hold: nobody is at work because of it, so that an idle session ends all the same. */
  passive?: boolean
}
export type Authenticate = (credentials: Credentials, call: CallContext) => Promise<Identity | undefined>

/** The cookie of a session, for the few endpoints that start or end one. */
export interface SessionCookie {
  set(token: string, expiresAt: Date): void
  clear(): void
}

interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
}

/** An answer of megabytes in the store's own JSON: reading and writing it once more would cost more than the question. */
export class JsonBytes {
  readonly bytes: Buffer
  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** What a module hands over: it never sees the server itself. */
export type Routes = (on: Serving) => void

export interface Serving {
  /** Signed-in endpoints; the permission is checked before the handler runs. */
  serve<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (input: Input<P, Q, B> & { ctx: Context; cookie: SessionCookie }) => Promise<z.input<R> | JsonBytes>,
  ): void
  /** Endpoints with permission `public` or `device`, which find out themselves who calls. */
  servePublic<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (
      input: Input<P, Q, B> & { call: CallContext; cookie: SessionCookie; authorization: string | undefined; signal: AbortSignal },
    ) => Promise<z.input<R>>,
  ): void
  /** `answer: 'sse'`: each item is one server-sent event; `signal` ends with the connection. */
  serveEvents<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (input: Input<P, Q, B> & { ctx: Context; signal: AbortSignal }) => Promise<AsyncIterable<z.input<R>>>,
  ): void
  /** `answer: 'csv'`: a download, streamed. */
  serveText<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (input: Input<P, Q, B> & { ctx: Context; signal: AbortSignal }) => Promise<{ fileName: string; chunks: AsyncIterable<string> }>,
  ): void
  /** `answer: 'xlsx'`, `'pdf'` or `'file'`: a download; only an image that the platform itself has recognised is shown in the browser. */
  serveFile<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (input: Input<P, Q, B> & { ctx: Context }) => Promise<FileAnswer | StoredFileAnswer>,
  ): void
  /** `takes: 'bytes'`: a file as it is; nothing of it is read before the caller and his permission are known. */
  serveUpload<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (input: Omit<Input<P, Q, B>, 'body'> & { ctx: Context; upload: Upload }) => Promise<z.input<R>>,
  ): void
  /** As `serveUpload` with permission `device`: the handler finds out who calls before it reads. */
  serveDeviceUpload<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    handle: (
      input: Omit<Input<P, Q, B>, 'body'> & { call: CallContext; authorization: string | undefined; upload: Upload },
    ) => Promise<z.input<R>>,
  ): void
}

export interface HttpParts {
  authenticate: Authenticate
  idempotency: Idempotency
  /** Came over TLS, here or at a proxy before us. */
  isSecure(request: FastifyRequest): boolean
  callOf(request: FastifyRequest): CallContext
  /** Gets every endpoint that a route was made for. */
  served: Set<Endpoint>
}

/** A gateway's configuration is a megabyte of the same words, and goes over whatever line the plant has. */
const GZIP_FROM_CHARACTERS = 16 * 1024
const gzipped = promisify(gzip)
const COOKIE = 'lianshu_session'
const EVENT_KEEPALIVE_MS = 15_000
/** How long a stream of events may outlive the session or the permission that opened it. */
const EVENT_RECHECK_MS = 30_000

export function servingOn(app: FastifyInstance, parts: HttpParts): Serving {
  const route: Route = (e, handler) => {
    parts.served.add(e)
    app.route({
      method: e.method,
      url: e.path,
      handler,
      preParsing: refuseSlowBody,
      ...(e.bodyLimit === undefined ? {} : { bodyLimit: e.bodyLimit }),
    })
  }
  const cookieOf = (reply: FastifyReply): SessionCookie => ({
    set: (token, expires) => void reply.setCookie(COOKIE, token, { ...cookieOptions(reply), expires }),
    clear: () => void reply.clearCookie(COOKIE, cookieOptions(reply)),
  })
  const cookieOptions = ({ request }: FastifyReply) =>
    ({ path: '/', httpOnly: true, sameSite: 'strict', secure: parts.isSecure(request) }) as const
  const identify = (e: Endpoint, request: FastifyRequest) => contextOf(e, request, parts)
  return {
    serve: (e, handle) =>
      route(e, async (request, reply) => {
        const ctx = await identify(e, request)
        const input = inputOf(e, request)
        const cookie = cookieOf(reply)
        const run = async (acting: Context) => {
          const answer = await handle({ ...input, ctx: acting, cookie })
          return { status: e.status ?? 200, body: answer instanceof JsonBytes ? answer : (e.response.parse(answer) as unknown) }
        }
        const key = request.headers['idempotency-key']
        const answer =
          e.method === 'POST' && typeof key === 'string' && !e.secret && !e.question
            ? await parts.idempotency.once(ctx, key, requestHash(e, request), run)
            : await run(ctx)
        reply.code(answer.status).header('cache-control', 'no-store')
        return answer.body instanceof JsonBytes
          ? reply.type('application/json; charset=utf-8').send(answer.body.bytes)
          : reply.send(answer.body)
      }),
    servePublic: (e, handle) =>
      route(e, async (request, reply) => {
        const input = {
          ...inputOf(e, request),
          call: parts.callOf(request),
          cookie: cookieOf(reply),
          authorization: request.headers.authorization,
          signal: endOf(reply),
        }
        const body = e.response.parse(await handle(input))
        reply.code(e.status ?? 200).header('cache-control', 'no-store')
        const text = request.headers['accept-encoding']?.includes('gzip') ? JSON.stringify(body) : ''
        if (text.length < GZIP_FROM_CHARACTERS) return reply.send(body)
        return reply
          .type('application/json; charset=utf-8')
          .header('content-encoding', 'gzip')
          .send(await gzipped(text))
      }),
    serveEvents: (e, handle) =>
      route(e, async (request, reply) => {
        const ctx = await identify(e, request)
        const signal = AbortSignal.any([endOf(reply), endOfRight(e, request, reply, parts)])
        const events = await handle({ ...inputOf(e, request), ctx, signal })
        reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8')
        return reply.send(Readable.from(eventText(events, signal), { objectMode: false, highWaterMark: 64 * 1024 }))
      }),
    ...fileServing(app, route, identify, parts),
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
type Route = (e: Endpoint, handler: Handler) => void

/** What comes or goes as a file. */
function fileServing(
  app: FastifyInstance,
  route: Route,
  identify: (e: Endpoint, request: FastifyRequest) => Promise<Context>,
  parts: HttpParts,
): Pick<Serving, 'serveText' | 'serveFile' | 'serveUpload' | 'serveDeviceUpload'> {
  return {
    serveText: (e, handle) =>
      route(e, async (request, reply) => {
        const ctx = await identify(e, request)
        const { fileName, chunks } = await handle({ ...inputOf(e, request), ctx, signal: endOf(reply) })
        reply.header('cache-control', 'no-store').type('text/csv; charset=utf-8')
        reply.header('content-disposition', disposition('attachment', fileName))
        return reply.send(Readable.from(chunks, { objectMode: false }))
      }),
    serveFile: (e, handle) =>
      route(e, async (request, reply) => {
        const ctx = await identify(e, request)
        return sendFile(request, reply, await handle({ ...inputOf(e, request), ctx }))
      }),
    serveUpload: (e, handle) => {
      const callers = new WeakMap<FastifyRequest, Context>()
      const identified = async (request: FastifyRequest) => void callers.set(request, await identify(e, request))
      uploadRoute(app, parts, e, identified, async (request) => {
        const { params, query } = inputOf({ ...e, body: z.unknown() }, request)
        const ctx = callers.get(request)
        if (!ctx) throw new Error('An upload without its caller.')
        return e.response.parse(await handle({ params, query, ctx, upload: uploadOf(request, e.bodyLimit) }))
      })
    },
    serveDeviceUpload: (e, handle) =>
      uploadRoute(app, parts, e, undefined, async (request) => {
        const { params, query } = inputOf({ ...e, body: z.unknown() }, request)
        const { authorization } = request.headers
        const input = { params, query, call: parts.callOf(request), authorization, upload: uploadOf(request, e.bodyLimit) }
        return e.response.parse(await handle(input))
      }),
  }
}

/** In a scope of its own, where no body is parsed. */
function uploadRoute(
  app: FastifyInstance,
  parts: HttpParts,
  e: Endpoint,
  before: ((request: FastifyRequest) => Promise<void>) | undefined,
  answer: (request: FastifyRequest) => Promise<unknown>,
): void {
  parts.served.add(e)
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.route({
      method: e.method,
      url: e.path,
      ...(before ? { onRequest: before } : {}),
      handler: async (request, reply) => {
        const body = await answer(request)
        return reply
          .code(e.status ?? 200)
          .header('cache-control', 'no-store')
          .send(body)
      },
    })
  })
}

function inputOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  request: FastifyRequest,
) {
  // Fastify answers null for a request without a body.
  const body = request.body === null ? undefined : request.body
  return { params: e.params.parse(request.params), query: e.query.parse(request.query), body: e.body.parse(body) }
}

async function contextOf(e: Endpoint, request: FastifyRequest, parts: HttpParts): Promise<Context> {
  const call = parts.callOf(request)
  const identity = await parts.authenticate({ ...credentialsOf(request), ...(e.passive ? { passive: true } : {}) }, call)
  if (!identity) throw requestErrors.notSignedIn()
  if (identity.csrfToken !== undefined && e.method !== 'GET' && request.headers['x-csrf-token'] !== identity.csrfToken)
    throw requestErrors.csrf()
  const ctx: Context = {
    ...call,
    ...identity.ctx,
    locale: request.headers['accept-language'] ? call.locale : (identity.locale ?? call.locale),
  }
  if (e.permission !== 'signedIn' && !ctx.scopes.permissions.has(e.permission)) throw requestErrors.notAllowed({ permission: e.permission })
  return ctx
}

function credentialsOf(request: FastifyRequest): Credentials {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  const cookie = request.cookies[COOKIE]
  return { ...(bearer ? { bearer } : {}), ...(cookie ? { cookie } : {}) }
}

/** Ends when the session or token is over, or the permission gone, while the connection goes on. */
function endOfRight(e: Endpoint, request: FastifyRequest, reply: FastifyReply, parts: HttpParts): AbortSignal {
  const end = new AbortController()
  const credentials = { ...credentialsOf(request), passive: true }
  const check = async () => {
    const identity = await parts.authenticate(credentials, parts.callOf(request))
    if (!identity || (e.permission !== 'signedIn' && !identity.ctx.scopes.permissions.has(e.permission))) end.abort()
  }
  // A database that does not answer for a moment ends no stream.
  const timer = setInterval(() => void check().catch(() => undefined), EVENT_RECHECK_MS)
  reply.raw.once('close', () => clearInterval(timer))
  return end.signal
}

function requestHash(e: Endpoint, request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([e.method, request.url, request.body ?? null]))
    .digest()
}

function endOf(reply: FastifyReply): AbortSignal {
  const end = new AbortController()
  reply.raw.once('close', () => end.abort())
  return end.signal
}

/** Events as text; a comment keeps proxies from cutting a quiet stream. Ends with the events or the signal. */
async function* eventText(events: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<string> {
  yield 'retry: 2000\n\n'
  const iterator = events[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    while (!signal.aborted) {
      let timer: NodeJS.Timeout | undefined
      const quiet = new Promise<'quiet'>((resolve) => {
        timer = setTimeout(() => resolve('quiet'), EVENT_KEEPALIVE_MS)
      })
      const event = await Promise.race([next, quiet])
      clearTimeout(timer)
      if (signal.aborted) return
      if (event === 'quiet') yield ': alive\n\n'
      else if (event.done) return
      else {
        yield `data: ${JSON.stringify(event.value)}\n\n`
        next = iterator.next()
      }
    }
  } finally {
    next.catch(() => undefined)
    await iterator.return?.()
  }
}
