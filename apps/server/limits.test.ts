import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { testApp } from '../../tests/app.ts'

// What a client may not do to the running server, whoever he is.

const LOGIN = `/api${accessApi.logIn.path}`
let address: string
let strict: string
const cleanups: (() => Promise<void>)[] = []
const around = { after: (work: () => Promise<void>) => void cleanups.unshift(work) }

before(async () => {
  address = (await testApp(around)).address
  strict = (await testApp(around, { requestsPerMinute: 10 })).address
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${address}${LOGIN}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

const alive = async () => {
  const startedMs = performance.now()
  assert.equal((await fetch(`${address}/api/health/live`)).status, 200)
  return performance.now() - startedMs
}

function socketTo(text: string): { socket: Socket; closed: Promise<number>; said(): string } {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  const startedMs = performance.now()
  let said = ''
  socket.on('data', (part) => (said += String(part))).on('error', () => undefined)
  if (text !== '') socket.write(text)
  return { socket, said: () => said, closed: once(socket, 'close').then(() => performance.now() - startedMs) }
}

test('connections that say nothing, or their headers byte by byte, are cut off while others are served', { timeout: 60_000 }, async () => {
  const silent = Array.from({ length: 100 }, () => socketTo(''))
  const slow = Array.from({ length: 100 }, () => socketTo(`GET /api/health/live HTTP/1.1\r\nHost: x\r\nX-Slow: `))
  const dripping = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('a')
  }, 500)
  try {
    assert.ok((await alive()) < 2_000)
    const lasted = await Promise.all([...silent, ...slow].map(({ closed }) => closed))
    assert.ok(Math.max(...lasted) < 25_000, `the last one after ${Math.max(...lasted)} ms`)
    assert.ok(Math.min(...lasted) > 10_000, `the first one after ${Math.min(...lasted)} ms`)
    assert.ok(slow.every(({ said }) => said() === '' || said().startsWith('HTTP/1.1 408')))
    assert.ok((await alive()) < 2_000)
  } finally {
    clearInterval(dripping)
  }
})

test('headers beyond 16 kB and a request that is none are answered and cut off', async () => {
  const long = socketTo(`GET /api/health/live HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`)
  await long.closed
  assert.match(long.said(), /^HTTP\/1\.1 431/)
  const nonsense = socketTo('\u0016\u0003\u0001 no request\r\n\r\n')
  await nonsense.closed
  assert.match(nonsense.said(), /^HTTP\/1\.1 400/)
  const both = socketTo(`POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)
  await both.closed
  assert.match(both.said(), /^HTTP\/1\.1 400/)
})

test('a body beyond the limit is a problem in the caller’s language', async () => {
  const body = JSON.stringify({ login: 'a'.repeat(300 * 1024), password: 'x' })
  for (const [language, words] of [
    ['zh-CN', /[\u4e00-\u9fff]/],
    ['en', /large|limit|big/i],
  ] as const) {
    const answer = await post(body, { 'accept-language': language })
    assert.equal(answer.status, 413)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const problem = (await answer.json()) as { code: string; detail: string }
    assert.equal(problem.code, 'request.tooLarge')
    assert.match(problem.detail, words)
  }
})

test('deep, huge, broken and poisoned JSON is refused as the caller’s mistake, and changes no other object', async () => {
  const bodies = {
    deep: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    deepObject: `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`,
    prototype: '{"login":"a","password":"b","__proto__":{"polluted":true}}',
    constructed: '{"login":"a","password":"b","constructor":{"prototype":{"polluted":true}}}',
    nested: '{"login":{"__proto__":{"polluted":true}},"password":"b"}',
    escaped: '{"login":"a","password":"b","\\u005f\\u005fproto__":{"polluted":true}}',
    number: `{"login":1${'0'.repeat(100_000)},"password":"b"}`,
    broken: '{"login":',
    nothing: '',
    list: '[]',
    nul: '{"login":"a\\u0000b","password":"b\\u0000"}',
  }
  for (const [name, body] of Object.entries(bodies)) {
    const answer = await post(body)
    assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`)
    const problem = (await answer.json()) as { code: string; traceId: string }
    assert.match(problem.code, /^[a-z]+\.[a-zA-Z]+$/, name)
    assert.equal(({} as { polluted?: boolean }).polluted, undefined, name)
  }
  const form = await post('login=a', { 'content-type': 'text/plain' })
  assert.ok(form.status >= 400 && form.status < 500)
  assert.ok((await alive()) < 2_000)
})

test('a form, which a foreign page can send without asking, logs nobody in', async () => {
  const answer = await post('login=a&password=b', { 'content-type': 'application/x-www-form-urlencoded' })
  assert.equal(answer.status, 400)
  assert.equal(((await answer.json()) as { code: string }).code, 'request.invalid')
  assert.equal(answer.headers.get('set-cookie'), null)
})

test('whoever asks too often is told to wait, by headers too, and no other session with him', async () => {
  const asked = (headers: Record<string, string> = {}) => fetch(`${strict}/api/access/session`, { headers })
  const cookie = 'lianshu_session=of-one-browser'
  const answers: Response[] = []
  for (let i = 0; i < 11; i++) answers.push(await asked({ cookie }))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array.from({ length: 10 }, () => 401), 429],
  )
  const refused = answers.at(-1)
  assert.ok(refused)
  assert.equal(refused.headers.get('x-ratelimit-remaining'), '0')
  const waitS = Number(refused.headers.get('retry-after'))
  assert.ok(waitS > 0 && waitS <= 60, `${waitS}`)
  assert.equal(((await refused.json()) as { code: string }).code, 'request.tooMany')
  assert.equal((await asked({ cookie: 'lianshu_session=of-another' })).status, 401)
})

test('a new invented credential with each request is no way around the limit', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 110; i++) {
    const answer = await fetch(`${strict}/api/access/session`, { headers: { authorization: `Bearer invented-${i}` } })
    statuses.push(answer.status)
    if (answer.status === 429) assert.ok(Number(answer.headers.get('retry-after')) > 0)
  }
  assert.equal(statuses.at(-1), 429)
  assert.ok(statuses.filter((status) => status === 401).length >= 80)
})

test('pages, API, its reference and what is not there carry the headers that a browser needs to protect us', async () => {
  for (const path of [
    '/',
    '/devices',
    '/api/health/live',
    '/api/openapi.json',
    '/api/docs',
    '/api/docs/parts/swagger-ui.css',
    '/api/nothing',
    '/nothing.js',
  ]) {
    const answer = await fetch(`${address}${path}`, { headers: { accept: 'text/html' } })
    await answer.body?.cancel()
    const policy = answer.headers.get('content-security-policy') ?? ''
    const directives = new Map(policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1).join(' ')]))
    assert.equal(directives.get('script-src'), "'self' 'wasm-unsafe-eval'", path)
    assert.equal(directives.get('frame-ancestors'), "'none'", path)
    assert.equal(directives.get('object-src'), "'none'", path)
    assert.equal(directives.get('base-uri'), "'none'", path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    assert.equal(answer.headers.get('referrer-policy'), 'same-origin', path)
    assert.equal(answer.headers.get('x-powered-by'), null, path)
    assert.equal(answer.headers.get('access-control-allow-origin'), null, path)
  }
})
