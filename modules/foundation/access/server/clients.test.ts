import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Caller, testbed } from '../../../../tests/access-testbed.ts'
import { type ApiClient, accessApi } from '../contract.ts'

const bed = await testbed({ after })
const orgId = await bed.newOrganisation()
await bed.newUser(orgId, 'owner')
const owner = await bed.signIn('owner')

const code = (expected: string) => (error: { code?: string }) => error.code === expected
let n = 0
const newClient = async (scopes: string[], siteIds: string[] = []): Promise<{ client: ApiClient; secret: string }> =>
  owner.call(accessApi.createClient, { body: { name: `ERP ${++n}`, scopes, siteIds } })
const grant = { grant_type: 'client_credentials' }
const tokenFor = async (id: string, secret: string, more: object = {}, address?: string): Promise<Caller> => {
  const program = bed.caller(address)
  const answer = await program.call(accessApi.token, { body: { ...grant, client_id: id, client_secret: secret, ...more } })
  program.jar.bearer = answer.access_token
  return program
}

test('a client gets its scopes and no more; the token ends after an hour', async () => {
  const { client, secret } = await newClient(['devices.read', 'access.read'])
  const program = await tokenFor(client.id, secret)
  const ctx = await program.context()
  assert.deepEqual([...ctx.scopes.permissions].sort(), ['access.read', 'devices.read'])
  assert.deepEqual([ctx.actor.kind, ctx.actor.name, ctx.orgId], ['client', client.name, orgId])
  assert.ok((await program.call(accessApi.users)).total >= 1)
  await assert.rejects(program.call(accessApi.createClient, { body: { name: 'x', scopes: ['access.read'] } }), code('request.notAllowed'))
  await assert.rejects(program.call(accessApi.session), code('request.notSignedIn'))
  await assert.rejects(program.call(accessApi.changePassword, { body: { current: 'a', next: 'b' } }), code('request.notAllowed'))
  bed.clock.passMinutes(61)
  await assert.rejects(program.call(accessApi.users), code('request.notSignedIn'))
  const again = await bed.signIn('owner')
  const { clients } = await again.call(accessApi.clients)
  assert.ok(clients.find((one: ApiClient) => one.id === client.id).lastUsedAt)
  assert.ok((await bed.auditActions(orgId)).includes('access.tokenIssued'))
  Object.assign(owner.jar, again.jar)
})

test('a token may be asked for fewer scopes, never for others', async () => {
  const { client, secret } = await newClient(['devices.read', 'access.read'])
  const program = await tokenFor(client.id, secret, { scope: 'devices.read' })
  assert.deepEqual([...(await program.context()).scopes.permissions], ['devices.read'])
  await assert.rejects(tokenFor(client.id, secret, { scope: 'devices.manage' }), code('access.invalidScope'))
})

test('HTTP Basic opens as well; a wrong secret and an unknown client are refused alike, then locked', async () => {
  const { client, secret } = await newClient(['devices.read'])
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const ask = (authorization: string) => bed.caller('198.51.100.8').call(accessApi.token, { body: grant, authorization })
  assert.equal((await ask(basic(`${client.id}:${secret}`))).token_type, 'Bearer')
  for (const wrong of [`${client.id}:x`, '0193a000-0000-7000-8000-000000000009:x', 'nonsense', `${client.id}`])
    await assert.rejects(ask(basic(wrong)), code('access.invalidClient'))
  for (let i = 0; i < 3; i++) await assert.rejects(ask(basic(`${client.id}:x`)), code('access.invalidClient'))
  await assert.rejects(ask(basic(`${client.id}:${secret}`)), code('access.locked'))
})

test('narrowing or closing a client ends its tokens at once', async () => {
  const { client, secret } = await newClient(['devices.read', 'devices.manage'], ['0193a000-0000-7000-8000-000000000001'])
  const program = await tokenFor(client.id, secret)
  assert.deepEqual((await program.context()).scopes.sites, client.siteIds)
  const change = (version: number, to: object) =>
    owner.call(accessApi.updateClient, {
      params: { id: client.id },
      body: { version, name: client.name, scopes: client.scopes, siteIds: client.siteIds, active: true, ...to },
    })
  await change(1, { scopes: ['devices.read'] })
  await assert.rejects(program.context(), code('request.notSignedIn'))
  const narrower = await tokenFor(client.id, secret)
  assert.deepEqual([...(await narrower.context()).scopes.permissions], ['devices.read'])
  await assert.rejects(change(1, {}), code('access.changedMeanwhile'))
  await change(2, { active: false })
  await assert.rejects(narrower.context(), code('request.notSignedIn'))
  await assert.rejects(tokenFor(client.id, secret), code('access.invalidClient'))
})

test('clients of one organisation are not there for another', async () => {
  const { client } = await newClient(['devices.read'])
  const other = await bed.newOrganisation()
  await bed.newUser(other, 'stranger')
  const stranger = await bed.signIn('stranger')
  assert.deepEqual((await stranger.call(accessApi.clients)).clients, [])
  const body = { version: 1, name: 'mine', scopes: ['devices.read'], siteIds: [], active: true }
  await assert.rejects(stranger.call(accessApi.updateClient, { params: { id: client.id }, body }), code('access.notFound'))
})
