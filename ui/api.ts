import type { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { saveFile } from './save-file.ts'

/** A failure the server described (RFC 9457), or `ui.offline` when it did not answer at all. */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly details: Record<string, unknown>
  /** Messages by field path, as `points.0.unit`. */
  readonly fields: Record<string, string[]>
  constructor(code: string, status: number, detail: string, details: Record<string, unknown>, fields: Record<string, string[]>) {
    super(detail)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.details = details
    this.fields = fields
  }
}

type Loose<Input, Output> = { [K in keyof Input]: Input[K] | (K extends keyof Output ? Output[K] : never) }
type Part<Name extends string, S extends z.ZodType, Sent> =
  undefined extends z.input<S>
    ? { [K in Name]?: undefined }
    : Record<string, never> extends z.input<S>
      ? { [K in Name]?: Sent }
      : { [K in Name]: Sent }

/** What a call takes: every part whose schema has a required field is required. */
export type CallInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Part<'params', P, z.input<P>> &
  Part<'query', Q, Loose<z.input<Q>, z.output<Q>>> &
  Part<'body', B, z.input<B>> & { signal?: AbortSignal | undefined; idempotencyKey?: string }

type OptionalIfEmpty<T> = Record<string, never> extends T ? [input?: T] : [input: T]
interface AnyInput {
  params?: unknown
  query?: unknown
  body?: unknown
  signal?: AbortSignal | undefined
  idempotencyKey?: string
}

const surroundings = { csrfToken: '', locale: 'zh-CN', onSignedOut: (): void => undefined }

/** Set by apps/web when the session, the language or the router changes. */
export const setApiSurroundings = (change: Partial<typeof surroundings>): void => {
  Object.assign(surroundings, change)
}

function addressOf(e: Endpoint, input: AnyInput): string {
  const params = (input.params ?? {}) as Record<string, unknown>
  const path = e.path.replace(/:([A-Za-z]\w*)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  }
  const text = search.toString()
  return `/api${path}${text ? `?${text}` : ''}`
}

/** The address of an endpoint, for downloads and event streams. */
export function apiUrl<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  ...[input]: OptionalIfEmpty<Omit<CallInput<P, Q, B>, 'body' | 'signal'>>
): string {
  return addressOf(e as unknown as Endpoint, (input ?? {}) as AnyInput)
}

const headersOf = (e: Endpoint, input: AnyInput): Record<string, string> => ({
  accept: 'application/json, application/problem+json',
  'accept-language': surroundings.locale,
  ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(e.method === 'GET' ? {} : { 'x-csrf-token': surroundings.csrfToken }),
  ...(e.method === 'POST' ? { 'idempotency-key': input.idempotencyKey ?? newKey() } : {}),
})

/** What a file is sent with that `call` does not send. */
export const fileHeaders = (): Record<string, string> => ({
  accept: 'application/json, application/problem+json',
  'accept-language': surroundings.locale,
  'content-type': 'application/octet-stream',
  'x-csrf-token': surroundings.csrfToken,
})

// crypto.randomUUID exists only on https and localhost; a plant PC may open the page by plain http.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const standardMembers = new Set(['type', 'title', 'status', 'code', 'detail', 'instance', 'fields', 'traceId'])

/** Turns an answer that is not 2xx into the error it describes; a 401 of an ended session sends to the log-in page. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const code = typeof body.code === 'string' ? body.code : response.status >= 500 ? 'request.unavailable' : 'request.invalid'
  if (code === 'request.notSignedIn') surroundings.onSignedOut()
  const details = Object.fromEntries(Object.entries(body).filter(([name]) => !standardMembers.has(name)))
  const fields = typeof body.fields === 'object' && body.fields ? (body.fields as Record<string, string[]>) : {}
  return new ApiError(code, response.status, typeof body.detail === 'string' ? body.detail : response.statusText, details, fields)
}

/** Calls an endpoint of a contract: types, address, headers and errors come from the contract’s value. */
export async function call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  ...[given]: OptionalIfEmpty<CallInput<P, Q, B>>
): Promise<z.output<R>> {
  const plain = e as unknown as Endpoint
  // A body that may be empty is sent as {}: the contract's schema is an object.
  const input: AnyInput = { ...((given ?? {}) as AnyInput) }
  if (input.body === undefined && plain.method !== 'GET' && plain.method !== 'DELETE') input.body = {}
  let response: Response
  try {
    response = await fetch(addressOf(plain, input), {
      method: plain.method,
      headers: headersOf(plain, input),
      credentials: 'same-origin',
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.signal ? { signal: input.signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('ui.offline', 0, 'The server does not answer.', {}, {})
  }
  if (!response.ok) throw await errorOf(response)
  if (response.status === 204) return undefined as z.output<R>
  return (plain.answer === 'csv' ? await response.text() : await response.json()) as z.output<R>
}

type FileInput<P extends z.ZodType, Q extends z.ZodType> = Part<'params', P, z.input<P>> & Part<'query', Q, z.input<Q>>

/** Sends a file as it is to an endpoint that takes bytes. */
export async function upload<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  input: FileInput<P, Q> & { file: Blob },
): Promise<z.output<R>> {
  const plain = e as unknown as Endpoint
  const response = await answered(addressOf(plain, input as AnyInput), { method: plain.method, headers: fileHeaders(), body: input.file })
  return (await response.json()) as z.output<R>
}

/** Fetches an endpoint's file in the page's language and hands it to the browser under the name that the server gave it. */
export async function download<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  input: FileInput<P, Q>,
): Promise<void> {
  const plain = e as unknown as Endpoint
  const body = plain.method === 'GET' ? {} : { body: '{}' }
  const headers = headersOf(plain, plain.method === 'GET' ? {} : { body: {} })
  const response = await answered(addressOf(plain, input as AnyInput), { method: plain.method, headers, ...body })
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  saveFile(name === undefined ? 'download' : decodeURIComponent(name), await response.blob())
}

async function answered(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, credentials: 'same-origin' }).catch(() => {
    throw new ApiError('ui.offline', 0, 'The server does not answer.', {}, {})
  })
  if (!response.ok) throw await errorOf(response)
  return response
}

export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code.endsWith('.changedMeanwhile')
/** The network, the session or the server's load is the reason, not what was asked: it is tried again. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof ApiError) ||
  error.status === 0 ||
  error.status === 401 ||
  error.status === 429 ||
  error.status >= 500 ||
  error.code === 'request.csrf' ||
  error.code === 'request.stillRunning'
export const isAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** Where the server names reasons (`reasons: ['tooShort']`), the module's words for them: `<module>.reasons.<reason>`. */
function reasonsOf(error: ApiError, module: string, t: Translate): string {
  const { reasons } = error.details
  if (!Array.isArray(reasons)) return ''
  const words = reasons
    .map((reason) => t(`${module}:reasons.${reason}`, { ...error.details, defaultValue: '' }))
    .filter((text) => text !== '')
  return words.length === 0 ? '' : t('ui:reasons', { list: words.join(t('ui:listSeparator')) })
}

/** The failure in words of the person’s language: `<module>.errors.<name>`, else a sentence that fits the status. */
export function errorText(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('ui:errors.unexpected')
  const [module = 'ui', name = ''] = error.code.split('.')
  // The kernel's words are the server's: it has said them in the page's language.
  if (module === 'imports') return error.message
  const key = module === 'request' || module === 'ui' ? `ui:errors.${name}` : `${module}:errors.${name}`
  const words = t(key, { ...error.details, defaultValue: '' })
  if (words) return words + reasonsOf(error, module, t)
  if (error.status === 403) return t('ui:errors.notAllowed')
  if (error.status === 404) return t('ui:errors.notFound')
  return error.status >= 500 ? t('ui:errors.internal') : t('ui:errors.refused', { reason: error.message })
}
