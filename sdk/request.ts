import { nowMs } from './clock.ts'
import type { ClientOptions, LianshuError as Described } from './types.ts'

export interface Request {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array
  /** Whether trying again can do nothing twice. */
  safe: boolean
  signal?: AbortSignal | undefined
}

const standardMembers = new Set(['type', 'title', 'status', 'code', 'detail', 'instance', 'fields', 'traceId'])

export class LianshuError extends Error implements Described {
  readonly code: string
  readonly status: number
  readonly traceId: string
  readonly fields: Record<string, string[]>
  readonly details: Record<string, unknown>
  constructor(status: number, problem: Record<string, unknown>) {
    super(String(problem.detail ?? problem.code))
    this.name = 'LianshuError'
    this.code = String(problem.code ?? (status >= 500 ? 'request.unavailable' : 'request.invalid'))
    this.status = status
    this.traceId = String(problem.traceId ?? '')
    this.fields = (problem.fields ?? {}) as Record<string, string[]>
    this.details = Object.fromEntries(Object.entries(problem).filter(([name]) => !standardMembers.has(name)))
  }
}

const DEFAULT_TRIES = 5
const DEFAULT_TIMEOUT_MS = 60_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** A server that asks for a longer pause than this is left alone: the caller hears of it. */
const LONGEST_RETRY_AFTER_MS = 120_000

/** Answers of 2xx; anything else as LianshuError, after as many tries as are allowed and safe. */
export async function send(options: ClientOptions, request: Request): Promise<Response> {
  const tries = Math.max(1, options.tries ?? DEFAULT_TRIES)
  for (let n = 1; ; n += 1) {
    request.signal?.throwIfAborted()
    const { answer, error } = await once(options, request)
    if (answer?.ok) return answer
    const failure = error ?? new LianshuError(answer?.status ?? 0, await problemOf(answer))
    const pause = pauseMs(answer, n)
    // 429 was refused before anything was done; after 503 or no answer at all nobody knows.
    const again = failure.status === 429 || (request.safe && [0, 502, 503, 504].includes(failure.status))
    if (!again || n >= tries || pause > LONGEST_RETRY_AFTER_MS) throw failure
    await sleep(pause, request.signal)
  }
}

async function once(
  options: ClientOptions,
  { method, path, headers, body, signal }: Request,
): Promise<{ answer?: Response; error?: LianshuError }> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  try {
    const answer = await (options.fetch ?? fetch)(`${options.address.replace(/\/+$/, '')}/api${path}`, {
      method,
      headers: { 'accept-language': options.language ?? 'zh-CN', ...headers },
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
    })
    return { answer }
  } catch (cause) {
    signal?.throwIfAborted()
    const code = timeout.aborted ? 'sdk.timeout' : 'sdk.unreachable'
    const error = new LianshuError(0, {
      code,
      detail: `${method} ${path}: ${timeout.aborted ? 'no answer in time' : 'the server does not answer'}`,
    })
    error.cause = cause
    return { error }
  }
}

const problemOf = async (answer: Response | undefined): Promise<Record<string, unknown>> => {
  const body: unknown = await answer?.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

/** Retry-After in seconds or as a date, else doubling with jitter. */
function pauseMs(answer: Response | undefined, n: number): number {
  const header = answer?.headers.get('retry-after')
  if (header) {
    const seconds = Number(header)
    const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - nowMs()
    if (Number.isFinite(wait)) return Math.max(0, wait)
  }
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (n - 1)) * (0.5 + Math.random() / 2)
}

const sleep = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms)
    function done() {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    function stop() {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
