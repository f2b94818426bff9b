import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { ApiError, apiUrl, call, errorText, setApiSurroundings } from './api.ts'

const e = endpoint({
  method: 'POST',
  path: '/things/:id/parts',
  summary: '',
  permission: 'things.manage',
  params: z.object({ id: z.string() }),
  query: z.object({ all: z.stringbool().optional(), tag: z.array(z.string()).optional() }),
  body: z.object({ name: z.string() }),
  response: z.object({ done: z.literal(true) }),
  errors: [],
})

afterEach(() => vi.unstubAllGlobals())

const answer = (status: number, body: unknown) => {
  const asked: { url: string; init: RequestInit }[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init })
    return new Response(JSON.stringify(body), { status })
  })
  return asked
}

test('an address is made from the contract, each value escaped', () => {
  expect(apiUrl(e, { params: { id: 'a/b' }, query: { all: true, tag: ['x', '电 机'] } })).toBe(
    '/api/things/a%2Fb/parts?all=true&tag=x&tag=%E7%94%B5+%E6%9C%BA',
  )
})

test('a request that changes something carries the session’s token, a key against doubles and the language', async () => {
  setApiSurroundings({ csrfToken: 'token-1', locale: 'en-US' })
  const asked = answer(200, { done: true })
  await call(e, { params: { id: '1' }, body: { name: 'n' } })
  const headers = asked[0]?.init.headers as Record<string, string>
  expect(headers['x-csrf-token']).toBe('token-1')
  expect(headers['accept-language']).toBe('en-US')
  expect(headers['idempotency-key']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
})

test('a problem becomes an ApiError with code, details and fields; an ended session sends to the log-in', async () => {
  const onSignedOut = vi.fn()
  setApiSurroundings({ onSignedOut })
  answer(409, { type: 'x', title: 'y', status: 409, detail: 'z', code: 'things.taken', by: 'Li', fields: { name: ['taken'] } })
  const error = await call(e, { params: { id: '1' }, body: { name: 'n' } }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ code: 'things.taken', status: 409, details: { by: 'Li' }, fields: { name: ['taken'] } })
  expect(onSignedOut).not.toHaveBeenCalled()
  answer(401, { code: 'request.notSignedIn' })
  await call(e, { params: { id: '1' }, body: { name: 'n' } }).catch(() => undefined)
  expect(onSignedOut).toHaveBeenCalledOnce()
})

test('an error is told in the module’s words, else in the server’s', () => {
  const t = (key: string, values?: Record<string, unknown>) =>
    ({ 'things:errors.taken': `taken by ${values?.by}` })[key] ?? (values?.defaultValue === undefined ? key : '')
  expect(errorText(new ApiError('things.taken', 409, '', { by: 'Li' }, {}), t)).toBe('taken by Li')
  expect(errorText(new ApiError('other.new', 409, 'server words', {}, {}), t)).toBe('ui:errors.refused')
  expect(errorText(new Error('bug'), t)).toBe('ui:errors.unexpected')
})
