import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, firstAdministrator, registerOrganisation } from '../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../tests/app.ts'
import { bundleSdk } from './bundle.ts'
import { contracts, isMethod } from './contracts.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lianshu-sdk-'))
const cleanups: (() => Promise<void>)[] = []

let started: Awaited<ReturnType<typeof testApp>>
let owner: ApiClient
let credentials: { clientId: string; clientSecret: string }

before(async () => {
  started = await testApp({ after: (work) => void cleanups.unshift(work) })
  const operator = await firstAdministrator(started.address, SETUP_CODE)
  owner = (await registerOrganisation(operator, started.address, { code: 'erp', kind: 'leader', n: 2 })).client
  const { client, secret } = await owner.call(accessApi.createClient, {
    body: {
      name: 'ERP',
      scopes: [
        'devices.read',
        'devices.manage',
        'devices.manageCredentials',
        'plant.read',
        'plant.manage',
        'integration.read',
        'integration.manage',
      ],
    },
  })
  credentials = { clientId: client.id, clientSecret: secret }
  await owner.call(devicesApi.createThingModel, {
    body: {
      code: 'press',
      name: '压力机',
      nameEn: null,
      description: '',
      definition: { properties: [{ name: 'temperature', label: '温度', valueType: 'number', unit: '°C', kind: 'instant' }] },
    },
  })
  await owner.call(plantApi.createNode, { body: { parentId: null, level: 'enterprise', code: 'E', name: 'E', nameEn: null } })
  await bundleSdk(folder)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
  rmSync(folder, { recursive: true, force: true })
})

/** In the folder that holds nothing but the bundle, by plain Node. */
async function runThere(name: string, script: string, address = started.address): Promise<string> {
  writeFileSync(join(folder, name), script)
  const { clientId, clientSecret } = credentials
  const { stdout } = await run(process.execPath, [name], {
    cwd: folder,
    env: { LIANSHU_ADDRESS: address, LIANSHU_CLIENT_ID: clientId, LIANSHU_CLIENT_SECRET: clientSecret },
  })
  return stdout
}
const head = `import { createClient, LianshuError } from './lianshu-sdk.js'
const { LIANSHU_ADDRESS: address, LIANSHU_CLIENT_ID: clientId, LIANSHU_CLIENT_SECRET: clientSecret } = process.env
const client = createClient({ address, clientId, clientSecret })
`

test('the bundle holds every endpoint that the server serves to API clients, and no other', () => {
  const named = (modules: [string, object][]) =>
    modules.flatMap(([module, api]) => Object.entries(api).flatMap(([name, e]) => (isMethod(e) ? [`${module}.${name}`] : []))).sort()
  assert.deepEqual(named(Object.entries(contracts)), named(started.composition.modules.map(({ name, api }) => [name, api])))
})

test('the example of the README runs as it stands, twice', async () => {
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'sdk/README.md'), 'utf8'))?.[1] ?? ''
  assert.equal(await runThere('example.mjs', example), 'stored 1\npress-1 Press 1\n404 devices.notFound\n')
  assert.equal(await runThere('example.mjs', example), 'press-1 Press 1\n404 devices.notFound\n')
})

test('the types stand by themselves and tell a wrong call from a right one', async () => {
  const compile = (text: string) => {
    writeFileSync(join(folder, 'use.mts'), text)
    const args = [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--lib',
      'es2023,dom,dom.asynciterable',
      '--module',
      'nodenext',
      '--types',
      '',
      'use.mts',
    ]
    return run(process.execPath, args, { cwd: folder }).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
  }
  const use = (body: string) => `import { createClient } from './lianshu-sdk.js'
const client = createClient({ address: '', clientId: '', clientSecret: '' })
${body}`
  assert.equal(
    await compile(
      use(
        "for await (const d of client.each(client.devices.list, { query: { status: 'active' } })) d.own?.code satisfies string | undefined",
      ),
    ),
    '',
  )
  assert.match(await compile(use("await client.devices.list({ query: { status: 'broken' } })")), /"broken"/)
  assert.match(await compile(use('await client.devices.get({})')), /params/)
  assert.match(await compile(use('const { name } = await client.devices.list(); name')), /'name' does not exist/)
})

test('each walks every page once and stops asking when its reader stops', async () => {
  const out = await runThere(
    'pages.mjs',
    `${head}
const { items: [model] } = await client.devices.thingModels()
for (let i = 0; i < 7; i += 1)
  await client.devices.create({ body: { code: 'pg-' + i, name: 'pg ' + i, nameEn: null, maker: '', model: '', serial: '', note: '', thingModelId: model.id, status: 'active', nodeId: null, withCredential: false } })
let calls = 0
const counted = (input, options) => (calls += 1, client.devices.list(input, options))
const seen = []
for await (const d of client.each(counted, { query: { search: 'pg', limit: 3 } })) seen.push(d.own.code)
console.log(seen.join(' '), calls)
calls = 0
for await (const d of client.each(counted, { query: { search: 'pg', limit: 3 } })) break
console.log(calls)`,
  )
  assert.equal(out, 'pg-0 pg-1 pg-2 pg-3 pg-4 pg-5 pg-6 3\n1\n')
})

/** Stands before the real server and spoils what it is told to. */
async function spoiling(spoil: (request: IncomingMessage, response: ServerResponse, n: number) => boolean | 'after'): Promise<string> {
  let n = 0
  const proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    n += 1
    const verdict = spoil(request, response, n)
    if (verdict === true) return
    const answer = await fetch(`${started.address}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)),
      ) as Record<string, string>,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    })
    if (verdict === 'after') return void response.destroy()
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  cleanups.unshift(() => new Promise((done) => proxy.close(() => done())))
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}
const busy = (response: ServerResponse, status: number) => {
  response.writeHead(status, { 'retry-after': '1', 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ code: status === 429 ? 'request.tooMany' : 'request.unavailable', detail: 'later' }))
  return true
}

test('429 and 503 are waited out as Retry-After says; what could be done twice is not sent twice', async () => {
  const seen: string[] = []
  const address = await spoiling((request, response) => {
    if (!request.url?.startsWith('/api/devices')) return false
    seen.push(request.method ?? '')
    if (request.method === 'PATCH') return busy(response, 503)
    return seen.length <= 2 && busy(response, seen.length === 1 ? 429 : 503)
  })
  const out = await runThere(
    'retry.mjs',
    `${head}
const before = performance.now()
const { items } = await client.devices.list({ query: { limit: 1 } })
console.log(items.length, performance.now() - before >= 2000)
try { await client.devices.update({ params: { id: items[0].id }, body: { version: 1, name: 'x', nameEn: null, maker: '', model: '', serial: '', note: '', status: 'active' } }) }
catch (e) { console.log(e instanceof LianshuError, e.status, e.code) }`,
    address,
  )
  assert.equal(out, '1 true\ntrue 503 request.unavailable\n')
  assert.deepEqual(seen, ['GET', 'GET', 'GET', 'PATCH'])
})

test('a POST whose answer is lost is done once: its key stays the same over the retries', async () => {
  let lost = 0
  const address = await spoiling((request) => {
    if (request.method !== 'POST' || request.url !== '/api/plant/nodes' || lost > 0) return false
    lost += 1
    return 'after'
  })
  const out = await runThere(
    'once.mjs',
    `${head}
const { nodes } = await client.plant.nodes()
const site = await client.plant.createNode({ body: { parentId: nodes[0].id, level: 'site', code: 'S-once', name: 'once', nameEn: null } })
const after = await client.plant.nodes()
console.log(after.nodes.filter((n) => n.code === 'S-once').length, site.code)`,
    address,
  )
  assert.deepEqual([out, lost], ['1 S-once\n', 1])
})

test('values beyond one request’s size are parted, acknowledged together, and what is refused is told by its place', async () => {
  const out = await runThere(
    'values.mjs',
    `${head}
const { items: [model] } = await client.devices.thingModels()
const made = await client.devices.create({ body: { code: 'many', name: 'many', nameEn: null, maker: '', model: '', serial: '', note: '', thingModelId: model.id, status: 'active', nodeId: null, withCredential: true } })
const start = Date.now() - 3_600_000
const messages = Array.from({ length: 6000 }, (_, i) => ({ ts: start + i * 500, values: { temperature: i / 10 } }))
messages[5990] = { ts: start, values: { pressure: 1 } }
const ack = await client.sendValues(made.credential, messages)
console.log(ack.stored, ack.refused, ack.refusals[0].message, ack.refusals[0].reason)
try { await client.sendValues({ ...made.credential, secret: 'wrong' }, messages.slice(0, 1)) } catch (e) { console.log(e.code) }`,
  )
  assert.equal(out, '5999 1 5990 unknownPoint\ntelemetry.wrongCredential\n')
})

test('a wrong secret, a wrong address and a token that ended early each say what they are, or mend themselves', async () => {
  const out = await runThere(
    'refused.mjs',
    `${head}
for (const wrong of [{ clientSecret: 'no' }, { address: 'http://127.0.0.1:9', tries: 1 }])
  await createClient({ address, clientId, clientSecret, ...wrong }).devices.list().catch((e) => console.log(e instanceof LianshuError, e.status, e.code))
let poisoned = 0
const forging = (url, init) => fetch(url, url.endsWith('/devices') && poisoned++ === 0 ? { ...init, headers: { ...init.headers, authorization: 'Bearer gone' } } : init)
console.log((await createClient({ address, clientId, clientSecret, fetch: forging }).devices.list()).items.length > 0, poisoned)`,
  )
  assert.equal(out, 'true 401 access.invalidClient\ntrue 0 sdk.unreachable\ntrue 2\n')
})

test('the bundle needs nothing but what it holds', () => {
  const script = readFileSync(join(folder, 'lianshu-sdk.js'), 'utf8')
  assert.doesNotMatch(script, /\bimport\b[^\n]*from|\brequire\(/)
})
