import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { Delivered } from '#kernel/outbox-reader.ts'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { gatewaysApi, type WireStatus, type WriteResult } from '#modules/shopfloor/gateways/contract.ts'
import { type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, logIn, PASSWORD, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { type Command, commandsApi, type PointSetting } from '../contract.ts'

const cleanups: (() => Promise<void>)[] = []
let started: Awaited<ReturnType<typeof testApp>>
let owner: pg.Client
let client: ApiClient
let second: ApiClient
let staff: ApiClient
let newcomer: ApiClient
let site: PlantNodeId
let gateway: { id: DeviceId; userName: string; secret: string }
let device: DeviceId
let seen = 0
let subscriptions: NonNullable<(typeof started.composition.modules)[number]['subscriptions']>

const usual: PointSetting = {
  permission: 'commands.writeCritical',
  min: 0,
  max: 1,
  step: 0.01,
  allowed: null,
  approval: false,
  interlocks: [],
  timeoutS: 10,
}

before(async () => {
  started = await testApp({ after: (work) => void cleanups.unshift(work) })
  owner = new pg.Client({ connectionString: started.ownerUrl })
  await owner.connect()
  cleanups.unshift(() => owner.end())
  subscriptions = started.composition.modules.find(({ name }) => name === 'commands')?.subscriptions ?? []
  const operator = await firstAdministrator(started.address, SETUP_CODE)
  client = (await registerOrganisation(operator, started.address, { code: 'chang', kind: 'leader', n: 7 })).client
  newcomer = (await registerOrganisation(operator, started.address, { code: 'newcomer', kind: 'supplier', n: 8 })).client
  const node = (parentId: PlantNodeId | null, level: 'enterprise' | 'site', code: string) =>
    client.call(plantApi.createNode, { body: { parentId, level, code, name: code, nameEn: null } })
  const enterprise = (await node(null, 'enterprise', 'E')).id
  site = (await node(enterprise, 'site', 'S')).id
  const elsewhere = (await node(enterprise, 'site', 'T')).id
  second = await person('second', 'engineer', [])
  staff = await person('staff', 'staff', [])
  await person('elsewhere', 'engineer', [elsewhere])
  const made = await client.call(configurationApi.create, { body: { code: 'GW-1', name: 'GW-1', nameEn: null, nodeId: site } })
  gateway = { id: made.id, ...made.credential }
  device = await newDevice('modbus', 'press', { host: 'plc.local' })
  await report()
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

async function person(login: string, builtIn: 'engineer' | 'staff', siteIds: string[]): Promise<ApiClient> {
  const { roles } = await client.call(accessApi.roles)
  const role = roles.find((one) => one.builtIn === builtIn)?.id
  const { oneTimePassword } = await client.call(accessApi.createUser, {
    body: { login, displayName: login, roleIds: [role as never], siteIds },
  })
  const first = await logIn(started.address, login, oneTimePassword)
  await first.call(accessApi.changePassword, { body: { current: oneTimePassword, next: PASSWORD } })
  return logIn(started.address, login, PASSWORD)
}

async function newDevice(protocol: string, code: string, connection: Record<string, string | number>): Promise<DeviceId> {
  const properties = ['setPoint', 'speed', 'fixed'].map((name) => ({
    name,
    label: name,
    labelEn: null,
    valueType: 'number' as const,
    unit: 'MPa',
    kind: 'instant' as const,
  }))
  await client.call(devicesApi.createThingModel, { body: { code, name: code, nameEn: null, description: '', definition: { properties } } })
  const link = await client.call(configurationApi.createLink, {
    params: { id: gateway.id },
    body: { name: code, protocol, connection, enabled: true },
  })
  const places = protocol === 'modbus' ? ['holding:0', 'holding:1', 'holding:2'].map((address) => ({ address, dataType: 'uint16' })) : []
  const identifiers = ['02010100', '02020100', '02030000'].map((address) => ({ address }))
  const rows = (places.length > 0 ? places : identifiers).map((place, i) => ({
    name: properties[i]?.name ?? '',
    place: place as Record<string, string>,
    scale: 0.001,
    offset: 0,
    periodMs: 1_000,
    deadband: 0,
    access: i === 2 ? ('r' as const) : ('rw' as const),
  }))
  const table = await client.call(configurationApi.createPointTable, { body: { name: code, protocol, modelCode: code, rows } })
  const plate = { name: code, nameEn: null, maker: '', model: '', serial: '' }
  const unit = protocol === 'modbus' ? { unitId: 1 } : { meter: '000000000001' }
  const body = { linkId: link.id, unit, pointTableId: table.id, sourceTime: null, sequence: null, device: { code, ...plate, nodeId: site } }
  return (await client.call(configurationApi.connect, { body })).deviceId
}

/** As the gateway speaks. */
async function wire(e: { method: string }, path: string, body?: unknown): Promise<{ status: number; body: never }> {
  const answer = await fetch(`${started.address}/api/gateways/wire/${path}`, {
    method: e.method,
    headers: {
      authorization: `Basic ${Buffer.from(`${gateway.userName}:${gateway.secret}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as never }
}

const report = () => {
  const nowMs = Date.now()
  const status: WireStatus = {
    revision: 1,
    version: '0.1.0',
    startedAtMs: nowMs,
    atMs: nowMs,
    clockSkewMs: 0,
    queue: { batches: 0, bytes: 0, limitBytes: 1e9, oldestMs: null, droppedSamples: 0, onDisk: true },
    uplink: { connectedSinceMs: nowMs },
    links: [],
    memoryMb: 60,
    cpuPercent: 2,
  }
  return wire(gatewaysApi.wireStatus, 'status', status)
}

/** What waits for the gateway; asked with another revision, so that nobody waits. */
async function taken(): Promise<{ id: string; kind: string; value: unknown; place: unknown }[]> {
  const { body } = await wire(gatewaysApi.wireNext, 'next?revision=-1')
  return (body as { commands: { id: string; kind: string; value: unknown; place: unknown }[] }).commands
}

const answer = (id: string, write: WriteResult) => wire(gatewaysApi.wireAnswer, `commands/${id}/answer`, { write })
const doneNow = (): WriteResult => ({ outcome: 'done', before: 0.5, readBack: 0.6, differs: false, atMs: Date.now() })

/** The news since the last time, handed over as the worker does; `order` puts it as it may come. */
async function deliver(order: (events: Delivered<never>[]) => Delivered<never>[] = (events) => events): Promise<void> {
  await owner.query('alter table kernel.outbox no force row level security')
  const { rows } = await owner.query(
    `select id, org_id as "orgId", name, version, key, payload, actor, trace, occurred_at as "occurredAt" from kernel.outbox
     where id > $1 and name like 'gateways.write%' order by id`,
    [seen],
  )
  await owner.query('alter table kernel.outbox force row level security')
  seen = Math.max(seen, ...rows.map(({ id }) => Number(id)))
  for (const event of order(rows as Delivered<never>[]))
    for (const subscription of subscriptions.filter((one) => one.event === event.name)) await subscription.handle(event)
}

async function allow(name: string, change: Partial<PointSetting> = {}, of = device): Promise<void> {
  const { points } = await client.call(commandsApi.points, { params: { deviceId: of } })
  const version = points.find((point) => point.name === name)?.setting?.version ?? 0
  await client.call(commandsApi.allow, { params: { deviceId: of, name }, body: { ...usual, ...change, version } })
}

async function switched(on: boolean): Promise<void> {
  const version = (await client.call(commandsApi.sites)).sites.find(({ siteId }) => siteId === site)?.version ?? 0
  await client.call(commandsApi.switchSite, { params: { siteId: site }, body: { on, reason: '试验', version } })
}

const request = (as: ApiClient, point = 'setPoint', value: number | string = 0.6, idempotencyKey?: string) =>
  as.call(commandsApi.request, {
    body: { deviceId: device, point, value, purpose: '试验' },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const now = (command: Command) => client.call(commandsApi.get, { params: { id: command.id } })
const decision = ({ id, version }: Command) => ({ params: { id }, body: { version, note: '好的' } })

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}

test('nothing is allowed until it is said: switch, point, permission, point table, protocol', async () => {
  await assert.rejects(request(client), failsWith('commands.siteOff'))
  await switched(true)
  await assert.rejects(request(client), failsWith('commands.notWritable'))
  await allow('setPoint')
  await assert.rejects(request(staff), failsWith('commands.noPermission'))
  await assert.rejects(request(newcomer), failsWith('commands.deviceNotFound'))
  await assert.rejects(request(await logIn(started.address, 'elsewhere', PASSWORD)), failsWith('commands.deviceNotFound'))
  await allow('fixed')
  await assert.rejects(request(client, 'fixed'), failsWith('commands.readOnlyRow'))
  await assert.rejects(request(client, 'nothing'), failsWith('commands.pointNotFound'))
  const meter = await newDevice('dlt645', 'meter', { host: 'meter.local', port: 8_899 })
  await allow('setPoint', {}, meter)
  const { points } = await client.call(commandsApi.points, { params: { deviceId: meter } })
  assert.equal(points.find(({ name }) => name === 'setPoint')?.obstacle, 'protocolCannotWrite')
  await assert.rejects(
    staff.call(commandsApi.allow, { params: { deviceId: device, name: 'speed' }, body: { ...usual, version: 0 } }),
    (error) => error instanceof CallFailed && error.status === 403,
  )
  await assert.rejects(
    second.call(commandsApi.switchSite, { params: { siteId: site }, body: { on: false, reason: '试验', version: 1 } }),
    (error) => error instanceof CallFailed && error.status === 403,
  )
})

test('a value outside of what is allowed reaches no gateway', async () => {
  await assert.rejects(request(client, 'setPoint', 1.01), failsWith('commands.outOfLimits'))
  await assert.rejects(request(client, 'setPoint', 0.605), failsWith('commands.betweenSteps'))
  await assert.rejects(request(client, 'setPoint', 'much'), failsWith('commands.wrongType'))
  await assert.rejects(allow('setPoint', { min: 2 }), failsWith('commands.limitsWrong'))
  assert.deepEqual(await taken(), [])
})

test('asked for twice under one key it is one command, handed out once, whatever news comes first', async () => {
  const [first, again] = [
    await request(client, 'setPoint', 0.6, 'key-of-a-request'),
    await request(client, 'setPoint', 0.6, 'key-of-a-request'),
  ]
  assert.equal(first.id, again.id)
  await assert.rejects(request(second), failsWith('commands.alreadyOpen'))
  const commands = await taken()
  assert.deepEqual(
    commands.map(({ kind, value }) => [kind, value]),
    [['write', 0.6]],
  )
  assert.deepEqual(await taken(), [])
  const id = commands[0]?.id ?? ''
  assert.equal((await answer(id, doneNow())).status, 200)
  assert.equal((await answer(id, { ...doneNow(), outcome: 'unknown', reason: 'modbus.noAnswer' } as WriteResult)).status, 404)
  await deliver((events) => [...events].reverse())
  const done = await now(first)
  assert.deepEqual(
    [done.state, done.valueBefore, done.readBack, done.steps.map(({ action }) => action)],
    ['done', 0.5, 0.6, ['request', 'take', 'confirm']],
  )
  const { rows } = await asOwner(`select 1 from kernel.audit where entity = 'commands.command' and after->>'state' = 'done'`)
  assert.equal(rows.length, 1)
})

test('two persons: the requester does not approve, the second one does, and everything is checked again', async () => {
  await allow('setPoint', { approval: true })
  const asked = await request(client)
  assert.deepEqual([asked.state, asked.may, await taken()], ['awaitingApproval', { approve: false, withdraw: true }, []])
  await assert.rejects(client.call(commandsApi.approve, decision(asked)), failsWith('commands.ownRequest'))
  await assert.rejects(newcomer.call(commandsApi.approve, decision(asked)), failsWith('commands.notFound'))
  await assert.rejects(staff.call(commandsApi.approve, decision(asked)), (error) => error instanceof CallFailed && error.status === 403)
  const forced = `update commands.command set approved_by = requested_by where id = '${asked.id}'`
  await assert.rejects(asOwner(forced), (error: { constraint?: string }) => error.constraint === 'two_persons')
  await allow('setPoint', { approval: true, max: 0.55 })
  await assert.rejects(second.call(commandsApi.approve, decision(asked)), failsWith('commands.outOfLimits'))
  await allow('setPoint', { approval: true })
  const approved = await second.call(commandsApi.approve, decision(asked))
  assert.deepEqual([approved.state, approved.approvedBy, (await taken()).length], ['queued', 'second', 1])
  await deliver()
  assert.equal((await now(asked)).state, 'sent')
  await assert.rejects(client.call(commandsApi.withdraw, decision(await now(asked))), failsWith('commands.notAllowedNow'))
  await assert.rejects(second.call(commandsApi.decline, decision(await now(asked))), failsWith('commands.notAllowedNow'))
})

test('no word from the gateway: unknown after its time; what it tells later counts', async () => {
  const { items } = await client.call(commandsApi.list, { query: { group: 'open' } })
  const [sent] = items
  assert.ok(sent)
  await overdue(sent.id)
  const unknown = await client.call(commandsApi.get, { params: { id: sent.id } })
  assert.deepEqual([unknown.state, unknown.outcome], ['unknown', 'commands.noWord'])
  const { rows } = await asOwner(`select gateway_command_id as id from commands.command where id = '${sent.id}'`)
  assert.equal((await answer(String(rows[0]?.id), doneNow())).status, 200)
  await deliver()
  assert.equal((await now(unknown)).state, 'done')
})

test('what no gateway took in its time expires and is never handed out', async () => {
  await allow('setPoint')
  const asked = await request(client)
  await overdue(asked.id)
  assert.deepEqual([(await now(asked)).state, await taken()], ['expired', []])
  const next = await request(client)
  const withdrawn = await client.call(commandsApi.withdraw, decision(next))
  assert.deepEqual([withdrawn.state, await taken()], ['withdrawn', []])
})

test('whoever forbids a point, or switches its plant off, takes back what waits', async () => {
  const asked = await request(client)
  await client.call(commandsApi.forbid, { params: { deviceId: device, name: 'setPoint' } })
  assert.equal((await now(asked)).state, 'withdrawn')
  await allow('setPoint')
  const waiting = await request(client)
  await switched(false)
  assert.deepEqual([(await now(waiting)).state, await taken()], ['withdrawn', []])
  const { rows } = await asOwner(`select after->>'reason' as reason from kernel.audit where entity = 'commands.site_switch' order by id`)
  assert.deepEqual(
    rows.map(({ reason }) => reason),
    ['试验', '试验'],
  )
  await switched(true)
})

test('an offline gateway is asked nothing', async () => {
  await asOwner(`update gateways.report set received_at = now() - interval '1 minute'`)
  await assert.rejects(request(client), failsWith('commands.gatewayOffline'))
  await report()
})

/** As the owner, for whom row-level security stands aside for one statement. */
async function asOwner(statement: string): Promise<pg.QueryResult> {
  const table = /(?:from|update) ([a-z.]+)/.exec(statement)?.[1] ?? ''
  await owner.query(`alter table ${table} no force row level security`)
  try {
    return await owner.query(statement)
  } finally {
    await owner.query(`alter table ${table} force row level security`)
  }
}

/** Its time is over, and the worker comes round. */
async function overdue(id: string): Promise<void> {
  await asOwner(`update commands.command set due_at = now() - interval '1 second' where id = '${id}'`)
  for (const loop of started.composition.modules.find(({ name }) => name === 'commands')?.loops ?? [])
    await loop.run(new AbortController().signal)
}

test('the to-do list of the second person has what others asked for', async () => {
  await allow('setPoint', { approval: true })
  const asked = await request(client)
  const pathsOf = async (of: ApiClient) =>
    (await of.call(collaborationApi.todos)).groups.flatMap(({ items }) => items.map(({ path }) => path))
  assert.ok((await pathsOf(second)).includes(`/commands/${asked.id}`))
  assert.ok(!(await pathsOf(client)).includes(`/commands/${asked.id}`))
})
