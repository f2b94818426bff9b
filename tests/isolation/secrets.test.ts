import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { securityApi } from '#modules/foundation/security/contract.ts'
import { sharingApi } from '#modules/foundation/sharing/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { type ApiClient, firstAdministrator, registerOrganisation } from '../api-client.ts'
import { type StartedPlatform, startPlatform } from '../started-platform.ts'
import { populate } from './populate.ts'
import { sampleOf } from './sample.ts'

/** No random text holds it: whatever shows it has let a secret out. */
const SECRET = 'Zwetschgenkern-4711-geheim'
const root = resolve(import.meta.dirname, '../..')
const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-secrets-'))
const contracts = [accessApi, organisationsApi, securityApi, sharingApi, devicesApi, plantApi, telemetryApi]

let platform: StartedPlatform
let owner: ApiClient
let known: Record<string, string>
const answers: string[] = []

before(async () => {
  platform = await startPlatform({ dataDir, env: { LOG_LEVEL: 'debug' } })
  const operator = await firstAdministrator(platform.address, platform.run().passwords.setup ?? '')
  const victim = await registerOrganisation(operator, platform.address, { code: 'victim', kind: 'leader', n: 2 })
  const partner = await registerOrganisation(operator, platform.address, { code: 'partner', kind: 'supplier', n: 3 })
  owner = victim.client
  known = await populate(victim, partner, 'plain')
})
after(async () => {
  await platform.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const answered = async (e: Endpoint, given: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await owner.raw(e, given)
  const text = await answer.text()
  answers.push(`${e.method} ${e.path}: ${text}`)
  return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

test('a secret is in no answer, error, audit row, log line, database file or process environment', async () => {
  const { keepSecret, replaceSecret, forgetSecret, rotateDataKey } = securityApi
  const kept = await answered(keepSecret, { body: { name: 'SFTP', secret: SECRET } })
  assert.equal(kept.status, 201)
  // What goes wrong with it must not quote it either.
  const id = kept.body.id
  for (const [e, given, status] of [
    [keepSecret, { body: { name: 'SFTP', secret: SECRET } }, 409],
    [keepSecret, { body: { name: '', secret: SECRET } }, 400],
    [keepSecret, { body: { name: 'long', secret: SECRET.repeat(1000) } }, 400],
    [keepSecret, { body: { name: 'NUL \0', secret: SECRET } }, 400],
    [keepSecret, { body: { name: 'wide', secret: SECRET, [SECRET]: SECRET } }, 201],
    [replaceSecret, { params: { id }, body: { version: 9, name: 'SFTP', secret: SECRET } }, 409],
    [replaceSecret, { params: { id }, body: { version: 1, name: 'SFTP 2', secret: `${SECRET}-2` } }, 200],
    [replaceSecret, { params: { id: known.any }, body: { version: 1, name: 'x', secret: SECRET } }, 404],
    [forgetSecret, { params: { id: known.any } }, 404],
    [rotateDataKey, { body: {} }, 200],
  ] as [Endpoint, object, number][])
    assert.equal((await answered(e, given)).status, status, JSON.stringify(given).slice(0, 200))
  // A failure on our side, with the secret in the request and in the parameters of the query.
  const damaged = await superuser()
  await damaged.query("update security.data_key set wrapped = '\\x00'")
  assert.equal((await answered(keepSecret, { body: { name: 'broken', secret: SECRET } })).status, 500)
  assert.equal((await answered(rotateDataKey, { body: {} })).status, 500)

  for (const api of contracts)
    for (const e of Object.values(api).filter(({ method, answer }) => method === 'GET' && answer !== 'sse') as Endpoint[])
      await answered(e, {
        params: sampleOf(e.params, { ids: known, fields: {} }),
        query: sampleOf(e.query, { ids: known, fields: { cursor: undefined } }),
      })
  await sleep(1_500)
  const { rows: audit } = await damaged.query<{ row: string }>('select a::text as row from kernel.audit a')
  await damaged.end()
  const found = [...answers, ...audit.map(({ row }) => row)].filter((text) => text.includes(SECRET))
  assert.ok(answers.length > 40 && audit.length > 20)
  assert.deepEqual(found, [])
  const masterKey = (JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8')) as { keys: { key: string }[] }).keys[0]?.key ?? ''
  const pids = Object.values(platform.run().pids)
  assert.ok(pids.length >= 4)
  for (const pid of pids) assert.ok(!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(masterKey), `process ${pid}`)
  for (const part of ['postgres', 'clickhouse'])
    assert.ok(!readFileSync(`/proc/${platform.run().pids[part]}/environ`, 'utf8').includes('LIANSHU_KEYS_FILE'), part)
  await platform.stop()
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(files.length > 500 && files.some(({ name }) => name === 'server.log'))
  const holders: string[] = []
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    if (await holds(path, SECRET)) holders.push(path)
    if (name !== 'keys.json' && (await holds(path, masterKey))) holders.push(`${path}: the master key`)
  }
  assert.deepEqual(holders, [])
})

test('a start without the key file that was made is refused, says so and changes nothing', async () => {
  renameSync(join(dataDir, 'keys.json'), join(dataDir, 'keys.away'))
  const child = spawn(process.execPath, [join(root, 'apps/supervisor/main.ts'), '--no-demo'], {
    env: { ...process.env, LIANSHU_DATA: dataDir, HTTP_PORT: '18994', MQTT_PORT: '18993' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(said, /keys\.json.*is missing/)
  renameSync(join(dataDir, 'keys.away'), join(dataDir, 'keys.json'))
})

async function superuser(): Promise<pg.Client> {
  const { ports, passwords } = platform.run()
  const client = new pg.Client({ connectionString: `postgres://postgres:${passwords.superuser}@127.0.0.1:${ports.postgres}/lianshu` })
  await client.connect()
  return client
}

async function holds(path: string, text: string): Promise<boolean> {
  let before = ''
  for await (const chunk of createReadStream(path, 'latin1')) {
    const all = before + String(chunk)
    if (all.includes(text)) return true
    before = all.slice(-text.length)
  }
  return false
}
