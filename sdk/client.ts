import { readEvents } from './events.ts'
import { LianshuError, type Request, send } from './request.ts'
import type { Acknowledgement, CallOptions, ClientBase, ClientOptions, DeviceCredential, DeviceMessage, PageOf } from './types.ts'

/** One endpoint as the bundle keeps it: method, path, how the answer comes (`json` unless said), and marks of the contract. */
interface Row {
  method: string
  path: string
  answer?: string
  bytes?: true
  secret?: true
  question?: true
}

/** Module → method → endpoint; written in by the build. */
declare const LIANSHU_ENDPOINTS: Record<string, Record<string, Row>>

interface Input {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
  bytes?: Uint8Array
}

export { LianshuError }

/** A client of the whole public API: `client.<module>.<endpoint>({ params, query, body })`. */
export function createClient(options: ClientOptions): ClientBase {
  const token = tokenOf(options)
  const modules = Object.fromEntries(
    Object.entries(LIANSHU_ENDPOINTS).map(([module, rows]) => [
      module,
      Object.fromEntries(
        Object.entries(rows).map(([name, row]) => [name, (input?: Input, call?: CallOptions) => run(options, token, row, input, call)]),
      ),
    ]),
  )
  return {
    ...modules,
    each: ((list: List, input?: object, call?: CallOptions) => eachOf(list, input, call)) as ClientBase['each'],
    sendValues: (device, messages, call) => sendValues(options, device, messages, call?.signal),
  }
}

type Token = { get(signal?: AbortSignal): Promise<string>; forget(token: string): void }

/** Asked for once however many calls wait for it, and anew a minute before it ends. */
function tokenOf(options: ClientOptions): Token {
  let asked: Promise<{ token: string; untilMs: number }> | undefined
  const ask = async () => {
    const startedMs = performance.now()
    const basic = btoa(`${encodeURIComponent(options.clientId)}:${encodeURIComponent(options.clientSecret)}`)
    const answer = await send(options, {
      method: 'POST',
      path: '/access/token',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', ...(options.scope ? { scope: options.scope.join(' ') } : {}) }),
      safe: true,
    })
    const { access_token: token, expires_in: seconds } = (await answer.json()) as { access_token: string; expires_in: number }
    return { token, untilMs: startedMs + (seconds - 60) * 1_000 }
  }
  return {
    get: async () => {
      const known = await asked?.catch(() => undefined)
      if (!known || known.untilMs <= performance.now()) {
        const mine = ask()
        asked = mine
        mine.catch(() => undefined)
      }
      return (await (asked as Promise<{ token: string }>)).token
    },
    forget: () => {
      asked = undefined
    },
  }
}

async function run(options: ClientOptions, token: Token, row: Row, input: Input = {}, call: CallOptions = {}): Promise<unknown> {
  const once = row.method === 'POST' && !row.question && !row.secret && !row.bytes
  const needsBody = !row.bytes && row.method !== 'GET' && row.method !== 'DELETE'
  const request: Request = {
    method: row.method,
    path: pathOf(row, input),
    headers: {
      accept: row.answer === 'sse' ? 'text/event-stream' : '*/*',
      ...(once ? { 'idempotency-key': call.idempotencyKey ?? crypto.randomUUID() } : {}),
      ...(row.bytes ? { 'content-type': 'application/octet-stream' } : needsBody ? { 'content-type': 'application/json' } : {}),
    },
    safe: row.method === 'GET' || row.question === true || once,
    signal: call.signal,
    ...(row.bytes && input.bytes ? { body: input.bytes } : needsBody ? { body: JSON.stringify(input.body ?? {}) } : {}),
  }
  const answer = await withToken(options, token, request)
  switch (row.answer) {
    case 'sse':
      return readEvents(answer)
    case 'csv':
      return answer.text()
    case 'xlsx':
    case 'pdf':
    case 'file':
      return new Uint8Array(await answer.arrayBuffer())
    default:
      return answer.status === 204 ? undefined : answer.json()
  }
}

/** A token may end before its hour: when its client was changed, or the server was restored. */
async function withToken(options: ClientOptions, token: Token, request: Request): Promise<Response> {
  const used = await token.get()
  const signed = (bearer: string) => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${bearer}` } })
  try {
    return await send(options, signed(used))
  } catch (error) {
    if (!(error instanceof LianshuError) || error.status !== 401) throw error
    token.forget(used)
    return send(options, signed(await token.get()))
  }
}

function pathOf(row: Row, { params = {}, query = {} }: Input): string {
  const path = row.path.replace(/:([A-Za-z]\w*)/g, (_, name: string) => {
    if (params[name] === undefined || params[name] === '') throw new TypeError(`${row.method} ${row.path}: params.${name} is missing`)
    return encodeURIComponent(String(params[name]))
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) search.append(name, one instanceof Date ? one.toISOString() : String(one))
  }
  return search.size > 0 ? `${path}?${search}` : path
}

type List = (input?: { query?: object }, options?: CallOptions) => Promise<PageOf<unknown>>

async function* eachOf(
  list: List,
  input: { query?: object } | undefined,
  options: Pick<CallOptions, 'signal'> = {},
): AsyncGenerator<unknown> {
  let cursor: string | undefined
  do {
    const page = await list({ ...input, query: { ...input?.query, ...(cursor === undefined ? {} : { cursor }) } }, options)
    yield* page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

/** Below the server's 256 kB, with room for the brackets. */
const MAX_BATCH_BYTES = 240_000
const encoder = new TextEncoder()

async function sendValues(
  options: ClientOptions,
  { userName, secret }: DeviceCredential,
  messages: readonly DeviceMessage[],
  signal: AbortSignal | undefined,
): Promise<Acknowledgement> {
  const sum: Acknowledgement = { stored: 0, refused: 0, refusals: [] }
  const authorization = `Basic ${btoa(String.fromCharCode(...encoder.encode(`${userName}:${secret}`)))}`
  let first = 0
  for (const batch of batchesOf(messages)) {
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await send(options, {
      method: 'POST',
      path: '/telemetry/push',
      headers,
      body: `[${batch.join(',')}]`,
      safe: true,
      signal,
    })
    const part = (await answer.json()) as Acknowledgement
    sum.stored += part.stored
    sum.refused += part.refused
    for (const refusal of part.refusals) sum.refusals.push({ ...refusal, message: refusal.message + first })
    first += batch.length
  }
  return sum
}

function* batchesOf(messages: readonly DeviceMessage[]): Generator<string[]> {
  let batch: string[] = []
  let bytes = 0
  for (const message of messages) {
    const text = JSON.stringify({ ...message, ts: Number(message.ts) })
    const size = encoder.encode(text).length + 1
    if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(text)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
