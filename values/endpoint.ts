import type { z } from 'zod'
import type { ErrorType } from './errors.ts'

type Schema = z.ZodType

export interface Endpoint<P extends Schema = Schema, Q extends Schema = Schema, B extends Schema = Schema, R extends Schema = Schema> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api; parameters as `:id`. */
  path: string
  /** One sentence for the API reference. */
  summary: string
  /** `module.action`; `public` needs no session, `signedIn` a session only, `device` a device's own credential. */
  permission: string
  params: P
  query: Q
  body: B
  response: R
  status?: 200 | 201 | 202 | 204
  /** `sse`: a stream of server-sent events whose `data` is the response schema; `csv`, `xlsx`, `pdf`, `file`: a download. Default: JSON. */
  answer?: 'json' | 'sse' | 'csv' | 'xlsx' | 'pdf' | 'file'
  /** `bytes`: the body is a file as it is, of any media type, up to `bodyLimit`; `body` is then undefined. Default: JSON. */
  takes?: 'json' | 'bytes'
  /** The answer holds a secret that is shown once: it is not kept for a repeated Idempotency-Key. */
  secret?: true
  /** A POST that changes nothing, since its question does not fit an address: asked twice it is answered anew. */
  question?: true
  /** A page asks this by itself every so often: nobody is at work because of it, so that an idle session ends all the same. */
  passive?: true
  /** Largest body in bytes where it differs from the server's 256 kB. */
  bodyLimit?: number
  /** Failures a caller must expect besides the common ones of `requestErrors`. */
  errors: readonly ErrorType[]
}

/** A contract is a value: route, page client, OpenAPI, permission table and stranger test are all made from it. */
export const endpoint = <P extends Schema, Q extends Schema, B extends Schema, R extends Schema>(e: Endpoint<P, Q, B, R>) => e

export type Api = Record<string, Endpoint>
