import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { integrationApi } from '../contract.ts'
import { type OpenedSandbox, sandboxApi } from '../sandbox-contract.ts'

let address: string
let operator: ApiClient
let owner: { client: ApiClient; orgId: string }
let other: { client: ApiClient; orgId: string }
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  address = (await testApp({ after: (work) => void cleanups.unshift(work) })).address
  operator = await firstAdministrator(address, SETUP_CODE)
  owner = await registerOrganisation(operator, address, { code: 'maker', kind: 'leader', n: 2 })
  other = await registerOrganisation(operator, address, { code: 'other', kind: 'supplier', n: 3 })
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  return assert.equal(error.problem.code, code) === undefined
}
const tokenOf = async ({ client: { clientId, clientSecret } }: OpenedSandbox) => {
  const answer = await fetch(`${address}/api/access/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  })
  return { status: answer.status, token: ((await answer.json()) as { access_token?: string }).access_token ?? '' }
}
const asClient = async (token: string, path: string) => {
  const answer = await fetch(`${address}/api${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

let opened: OpenedSandbox
let token: string

test('one call gives an organisation of its own with samples, an API client and a device that takes values', async () => {
  assert.equal((await owner.client.call(sandboxApi.sandbox)).sandbox, null)
  opened = await owner.client.call(sandboxApi.openSandbox, { body: {} })
  assert.notEqual(opened.organisationId, owner.orgId)
  token = (await tokenOf(opened)).token
  const devices = await asClient(token, '/devices')
  assert.deepEqual(
    (devices.body.items as { own: { code: string } }[]).map((d) => d.own.code),
    ['press-1', 'press-2'],
  )
  const found = await asClient(token, '/integration/references/resolve?system=erp&type=equipment&key=10002')
  assert.equal((found.body.record as { code: string }).code, 'press-2')
  const { userName, secret } = opened.device
  const stored = await fetch(`${address}/api/telemetry/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${userName}:${secret}`)}` },
    body: JSON.stringify({ ts: Date.now(), values: { temperature: 41.5, strokes: 7 } }),
  })
  assert.equal(((await stored.json()) as { stored: number }).stored, 2)
  await assert.rejects(owner.client.call(sandboxApi.openSandbox, { body: {} }), failsWith('organisations.sandboxExists'))
})

test('nothing of it meets the real organisation, in either direction', async () => {
  assert.deepEqual((await owner.client.call(devicesApi.list)).items, [])
  await assert.rejects(
    owner.client.call(integrationApi.resolveReference, { query: { system: 'erp', type: 'equipment', key: '10002' } }),
    failsWith('integration.referenceNotFound'),
  )
  const own = await asClient(token, '/organisations/own')
  assert.deepEqual([own.body.sandbox, own.body.id], [true, opened.organisationId])
  // Neither side of a relation: not asked, and not asking.
  const body = { supplierCreditCode: String(own.body.creditCode), tier: 1, since: '2026-01-01' }
  await assert.rejects(owner.client.call(organisationsApi.createRelation, { body }), failsWith('organisations.notFound'))
  // In no count of the platform, and not the operator's to suspend.
  const { items } = await operator.call(organisationsApi.platform, { query: {} })
  assert.deepEqual(items.map((one) => one.code).sort(), ['maker', 'operator', 'other'])
  await assert.rejects(
    operator.call(organisationsApi.operate, { params: { orgId: opened.organisationId }, body: { version: 1, active: false } }),
    failsWith('organisations.notFound'),
  )
  assert.equal((await other.client.call(sandboxApi.sandbox)).sandbox, null)
})

test('its owner switches to it and back; within it there is no further sandbox', async () => {
  const session = await owner.client.call(accessApi.switchOrganisation, { body: { orgId: opened.organisationId } })
  assert.deepEqual([session.organisation.sandbox, session.roles], [true, ['owner']])
  assert.equal((await owner.client.call(devicesApi.list)).items.length, 2)
  await assert.rejects(owner.client.call(sandboxApi.openSandbox, { body: {} }), failsWith('integration.withinSandbox'))
  await owner.client.call(accessApi.switchOrganisation, { body: { orgId: owner.orgId as never } })
  assert.deepEqual((await owner.client.call(devicesApi.list)).items, [])
})

test('a reset puts a new one in its place and shuts out the old one’s client', async () => {
  await assert.rejects(other.client.call(sandboxApi.resetSandbox, { body: {} }), failsWith('integration.noSandbox'))
  const fresh = await owner.client.call(sandboxApi.resetSandbox, { body: {} })
  assert.notEqual(fresh.organisationId, opened.organisationId)
  assert.equal((await owner.client.call(sandboxApi.sandbox)).sandbox?.organisationId, fresh.organisationId)
  assert.equal((await tokenOf(opened)).status, 401)
  assert.equal((await asClient(token, '/devices')).status, 401)
  assert.equal((await asClient((await tokenOf(fresh)).token, '/devices')).status, 200)
  const { memberships } = await owner.client.call(accessApi.session)
  assert.deepEqual(memberships.map((one) => one.orgId).sort(), [owner.orgId, fresh.organisationId].sort())
})

test('two who open at the same moment: one does', async () => {
  const outcomes = await Promise.allSettled([1, 2].map(() => other.client.call(sandboxApi.openSandbox, { body: {} })))
  assert.deepEqual(outcomes.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
})

test('the operator’s sandbox is no operator', async () => {
  const { organisationId } = await operator.call(sandboxApi.openSandbox, { body: {} })
  await operator.call(accessApi.switchOrganisation, { body: { orgId: organisationId } })
  await assert.rejects(operator.call(organisationsApi.platform, { query: {} }), failsWith('organisations.operatorOnly'))
})
