import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { configurationApi } from '../configuration-contract.ts'
import { gatewaysApi } from '../contract.ts'
import { enrolmentApi } from '../enrolment-contract.ts'

const cleanups: (() => Promise<void>)[] = []
let address: string
let client: ApiClient
let stranger: ApiClient
let owner: Client

before(async () => {
  const app = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = app.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  client = (await registerOrganisation(operator, address, { code: 'chang', kind: 'leader', n: 7 })).client
  stranger = (await registerOrganisation(operator, address, { code: 'newcomer', kind: 'supplier', n: 8 })).client
  owner = new Client({ connectionString: Object.assign(new URL(app.ownerUrl), { username: 'postgres' }).href })
  await owner.connect()
  cleanups.unshift(() => owner.end())
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const newGateway = (code: string) => client.call(configurationApi.create, { body: { code, name: code, nameEn: null, nodeId: null } })
const newCode = async (id: Awaited<ReturnType<typeof newGateway>>['id']) =>
  (await client.call(enrolmentApi.createEnrolment, { params: { id }, body: {} })).code

/** As the program at the plant asks. */
async function enrol(code: string, language = 'zh-CN') {
  const answer = await fetch(`${address}/api${gatewaysApi.wireEnrol.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ code }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

async function signsIn(userName: string, secret: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${userName}:${secret}`).toString('base64')}`
  return (await fetch(`${address}/api${gatewaysApi.wireConfig.path}`, { headers: { authorization } })).status
}

test('a code is exchanged once for a credential that replaces the older one; a used one says so', async () => {
  const { id, credential } = await newGateway('GW-1')
  const code = await newCode(id)
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/)
  assert.equal(await signsIn(credential.userName, credential.secret), 200)
  const { status, body } = await enrol(code.toLowerCase().replaceAll('-', ' '))
  assert.deepEqual([status, body.userName], [200, 'chang/GW-1'])
  assert.equal(typeof (body.mqtt as unknown as { port: number }).port, 'number')
  assert.equal(await signsIn('chang/GW-1', body.secret ?? ''), 200)
  assert.equal(await signsIn(credential.userName, credential.secret), 401)
  const again = await enrol(code)
  assert.deepEqual([again.status, again.body.code], [410, 'gateways.enrolmentUsed'])
  assert.match(again.body.detail ?? '', /只能用一次/)
})

test('of two who come with the same code at the same moment one gets the credential', async () => {
  const { id } = await newGateway('GW-2')
  const code = await newCode(id)
  const answers = await Promise.all([enrol(code), enrol(code), enrol(code)])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410, 410])
})

test('a code that expired, or that a newer one replaced, is refused in words', async () => {
  const { id } = await newGateway('GW-3')
  const [old, fresh] = [await newCode(id), await newCode(id)]
  assert.equal((await enrol(old)).body.code, 'gateways.enrolmentWrong')
  await owner.query("update gateways.enrolment set expires_at = now() - interval '1 second' where gateway_id = $1", [id])
  const expired = await enrol(fresh, 'en-US')
  assert.deepEqual([expired.status, expired.body.code], [410, 'gateways.enrolmentExpired'])
  assert.match(expired.body.detail ?? '', /has expired/)
})

test('a code is for the own gateway alone, is kept as a hash, and stands in the audit without it', async () => {
  const { id } = await newGateway('GW-4')
  await assert.rejects(
    stranger.call(enrolmentApi.createEnrolment, { params: { id }, body: {} }),
    (error) => error instanceof CallFailed && error.problem.code === 'gateways.notFound',
  )
  const code = await newCode(id)
  await enrol(code)
  const { rows } = await owner.query(
    "select action, actor->>'kind' as actor, coalesce(after, before)::text as text from kernel.audit where entity = 'gateways.enrolment' order by id desc limit 2",
  )
  assert.deepEqual(
    rows.map((row) => row.actor),
    ['device', 'user'],
  )
  const kept = await owner.query('select e::text from gateways.enrolment e where gateway_id = $1', [id])
  for (const text of [...rows.map((row) => row.text), kept.rows[0].e])
    assert.ok(!text.includes(code) && !text.includes(code.replaceAll('-', '')))
})

test('who guesses is locked out as one who guesses secrets, and nobody is told a right one meanwhile', async () => {
  const { id } = await newGateway('GW-5')
  const code = await newCode(id)
  const guesses = await Promise.all(Array.from({ length: 10 }, (_, i) => enrol(`0000-0000-000${i}`)))
  assert.ok(guesses.every(({ body }) => body.code === 'gateways.enrolmentWrong' || body.code === 'gateways.lockedOut'))
  const answer = await enrol(code)
  assert.deepEqual([answer.status, answer.body.code], [429, 'gateways.lockedOut'])
})
