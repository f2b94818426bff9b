// The hand-written half of lianshu-sdk.d.ts; the build adds one interface for each module.

export interface ClientOptions {
  /** Where the platform answers: `https://lianshu.example.com`. */
  address: string
  /** An API client, made on the page 管理 → 接口账号 (Administration → API clients). */
  clientId: string
  clientSecret: string
  /** Permissions to ask the token for; all of the API client's unless named. */
  scope?: readonly string[]
  /** Language of error texts. Default: `zh-CN`. */
  language?: 'zh-CN' | 'en-US'
  /** How often one call is tried at most where that is safe. Default: 5. */
  tries?: number
  /** For one try. Default: 60,000. */
  timeoutMs?: number
  fetch?: typeof globalThis.fetch
}

export interface CallOptions {
  signal?: AbortSignal
  /** For POST: the same key again gets the first answer, for 24 hours. Default: a new one for each call, kept over its retries. */
  idempotencyKey?: string
}

/** The build writes every code that the platform names. */
export type ErrorCode = string

/** A failure that the server described (RFC 9457), or that it did not answer. */
export declare class LianshuError extends Error {
  /** `devices.notFound`; `sdk.unreachable`, `sdk.timeout` when there was no answer. */
  readonly code: ErrorCode
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly traceId: string
  /** What is wrong with each field of the request, by its path. */
  readonly fields: Record<string, string[]>
  /** Further facts of the failure, as the number that is taken. */
  readonly details: Record<string, unknown>
}

export interface DeviceCredential {
  /** `organisation/device` as the device's page shows it. */
  userName: string
  secret: string
}

/** Values of one instant; a name is a property's of the device's thing model. */
export interface DeviceMessage {
  ts: number | Date
  values: Record<string, number | boolean | string | null>
  /** Quality code by name where it is not good. */
  q?: Record<string, number>
  seq?: number
}

/** Given when everything stored is on disk. */
export interface Acknowledgement {
  stored: number
  refused: number
  /** The first hundred of each request; `message` counts through all messages that were given. */
  refusals: { reason: string; message: number; point: string | null; text: string }[]
}

export interface PageOf<Item> {
  items: Item[]
  nextCursor: string | null
  /** Exact up to 10,000. */
  total: number
  totalCapped: boolean
}

export interface ClientBase {
  /** Every item of a list, page by page: `for await (const device of client.each(client.devices.list, { query: { limit: 200 } }))`. */
  each<List extends (input?: never, options?: CallOptions) => Promise<PageOf<unknown>>>(
    list: List,
    input?: Parameters<List>[0],
    options?: Pick<CallOptions, 'signal'>,
  ): AsyncIterableIterator<Awaited<ReturnType<List>>['items'][number]>
  /** Sends a device's values, in as many requests as their size needs; safe to repeat: the same value again changes nothing. */
  sendValues(device: DeviceCredential, messages: readonly DeviceMessage[], options?: Pick<CallOptions, 'signal'>): Promise<Acknowledgement>
}
