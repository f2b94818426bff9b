import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { z } from 'zod'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../api-client.ts'
import { SETUP_CODE, testApp } from '../app.ts'
import { samplePng } from '../sample-files.ts'
import { populate } from './populate.ts'
import { populateFlood } from './populate-alarms.ts'
import { populateDelivery } from './populate-logistics.ts'
import { populateExpedite, populateOrders } from './populate-orders.ts'
import { populateQuality } from './populate-quality.ts'
import { type KnownValues, sampleOf } from './sample.ts'

/** What stands in every name of the victim, and must stand in no answer to the stranger. */
const MARK = 'Kirschkern7'

/** What a schema cannot tell: values that pass the rim, so that the question of whose row it is gets asked. */
const fields: Record<string, unknown> = {
  quantity: '1',
  counted: '1',
  maximum: '2',
  accepted: '1',
  quarantined: '0',
  damaged: '0',
  wrong: '0',
  driverPhone: '13800000000',
  gs1Prefix: '6901234',
  template: '^XA{lot}^XZ',
  netPrice: '1',
  taxRate: '0.13',
  mouldCost: '1',
  share: '1',
  overTolerance: '0',
  underTolerance: '0',
  hash: '0'.repeat(64),
  timeZone: 'Asia/Shanghai',
  url: 'https://192.0.43.8/hooks',
  events: ['*'],
  event: '*',
  minuteOfDay: 480,
  grossKg: '1',
  thingModelCode: null,
  closeMinute: 960,
  factor: '2',
  minimum: '1',
  multiple: '1',
  fromQuantity: '0',
  grossPrice: '1.13',
  entity: 'devices.device',
  contactPhone: '13800000000',
  contactEmail: 'person@example.com',
  toDeviceId: '0190b6a0-0000-7000-8000-000000000001',
  definition: { properties: [{ name: 'temperature', label: 'x', valueType: 'number', unit: '°C', kind: 'instant' }] },
}

let owner: ApiClient
let partnered: ApiClient
let stranger: ApiClient
let address: string
let known: KnownValues
let endpoints: { module: string; name: string; e: Endpoint }[]
let superuser: pg.Client
const cleanups: (() => Promise<void>)[] = []

before(async () => {
  const started = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = started.address
  const operator = await firstAdministrator(address, SETUP_CODE)
  const victim = await registerOrganisation(operator, address, { code: 'victim', kind: 'leader', n: 2 })
  const partner = await registerOrganisation(operator, address, { code: 'partner', kind: 'supplier', n: 3 })
  owner = victim.client
  partnered = partner.client
  stranger = (await registerOrganisation(operator, address, { code: 'stranger', kind: 'supplier', n: 4 })).client
  const made = await populate(victim, partner, MARK)
  const order = await populateOrders(victim.client, partner.orgId, made.Material ?? '')
  const delivered = await populateDelivery(victim, partner, order.Order, MARK)
  const subscriptions = started.composition.modules.flatMap((module) => module.subscriptions ?? [])
  const inspected = { orderId: order.Order, materialId: made.Material ?? '', subscriptions, mark: MARK }
  const ids: Record<string, string> = {
    ...made,
    ...order,
    ...delivered,
    ...(await populateExpedite(victim.client, delivered.ScheduleLine ?? '', MARK)),
    ...(await populateQuality(victim, partner, inspected)),
  }
  known = { ids, fields: { ...fields, ids: ids.Device } }
  endpoints = started.composition.modules.flatMap((module) =>
    Object.entries(module.api).map(([name, e]) => ({ module: module.name, name, e })),
  )
  superuser = await superuserOf(started.ownerUrl)
  cleanups.unshift(() => superuser.end())
  ids.AlarmFlood = await populateFlood(superuser, ids)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

const missing = (error: unknown) => error instanceof CallFailed && error.problem.code === 'collaboration.documentNotFound'
const documentOf = (entity: string, id: string) => ({ params: { entity, recordId: known.ids[id] as never } })
const entriesOf = async (who: ApiClient, document: ReturnType<typeof documentOf>) =>
  (await who.call(collaborationApi.entries, document)).items.filter(({ kind }) => kind !== 'event')

describe('a partner', () => {
  test('reads and answers what is said of and attached to a claim for both, and nothing internal', async () => {
    const claim = documentOf('logistics.claim', 'Claim')
    assert.notEqual((await owner.call(collaborationApi.document, claim)).partner, null)
    await owner.call(collaborationApi.comment, { ...claim, body: { text: `${MARK} 内部` } })
    await owner.call(collaborationApi.comment, { ...claim, body: { text: '包装破损', shared: true } })
    const photo = { fileName: '破损.png', visibility: 'both' } as const
    const { id } = await owner.call(collaborationApi.attach, { ...claim, query: photo, bytes: samplePng })
    await partnered.call(collaborationApi.comment, { ...claim, body: { text: '同意补货', shared: true } })
    const said = (await entriesOf(partnered, claim)).map(({ text, file }) => text ?? file?.name)
    assert.deepEqual(said.sort(), ['包装破损', '同意补货', '破损.png'].sort())
    assert.equal((await entriesOf(owner, claim)).length, 4)
    assert.equal((await partnered.raw(collaborationApi.file, { params: { id } })).status, 200)
    await assert.rejects(entriesOf(stranger, claim), missing)
    assert.equal((await stranger.raw(collaborationApi.file, { params: { id } })).status, 404)
  })

  test('finds no voucher, material, stocktake or stock document, whatever is said of it or attached', async () => {
    for (const document of [
      documentOf('finance.voucher', 'Voucher'),
      documentOf('materials.material', 'Material'),
      documentOf('inventory.stocktake', 'Stocktake'),
      documentOf('inventory.document', 'StockDocument'),
    ]) {
      assert.equal((await owner.call(collaborationApi.document, document)).partner, null)
      await owner.call(collaborationApi.comment, { ...document, body: { text: `${MARK} 附发票原件` } })
      const { id } = await owner.call(collaborationApi.attach, { ...document, query: { fileName: 'a.png' }, bytes: samplePng })
      assert.equal((await entriesOf(owner, document)).length, 2)
      const refused = (error: unknown) => error instanceof CallFailed && error.problem.code === 'collaboration.noPartner'
      await assert.rejects(owner.call(collaborationApi.comment, { ...document, body: { text: 'x', shared: true } }), refused)
      for (const who of [partnered, stranger]) {
        await assert.rejects(entriesOf(who, document), missing)
        await assert.rejects(who.call(collaborationApi.comment, { ...document, body: { text: 'x' } }), missing)
        assert.equal((await who.raw(collaborationApi.file, { params: { id } })).status, 404)
      }
    }
  })
})

describe('a stranger', () => {
  test('gets nothing of another organisation from any endpoint of any contract, and changes nothing there', async () => {
    const before = await rowsOfVictim()
    const wrong: string[] = []
    for (const { module, name, e } of endpoints.filter(({ e }) => e.permission.includes('.'))) {
      const given = { params: sampleOf(e.params, known), query: withoutPaging(sampleOf(e.query, known)), body: sampleOf(e.body, known) }
      const answer = await stranger.raw(e, given)
      if (e.answer === 'sse' && answer.ok) {
        // One that names nothing is of the stranger's own organisation.
        const asked = Object.values(known.ids).some((id) => JSON.stringify(given).includes(id))
        if (asked) wrong.push(`${module}.${name}: a stream was opened`)
        await answer.body?.cancel()
        continue
      }
      const text = await answer.text()
      const names = Object.values(known.ids).filter((id) => text.includes(id) && !JSON.stringify(given).includes(id))
      if (text.includes(MARK) || names.length > 0) wrong.push(`${module}.${name}: shows ${text.slice(0, 200)}`)
      const byId = Object.keys((given.params ?? {}) as object).length > 0
      if (byId && ![403, 404].includes(answer.status)) wrong.push(`${module}.${name}: ${answer.status} ${text.slice(0, 200)}`)
      if (answer.status >= 500) wrong.push(`${module}.${name}: ${answer.status} ${text.slice(0, 200)}`)
    }
    assert.deepEqual(wrong, [])
    assert.deepEqual(await rowsOfVictim(), before)
  })

  test('without a session gets 401 from every endpoint that needs one', async () => {
    const open: string[] = []
    for (const { module, name, e } of endpoints.filter(({ e }) => !['public', 'device'].includes(e.permission))) {
      const path = e.path.replace(/:(\w+)/g, () => known.ids.any ?? '')
      const answer = await fetch(`${address}/api${path}`, {
        method: e.method,
        headers: { 'content-type': 'application/json' },
        ...(e.method === 'GET' ? {} : { body: '{}' }),
      })
      // The body is checked first: 400 tells nothing that the contract does not.
      if (![400, 401].includes(answer.status)) open.push(`${module}.${name}: ${answer.status}`)
    }
    assert.deepEqual(open, [])
  })

  test('cannot write anything by the session of a page without its CSRF token, or with a wrong one', async () => {
    const written: string[] = []
    for (const { module, name, e } of endpoints.filter(({ e }) => e.method !== 'GET' && !['public', 'device'].includes(e.permission))) {
      const path = e.path.replace(/:(\w+)/g, () => known.ids.any ?? '')
      for (const token of [{}, { 'x-csrf-token': 'x'.repeat(43) }]) {
        const headers = { cookie: stranger.cookie, 'content-type': 'application/json', ...token }
        const answer = await fetch(`${address}/api${path}`, { method: e.method, headers, body: '{}' })
        const { code } = (await answer.json()) as { code: string }
        if (answer.status !== 403 || code !== 'request.csrf') written.push(`${module}.${name}: ${answer.status} ${code}`)
      }
    }
    assert.deepEqual(written, [])
  })
})

test('every kind of id that a contract takes is tried by the stranger', () => {
  const asked = new Set<string>()
  for (const { e } of endpoints) {
    for (const schema of [e.params, e.query, e.body]) {
      if (schema.def.type === 'undefined') continue
      for (const [, entity] of JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).matchAll(
        /"entity":"(\w+)"/g,
      ))
        asked.add(entity ?? '')
    }
  }
  assert.deepEqual(
    [...asked].filter((entity) => !(entity in known.ids)),
    [],
  )
})

test('every endpoint names a permission of a module, or why it needs none', () => {
  const allowed = /^(public|signedIn|device|[a-z]+\.[a-zA-Z]+)$/
  assert.deepEqual(
    endpoints.filter(({ e }) => !allowed.test(e.permission)),
    [],
  )
})

/** Who may call it without a permission of a module, and why that is right. */
const WITHOUT_PERMISSION: Record<string, string> = {
  'access.state': 'public: the page asks before anybody can be signed in whether there is an administrator',
  'access.firstAdministrator': 'public: by the set-up code of the console, once',
  'access.logIn': 'public: checks the password, counts the failures',
  'access.token': 'public: checks the secret of the API client (RFC 6749)',
  'access.logOut': 'signedIn: ends one’s own session',
  'access.session': 'signedIn: tells who one is',
  'access.switchOrganisation': 'signedIn: among one’s own memberships only',
  'access.setLocale': 'signedIn: one’s own language',
  'access.changePassword': 'signedIn: by one’s own present password',
  'access.policy': 'signedIn: the rules that one’s own next password must keep',
  'access.sessions': 'signedIn: one’s own sessions',
  'access.revokeSession': 'signedIn: one’s own session',
  'gateways.wireEnrol': 'device: by the one-time code of its gateway',
  'gateways.wireConfig': 'device: by the gateway’s credential, its own configuration',
  'gateways.wireNext': 'device: by the gateway’s credential, its own commands',
  'gateways.wireAnswer': 'device: by the gateway’s credential, its own commands',
  'gateways.wireStatus': 'device: by the gateway’s credential, about itself',
  'gateways.wireLog': 'device: by the gateway’s credential, about itself',
  'programme.join': 'public: by the token of an invitation (256 random bits, hashed, expiring), what it is for',
  'programme.joinCertificate': 'public: by the same token, a file of that application',
  'programme.joinRemoveCertificate': 'public: by the same token, a file of that application',
  'programme.joinApply': 'public: by the same token, once, with at most 30 attempts',
  'telemetry.push': 'device: by the device’s credential, its own values',
  'telemetry.batch': 'device: by the gateway’s credential, values of the devices it speaks for',
  'telemetry.pushWaveform': 'device: by the device’s credential, its own waveforms',
}

test('every endpoint without a permission stands in the list with its reason', () => {
  const without = endpoints.filter(({ e }) => ['public', 'signedIn', 'device'].includes(e.permission))
  assert.deepEqual(
    without.map(({ module, name, e }) => `${module}.${name}: ${e.permission}`).sort(),
    Object.entries(WITHOUT_PERMISSION)
      .map(([name, reason]) => `${name}: ${reason.split(':')[0]}`)
      .sort(),
  )
})

const withoutPaging = (query: unknown) => {
  const { cursor: _, limit: __, ...rest } = (query ?? {}) as Record<string, unknown>
  return rest
}

/** The victim's rows of all tables, as a count and a checksum each, seen by a role that nothing hides from. */
async function rowsOfVictim(): Promise<Record<string, string>> {
  const { rows } = await superuser.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.columns
     where column_name = 'org_id' and table_schema not in ('kernel', 'pg_catalog', 'information_schema') order by 1`,
  )
  const found: Record<string, string> = {}
  for (const { name } of rows) {
    // These live by themselves: when a session was last seen, what was counted of the victim's own device some seconds ago.
    if (['access.session', 'telemetry.ingest_counter'].includes(name)) continue
    const { rows: sums } = await superuser.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as sum from ${name} t where org_id = $1`,
      [known.ids.Organisation],
    )
    found[name] = sums[0]?.sum ?? ''
  }
  return found
}

async function superuserOf(ownerUrl: string): Promise<pg.Client> {
  const url = new URL(ownerUrl)
  url.username = 'postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  return client
}
