import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { z } from 'zod'
import type { ServerModule } from '#kernel/module.ts'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { configurationApi } from '../configuration-contract.ts'
import { type CommandId, gatewaysApi, type LinkId, type PointTableId, type WireConfig, type WireStatus } from '../contract.ts'
import { pairApi } from '../pair-contract.ts'

interface TestGateway {
  id: DeviceId
  code: string
  secret: string
}

const cleanups: (() => Promise<void>)[] = []
let address: string
let orgId: string
let own: ServerModule
let client: ApiClient
let stranger: ApiClient
let owner: Client
let site: PlantNodeId
let table: PointTableId
const orgCode = 'chang'

before(async () => {
  const app = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = app.address
  own = app.composition.modules.find((module) => module.name === 'gateways') as ServerModule
  const operator = await firstAdministrator(address, SETUP_CODE)
  const registered = await registerOrganisation(operator, address, { code: orgCode, kind: 'leader', n: 7 })
  client = registered.client
  orgId = registered.orgId
  stranger = (await registerOrganisation(operator, address, { code: 'newcomer', kind: 'supplier', n: 8 })).client
  owner = new Client({ connectionString: Object.assign(new URL(app.ownerUrl), { username: 'postgres' }).href })
  await owner.connect()
  cleanups.unshift(() => owner.end())
  const node = (parentId: PlantNodeId | null, level: 'enterprise' | 'site', code: string) =>
    client.call(plantApi.createNode, { body: { parentId, level, code, name: code, nameEn: null } })
  site = (await node((await node(null, 'enterprise', 'E')).id, 'site', 'S')).id
  const { version } = await client.call(plantApi.site, { params: { id: site }, query: { year: 2026 } })
  const networks = [{ network: '10.0.0.0/8', note: '', validFrom: '2020-01-01', validUntil: null }]
  await client.call(plantApi.declareNetworks, { params: { id: site }, body: { version, networks } })
  const properties = [{ name: 'energy', label: '电能', labelEn: null, valueType: 'number' as const, unit: 'kWh', kind: 'counter' as const }]
  await client.call(devicesApi.createThingModel, {
    body: { code: 'meter', name: '电表', nameEn: null, description: '', definition: { properties } },
  })
  const place = { address: 'holding:0', dataType: 'uint16' }
  const rows = [{ name: 'energy', place, scale: 1, offset: 0, periodMs: 1_000, deadband: 0, access: 'rw' as const }]
  table = (await client.call(configurationApi.createPointTable, { body: { name: '电表', protocol: 'modbus', modelCode: 'meter', rows } }))
    .id
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

async function newGateway(code: string, nodeId: PlantNodeId | null = site): Promise<TestGateway> {
  const made = await client.call(configurationApi.create, { body: { code, name: code, nameEn: null, nodeId } })
  return { id: made.id, code, secret: made.credential.secret }
}

const newLink = async ({ id }: TestGateway, name: string): Promise<LinkId> => {
  const body = { name, protocol: 'modbus', connection: { host: '10.1.2.3' }, enabled: true }
  return (await client.call(configurationApi.createLink, { params: { id }, body })).id
}

const newMeter = async (code: string, linkId: LinkId) => {
  const device = { code, name: code, nameEn: null, maker: '', model: '', serial: '', nodeId: site }
  const body = { linkId, unit: { unitId: 1 }, pointTableId: table, sourceTime: null, sequence: null, device }
  return (await client.call(configurationApi.connect, { body })).deviceId
}

/** As a gateway speaks. */
async function wire<T>(as: TestGateway, e: { method: string; path: string }, body?: unknown, path = e.path): Promise<T> {
  const authorization = `Basic ${Buffer.from(`${orgCode}/${as.code}:${as.secret}`).toString('base64')}`
  const answer = await fetch(`${address}/api${path}`, {
    method: e.method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as T
}

const config = (as: TestGateway) => wire<WireConfig>(as, gatewaysApi.wireConfig)
/** What waits for it now: the revision that it names is none. */
const commands = async (as: TestGateway) =>
  (await wire<z.infer<typeof gatewaysApi.wireNext.response>>(as, gatewaysApi.wireNext, undefined, '/gateways/wire/next?revision=-5'))
    .commands

async function report(as: TestGateway, change: Partial<WireStatus> = {}): Promise<void> {
  const queue = { batches: 0, bytes: 0, limitBytes: 1e9, oldestMs: null, droppedSamples: 0, onDisk: true }
  const now = Date.now()
  const status = { version: '0.1.0', startedAtMs: now, atMs: now, clockSkewMs: 3, queue, uplink: { connectedSinceMs: now } }
  const { revision } = await config(as)
  await wire(as, gatewaysApi.wireStatus, { revision, ...status, links: [], memoryMb: 60, cpuPercent: 2, ...change })
}

/** Its last word was so long ago, after an hour of reports. */
const heardAgo = (of: TestGateway, seconds: number) =>
  owner.query(
    `update gateways.report set received_at = now() - make_interval(secs => $2), unbroken_since = now() - interval '1 hour' where gateway_id = $1`,
    [of.id, seconds],
  )

const look = () => own.loops?.find(({ name }) => name === 'gateways: take-over')?.run(new AbortController().signal)
const pairOf = async ({ id }: TestGateway) => (await client.call(pairApi.pair, { params: { id } })).pair

async function newPair(code: string) {
  const [a, b] = [await newGateway(`${code}-A`), await newGateway(`${code}-B`)]
  const link = await newLink(a, code)
  const meter = await newMeter(`${code}-M`, link)
  await client.call(pairApi.setStandby, { params: { id: a.id }, body: { standbyId: b.id, silentAfterS: 30 } })
  await report(a)
  await report(b)
  return { a, b, link, meter }
}

async function silentTakeOver({ a, b }: { a: TestGateway; b: TestGateway }) {
  await heardAgo(a, 31)
  await heardAgo(b, 3)
  await look()
}

const push = (as: TestGateway, batch: number, device: string, stamps: number[], backfill = false) => {
  const items = stamps.map((ts) => ({ device, ts, values: { energy: ts - 1_790_000_000_000 } }))
  return wire<z.infer<typeof telemetryApi.batch.response>>(as, telemetryApi.batch, { batch, backfill, items })
}

const failsWith = (code: string) => (error: unknown) => error instanceof CallFailed && error.problem.code === code

test('several gateways of one organisation each read their own links and speak for their own devices', async () => {
  const [one, two] = [await newGateway('GW-1'), await newGateway('GW-2')]
  await newMeter('M-1', await newLink(one, '一号'))
  await newMeter('M-2', await newLink(two, '二号'))
  const [configOne, configTwo] = [await config(one), await config(two)]
  assert.deepEqual(
    [configOne, configTwo].map(({ links }) => links.map(({ name }) => name)),
    [['一号'], ['二号']],
  )
  const now = Date.now()
  for (const [gateway, mine, foreign] of [
    [one, 'M-1', 'M-2'],
    [two, 'M-2', 'M-1'],
  ] as const) {
    assert.deepEqual(
      [(await push(gateway, 1, mine, [now])).stored, (await push(gateway, 2, foreign, [now + 1])).refusals[0]?.reason],
      [1, 'foreignDevice'],
    )
  }
})

test('who stands by has no links of its own, of the same site, in one pair only, and reads nothing', async () => {
  const { a, b } = await newPair('P')
  const set = (id: DeviceId, standbyId: DeviceId, by = client) => by.call(pairApi.setStandby, { params: { id }, body: { standbyId } })
  const other = await newGateway('P-C')
  await assert.rejects(set(other.id, other.id), failsWith('gateways.standbyItself'))
  await assert.rejects(set(other.id, b.id), failsWith('gateways.pairedAlready'))
  await assert.rejects(set(b.id, other.id), failsWith('gateways.pairedAlready'))
  await assert.rejects(set(other.id, (await newGateway('P-D', null)).id), failsWith('gateways.standbyOfAnotherSite'))
  const reading = await newGateway('P-E')
  await newLink(reading, '已有')
  await assert.rejects(set(other.id, reading.id), failsWith('gateways.standbyHasLinks'))
  await assert.rejects(newLink(b, '多余'), failsWith('gateways.standbyHasLinks'))
  await assert.rejects(set(reading.id, other.id, stranger), failsWith('gateways.notFound'))
  await assert.rejects(stranger.call(pairApi.pair, { params: { id: a.id } }), failsWith('gateways.notFound'))
  assert.deepEqual([(await config(a)).links.length, (await config(b)).links.length], [1, 0])
  const list = (await client.call(configurationApi.list, { query: { search: 'P-' } })).items
  assert.deepEqual(
    list.slice(0, 3).map(({ code, pair }) => [code, pair]),
    [
      ['P-A', { isStandby: false, reads: true }],
      ['P-B', { isStandby: true, reads: false }],
      ['P-C', null],
    ],
  )
})

test('a change of what is read reaches both', async () => {
  const { a, b, link, meter } = await newPair('C')
  const before = await Promise.all([config(a), config(b)])
  await newLink(a, '再一条')
  const after = await Promise.all([config(a), config(b)])
  assert.deepEqual(
    after.map(({ revision }, i) => revision - (before[i]?.revision ?? 0)),
    [1, 1],
  )
  await own.subscriptions?.[0]?.handle({ orgId, payload: { deviceId: meter } } as never)
  assert.deepEqual(
    (await Promise.all([config(a), config(b)])).map(({ revision }, i) => revision - (after[i]?.revision ?? 0)),
    [1, 1],
  )
  assert.ok(link)
})

test('the standby takes over when the active one is silent: another epoch, the same links, told and recorded', async () => {
  const pair = await newPair('T')
  const { a, b, link, meter } = pair
  await heardAgo(a, 29)
  await look()
  assert.equal((await pairOf(a))?.epoch, 1, 'not yet')
  await heardAgo(a, 31)
  await heardAgo(b, 31)
  await look()
  assert.equal((await pairOf(a))?.epoch, 1, 'both were away')
  await report(b)
  await look()
  assert.equal((await pairOf(a))?.epoch, 1, 'the standby is back first')
  const [revisionOfA, revisionOfB] = [(await config(a)).revision, (await config(b)).revision]
  await silentTakeOver(pair)
  await Promise.all([look(), look()])
  const now = await pairOf(b)
  assert.deepEqual([now?.epoch, now?.activeId, now?.turns.map(({ reason }) => reason)], [2, b.id, ['silent', 'paired']])
  assert.ok(Math.abs(Date.parse(now?.turns[0]?.heardAt ?? '') - (Date.now() - 31_000)) < 3_000)
  const [ofA, ofB] = [await config(a), await config(b)]
  assert.deepEqual([ofA.links.length, ofA.revision > revisionOfA], [0, true])
  assert.deepEqual([ofB.links.map(({ id }) => id), ofB.links[0]?.devices[0]?.code, ofB.revision > revisionOfB], [[link], 'T-M', true])
  const linkStatus = { id: link, state: 'connected' as const, reason: null, sinceMs: Date.now(), cycle: null, units: [] }
  await report(b, { links: [linkStatus] })
  const read = await client.call(configurationApi.get, { params: { id: a.id } })
  assert.deepEqual([read.state, read.status?.links[0]?.state, read.pair], ['offline', 'connected', { isStandby: false, reads: false }])
  const { connection } = await client.call(configurationApi.connection, { params: { deviceId: meter } })
  assert.deepEqual([connection?.gateway.code, connection?.linkStatus?.state], ['T-B', 'connected'])
  const { rows } = await owner.query(
    `select actor->>'id' as actor, after->>'reason' as reason, after->>'epoch' as epoch from kernel.audit
     where entity = 'gateways.pair' and after->>'gateway_id' = $1 and action = 'update' order by id`,
    [a.id],
  )
  assert.deepEqual(rows, [{ actor: 'gateways.takeOver', reason: 'silent', epoch: '2' }])
  const news = await owner.query(`select payload from kernel.outbox where name = 'gateways.turnBegan' and key = $1`, [a.id])
  assert.deepEqual(
    news.rows.map(({ payload }) => [payload.active, payload.before, payload.epoch]),
    [['T-B', 'T-A', 2]],
  )
  // The reverse failure.
  await silentTakeOver({ a: b, b: a })
  assert.deepEqual([(await pairOf(a))?.epoch, (await config(a)).links.length, (await config(b)).links.length], [3, 1, 0])
})

test('each moment is the turn of one: values that the other one read after the take-over are refused and counted', async () => {
  const pair = await newPair('V')
  await silentTakeOver(pair)
  const beganMs = Date.parse((await pairOf(pair.a))?.turns[0]?.beganAt ?? '')
  const stamps = [beganMs - 2_000, beganMs - 1, beganMs + 1, beganMs + 1_000]
  const late = await push(pair.a, 1, 'V-M', stamps, true)
  assert.deepEqual([late.stored, late.refused, late.refusals.map(({ reason }) => reason)], [2, 2, ['otherTurn', 'otherTurn']])
  const fresh = await push(pair.b, 1, 'V-M', stamps)
  assert.deepEqual([fresh.stored, fresh.refused], [2, 2])
  const itself = await wire<{ stored: number; refused: number }>(pair.a, telemetryApi.batch, {
    batch: 2,
    items: [{ device: pair.a.code, ts: Date.now(), values: { queue_batches: 0 } }],
  })
  assert.deepEqual([itself.stored, itself.refused], [1, 0], 'what it says of itself is its own')
})

test('values with the stamps of their source are judged by whose turn it is now', async () => {
  const pair = await newPair('S')
  await owner.query(`update gateways.connection set source_time = '{"place":{},"format":"epochMs"}' where code = 'S-M'`)
  await silentTakeOver(pair)
  const beganMs = Date.parse((await pairOf(pair.a))?.turns[0]?.beganAt ?? '')
  // The logger's clock is a minute behind.
  assert.equal((await push(pair.b, 1, 'S-M', [beganMs - 60_000, beganMs - 59_000])).stored, 2)
  assert.equal((await push(pair.a, 1, 'S-M', [beganMs - 60_000, beganMs + 500])).stored, 1)
})

const writeTo = async (gateway: TestGateway, linkId: LinkId) => {
  const point = { name: 'energy', place: { address: 'holding:0', dataType: 'uint16' }, valueType: 'number', scale: 1, offset: 0 }
  const request = { kind: 'write', linkId, protocol: 'modbus', device: 'M', unit: { unitId: 1 }, point, value: 1, interlocks: [] }
  const { rows } = await owner.query(
    `insert into gateways.command (org_id, gateway_id, request, expires_at) values ($1, $2, $3, now() + interval '50 seconds') returning id`,
    [orgId, gateway.id, JSON.stringify(request)],
  )
  return rows[0].id as CommandId
}

test('a write never outlives the lease of the gateway that it was handed to, and the next one waits until that has ended or let go', async () => {
  const { a, b, link } = await newPair('W')
  await report(a)
  const first = await writeTo(a, link)
  const [handed] = await commands(a)
  assert.equal(handed?.id, first)
  assert.ok((handed?.expiresAtMs ?? 0) <= Date.now() + 25_000, 'its lease, not the command’s own time')
  const waiting = await writeTo(a, link)
  const { epoch } = await client.call(pairApi.switchOver, { params: { id: b.id }, body: { epoch: 1 } })
  assert.equal(epoch, 2)
  assert.deepEqual(await commands(a), [], 'it is its turn no more')
  const linkStatus = { id: link, state: 'connecting' as const, reason: null, sinceMs: Date.now(), cycle: null, units: [] }
  const connected = { links: [{ ...linkStatus, state: 'connected' as const }] }
  await report(b, connected)
  assert.deepEqual(await commands(b), [], 'the one before may still do what it was handed')
  assert.ok((await pairOf(b))?.writesFrom)
  await report(a, { revision: (await config(a)).revision - 1 })
  assert.deepEqual(await commands(b), [], 'it has not heard of it yet')
  await report(a)
  assert.equal((await pairOf(b))?.writesFrom, null)
  await report(b, { revision: (await config(b)).revision - 1 })
  assert.deepEqual(await commands(b), [], 'the next one does not have the links yet')
  await report(b, { links: [linkStatus] })
  assert.deepEqual(await commands(b), [], 'nor is it connected')
  await report(b, connected)
  const moved = (await commands(b)).map(({ id }) => id)
  assert.deepEqual(moved, [waiting], 'what nobody had taken moves with the turn')
  // Nothing is handed out near the end of a lease, or after it.
  await writeTo(b, link)
  await heardAgo(b, 23)
  assert.deepEqual(await commands(b), [])
  await report(b)
  assert.equal((await commands(b)).length, 1)
})

test('by hand only to one that could, and only from the state that was seen; the pair ends where the links are read by their owner', async () => {
  const { a, b } = await newPair('H')
  const byHand = (seen: number) => client.call(pairApi.switchOver, { params: { id: a.id }, body: { epoch: seen } })
  await heardAgo(b, 40)
  await assert.rejects(byHand(1), failsWith('gateways.standbyNotReady'))
  await report(b)
  await byHand(1)
  await report(a)
  await assert.rejects(byHand(1), failsWith('gateways.changedMeanwhile'))
  await assert.rejects(client.call(pairApi.dissolvePair, { params: { id: a.id } }), failsWith('gateways.standbyReads'))
  await byHand(2)
  await client.call(pairApi.dissolvePair, { params: { id: a.id } })
  assert.deepEqual([(await pairOf(a)) ?? null, (await config(a)).links.length, (await config(b)).links.length], [null, 1, 0])
  await assert.rejects(byHand(3), failsWith('gateways.notPaired'))
  await newLink(b, '又可以有')
})
