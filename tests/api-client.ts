import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { creditCodeCheck } from '#modules/foundation/organisations/credit-code.ts'
import type { Endpoint } from '#values/endpoint.ts'

interface Given {
  params?: unknown
  query?: unknown
  body?: unknown
  /** A file as it is, for endpoints that take bytes. */
  bytes?: Uint8Array<ArrayBuffer>
  /** A device's own credential, in place of the session. */
  basic?: { userName: string; secret: string }
  /** Of a request that is sent again; otherwise each has its own. */
  idempotencyKey?: string
}

/** An answer that was not 2xx, with the problem the server described. */
export class CallFailed extends Error {
  readonly status: number
  readonly problem: Record<string, unknown>
  constructor(e: Endpoint, status: number, problem: Record<string, unknown>) {
    super(`${e.method} ${e.path}: ${status} ${String(problem.code)} ${String(problem.detail)} ${JSON.stringify(problem.fields ?? '')}`)
    this.status = status
    this.problem = problem
  }
}

export interface ApiClient {
  call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    e: Endpoint<P, Q, B, R>,
    given?: {
      params?: z.input<P>
      query?: z.input<Q>
      body?: z.input<B>
      bytes?: Uint8Array<ArrayBuffer>
      basic?: { userName: string; secret: string }
      idempotencyKey?: string
    },
  ): Promise<z.output<R>>
  /** The answer as it came, whatever its status. */
  raw(e: Endpoint, given?: Given): Promise<Response>
  cookie: string
}

/** Speaks the public API as a page does: by session cookie and CSRF token. */
export function apiClient(address: string): ApiClient {
  const client: ApiClient = {
    cookie: '',
    raw: async (e, given = {}) => {
      const changes = e.method !== 'GET'
      const answer = await fetch(addressOf(address, e, given), {
        method: e.method,
        headers: {
          'accept-language': 'zh-CN',
          ...(given.basic ? { authorization: `Basic ${btoa(`${given.basic.userName}:${given.basic.secret}`)}` } : {}),
          ...(client.cookie && !given.basic ? { cookie: client.cookie } : {}),
          ...(changes ? { 'x-csrf-token': csrfToken } : {}),
          ...(e.method === 'POST' ? { 'idempotency-key': given.idempotencyKey ?? randomUUID() } : {}),
          ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(given.bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        },
        ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
        ...(given.bytes === undefined ? {} : { body: given.bytes }),
      })
      const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
      if (cookie) client.cookie = cookie
      return answer
    },
    call: async (e, given = {}) => {
      const plain = e as unknown as Endpoint
      const answer = await client.raw(plain, given)
      const body = (await answer.json()) as Record<string, unknown>
      if (!answer.ok) throw new CallFailed(plain, answer.status, body)
      if (typeof body.csrfToken === 'string') csrfToken = body.csrfToken
      return body as z.output<typeof e.response>
    },
  }
  let csrfToken = ''
  return client
}

function addressOf(address: string, e: Endpoint, given: Given): string {
  const params = (given.params ?? {}) as Record<string, unknown>
  const path = e.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((given.query ?? {}) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  return `${address}/api${path}${query.size > 0 ? `?${query}` : ''}`
}

export async function logIn(address: string, login: string, password: string): Promise<ApiClient> {
  const client = apiClient(address)
  await client.call(accessApi.logIn, { body: { login, password } })
  return client
}

/** Of everybody whom a test makes. */
export const PASSWORD = 'Kupfer-Bach-2026-taglich'

/** A valid unified social credit code of the range that is never given out (registration authority 91, region 000000). */
export function testCreditCode(n: number): string {
  const first = `91000000${String(n).padStart(9, '0')}`
  return first + creditCodeCheck(first)
}

/** Another session of a person whom `registerOrganisation` made. */
export const logInAgain = (address: string, login: string): Promise<ApiClient> => logIn(address, login, PASSWORD)

/** Makes the first administrator of an empty platform; the operator's organisation comes with him. */
export async function firstAdministrator(address: string, setupCode: string): Promise<ApiClient> {
  const client = apiClient(address)
  await client.call(accessApi.firstAdministrator, {
    body: {
      organisationName: '测试运营方',
      creditCode: testCreditCode(1),
      login: 'operator',
      displayName: '运营管理员',
      password: PASSWORD,
      setupCode,
    },
  })
  return logIn(address, 'operator', PASSWORD)
}

/** Takes an organisation onto the platform and signs in as its owner, his one-time password changed as he must. */
export async function registerOrganisation(
  operator: ApiClient,
  address: string,
  { code, kind, n }: { code: string; kind: 'leader' | 'supplier' | 'funder' | 'assessor'; n: number },
): Promise<{ client: ApiClient; orgId: string }> {
  const made = await operator.call(accessApi.registerOrganisation, {
    body: {
      code,
      name: `测试企业 ${code}`,
      nameEn: null,
      kind,
      industry: null,
      creditCode: testCreditCode(n),
      city: null,
      ownerLogin: code,
      ownerName: `${code} owner`,
    },
  })
  const client = await logIn(address, made.login, made.oneTimePassword)
  await client.call(accessApi.changePassword, { body: { current: made.oneTimePassword, next: PASSWORD } })
  return { client: await logIn(address, made.login, PASSWORD), orgId: made.orgId }
}
