import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { gunzipSync } from 'node:zlib'
import type { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { BatchRefused, NoTransport, type Transport } from './uplink/transport.ts'

export interface ServerSettings {
  /** `https://host`, the platform's address. */
  url: string
  /** Absent while it has none. */
  user?: string
  secret?: string
  /** In which refusals are worded. */
  language?: 'zh-CN' | 'en-US'
  ca?: Buffer | undefined
}

const ANSWER_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 20_000
/** The platform answers a long poll within 25 s. */
export const LONG_POLL_MS = 40_000

/** The platform answered, and it was a refusal. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  /** In the language that was asked for; empty where it was not the platform that answered. */
  readonly detail: string
  constructor(status: number, { code, detail }: { code: string; detail: string }) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
    this.detail = detail
  }
}

interface Call<P, Q, B> {
  params?: P
  query?: Q
  body?: B
  timeoutMs?: number
  signal: AbortSignal
}

/** Calls of the platform's API by its contract, outbound only. Errors: Refused, those of node:http. */
export class WireClient {
  readonly #settings: ServerSettings
  readonly #agent: HttpAgent

  constructor(settings: ServerSettings) {
    this.#settings = settings
    const keepAlive = { keepAlive: true, maxSockets: 8 }
    const secure = settings.url.startsWith('https:')
    this.#agent = secure ? new HttpsAgent({ ...keepAlive, ...(settings.ca ? { ca: settings.ca } : {}) }) : new HttpAgent(keepAlive)
  }

  async call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    endpoint: Endpoint<P, Q, B, R>,
    { params, query, body, timeoutMs = TIMEOUT_MS, signal }: Call<z.input<P>, z.input<Q>, z.input<B>>,
  ): Promise<z.output<R>> {
    const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(String((params as Record<string, unknown>)[name])),
    )
    const search = new URLSearchParams(query as Record<string, string> | undefined).toString()
    const address = `/api${path}${search === '' ? '' : `?${search}`}`
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const { status, text } = await this.#request(endpoint.method, address, sent, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    if (status < 200 || status > 299) throw new Refused(status, problemOf(text))
    return endpoint.response.parse(JSON.parse(text))
  }

  /** The HTTPS way for batches: one at a time. Errors: NoTransport. */
  async openBatches(): Promise<Transport> {
    const closing = new AbortController()
    let gone: (reason: string) => void = () => undefined
    const ended = new Promise<string>((resolve) => {
      gone = resolve
    })
    const post = async (payload: Buffer) => {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const { status, text } = await this.#request('POST', '/api/telemetry/batch', payload, signal)
      if (status !== 200) throw new Refused(status, problemOf(text))
    }
    return {
      kind: 'https',
      window: 1,
      ended,
      send: (payload) =>
        post(payload).catch((error) => {
          if (isForGood(error)) throw new BatchRefused(error.status, error.code)
          gone('gateways.uplinkLost')
          throw new NoTransport('gateways.uplinkLost', error)
        }),
      close: async () => closing.abort(),
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #request(method: string, path: string, body: Buffer | undefined, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const { url, user, secret, language } = this.#settings
    const target = new URL(url)
    const start = target.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const headers = {
        ...(user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` }),
        ...(language === undefined ? {} : { 'accept-language': language }),
        accept: 'application/json',
        'accept-encoding': 'gzip',
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      }
      const sent = start(
        new URL(target.pathname.replace(/\/$/, '') + path, target),
        { method, headers, agent: this.#agent, signal },
        (answer) => {
          const parts: Buffer[] = []
          let bytes = 0
          answer.on('data', (part: Buffer) => {
            bytes += part.length
            if (bytes > ANSWER_BYTES) answer.destroy(new Error('The answer is too long.'))
            else parts.push(part)
          })
          answer.on('error', reject)
          answer.on('end', () => {
            try {
              const all = Buffer.concat(parts)
              const plain = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(all, { maxOutputLength: ANSWER_BYTES }) : all
              resolve({ status: answer.statusCode ?? 0, text: plain.toString() })
            } catch (error) {
              reject(error)
            }
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
}

/** Who we are, where we ask and how often say nothing of the batch; nor does a proxy on the way, whose answer has no code of ours. */
const PASSING = new Set([401, 403, 404, 405, 407, 408, 421, 425, 426, 429])
const isForGood = (error: unknown): error is Refused =>
  error instanceof Refused && error.status >= 400 && error.status < 500 && !PASSING.has(error.status) && error.code !== ''

function problemOf(text: string): { code: string; detail: string } {
  try {
    const { code = '', detail = '' } = JSON.parse(text) as { code?: string; detail?: string }
    return { code: String(code), detail: code === '' ? '' : String(detail) }
  } catch {
    return { code: '', detail: '' }
  }
}
