import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { ServerModule } from '#kernel/module.ts'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { configurationApi } from '../configuration-contract.ts'
import { gatewaysApi, type LinkId, type PointTableId, type WireConfig, type WireStatus } from '../contract.ts'
import { explanationApi } from '../explanation-contract.ts'

const cleanups: (() => Promise<void>)[] = []
let address: string
let orgId: string
let own: ServerModule
let newcomer: ApiClient
let client: ApiClient
let site: PlantNodeId
let gateway: { id: DeviceId; code: string; secret: string }
let link: LinkId
let table: PointTableId
const orgCode = 'chang'

const properties = [
  { name: 'voltage', label: '电压', labelEn: null, valueType: 'number' as const, unit: 'V', kind: 'instant' as const },
  { name: 'energy', label: '电能', labelEn: null, valueType: 'number' as const, unit: 'kWh', kind: 'counter' as const },
]
const row = (name: string, change: object = {}) => ({
  name,
  place: { address: 'holding:0', dataType: 'uint16' },
  scale: 0.1,
  offset: 0,
  periodMs: 1_000,
  deadband: 0,
  access: 'r' as const,
  ...change,
})
const plate = { name: '电表', nameEn: null, maker: '', model: '', serial: '' }
const nowhere = { sourceTime: null, sequence: null }

before(async () => {
  const app = await testApp({ after: (work) => void cleanups.unshift(work) })
  address = app.address
  own = app.composition.modules.find((module) => module.name === 'gateways') as ServerModule
  const operator = await firstAdministrator(address, SETUP_CODE)
  const registered = await registerOrganisation(operator, address, { code: orgCode, kind: 'leader', n: 7 })
  client = registered.client
  orgId = registered.orgId
  newcomer = (await registerOrganisation(operator, address, { code: 'newcomer', kind: 'supplier', n: 8 })).client
  const enterprise = await client.call(plantApi.createNode, {
    body: { parentId: null, level: 'enterprise', code: 'E', name: '企业', nameEn: null },
  })
  site = (
    await client.call(plantApi.createNode, { body: { parentId: enterprise.id, level: 'site', code: 'S', name: '一厂', nameEn: null } })
  ).id
  await client.call(devicesApi.createThingModel, {
    body: { code: 'meter', name: '电表', nameEn: null, description: '', definition: { properties } },
  })
  gateway = await newGateway('GW-1')
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

async function newGateway(code: string) {
  const made = await client.call(configurationApi.create, { body: { code, name: `网关 ${code}`, nameEn: null, nodeId: site } })
  return { id: made.id, code, secret: made.credential.secret }
}

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}

/** As the gateway speaks. */
async function wire(
  e: { method: string; path: string },
  { as = gateway, path = e.path, body }: { as?: { code: string; secret: string }; path?: string; body?: unknown } = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${address}/api${path}`, {
    method: e.method,
    headers: {
      authorization: `Basic ${Buffer.from(`${orgCode}/${as.code}:${as.secret}`).toString('base64')}`,
      'accept-encoding': 'gzip',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

const config = async () => (await wire(gatewaysApi.wireConfig)).body as WireConfig
const next = async (revision: number) =>
  (await wire(gatewaysApi.wireNext, { path: `/gateways/wire/next?revision=${revision}` })).body as z.infer<
    typeof gatewaysApi.wireNext.response
  >

const status = (change: Partial<WireStatus> = {}): WireStatus => ({
  revision: 1,
  version: '0.1.0',
  startedAtMs: Date.now(),
  atMs: Date.now(),
  clockSkewMs: 3,
  queue: { batches: 0, bytes: 0, limitBytes: 1e9, oldestMs: null, droppedSamples: 0, onDisk: true },
  uplink: { connectedSinceMs: Date.now() },
  links: [],
  memoryMb: 60,
  cpuPercent: 2,
  ...change,
})

test('a gateway signs in with the secret it was made with; wrong ones, other devices and strangers do not', async () => {
  const first = await config()
  assert.deepEqual([first.links, first.limits.backfillSamplesPerSecond], [[], 5_000])
  const device = await client.call(devicesApi.create, {
    body: {
      ...plate,
      code: 'plain',
      note: '',
      thingModelId: (await client.call(devicesApi.thingModels, { query: { search: 'meter' } })).items[0]?.id as never,
      status: 'active',
      nodeId: site,
      withCredential: true,
    },
  })
  const plain = { code: 'plain', secret: device.credential?.secret ?? '' }
  const refused = async (as: { code: string; secret: string }) => {
    const { status, body } = await wire(gatewaysApi.wireConfig, { as })
    return [status, (body as { code: string }).code]
  }
  assert.deepEqual(await refused(plain), [403, 'gateways.notAGateway'])
  assert.deepEqual(await refused({ code: 'nobody', secret: 'x' }), [401, 'gateways.wrongCredential'])
  for (let i = 0; i < 10; i++) assert.deepEqual(await refused({ code: plain.code, secret: 'guess' }), [401, 'gateways.wrongCredential'])
  assert.deepEqual(await refused(plain), [429, 'gateways.lockedOut'])
  await assert.rejects(
    client.call(configurationApi.create, { body: { code: 'gw-1', name: 'x', nameEn: null, nodeId: site } }),
    failsWith('devices.codeTaken'),
  )
})

test('a link is kept when its settings fit the protocol and its address lies in a network that the site declared', async () => {
  const make = (connection: Record<string, string | number>, protocol = 'modbus') =>
    client.call(configurationApi.createLink, { params: { id: gateway.id }, body: { name: '线路一', protocol, connection, enabled: true } })
  await assert.rejects(make({ host: '10.1.2.3' }), failsWith('gateways.addressNotDeclared'))
  const read = await client.call(plantApi.site, { params: { id: site }, query: { year: 2026 } })
  await client.call(plantApi.declareNetworks, {
    params: { id: site },
    body: { version: read.version, networks: [{ network: '10.1.0.0/16', note: '', validFrom: '2026-01-01', validUntil: null }] },
  })
  await assert.rejects(make({ host: '10.2.2.3' }), failsWith('gateways.addressNotDeclared'))
  await assert.rejects(make({ host: '169.254.169.254' }), failsWith('gateways.addressNotDeclared'))
  await assert.rejects(make({ host: '' }), failsWith('gateways.settingsWrong'))
  await assert.rejects(make({ host: '10.1.2.3', password: 'one that would be thought kept' }), failsWith('gateways.settingsWrong'))
  await assert.rejects(make({ host: '10.1.2.3', port: 70_000 }), failsWith('gateways.settingsWrong'))
  await assert.rejects(make({}, 'toString'), failsWith('gateways.protocolUnknown'))
  const before = (await config()).revision
  link = (await make({ host: '10.1.2.3' })).id
  const after = await config()
  assert.equal(after.revision, before + 1)
  assert.deepEqual(after.networks, ['10.1.0.0/16'])
  assert.equal(after.links[0]?.connection.port, 502, 'defaults are filled in')
})

test('rows of a point table are refused with row, field and reason; a table that fits is kept with its defaults', async () => {
  const make = (rows: ReturnType<typeof row>[], name = '电表点表') =>
    client.call(configurationApi.createPointTable, { body: { name, protocol: 'modbus', modelCode: 'meter', rows } })
  const wrong = [
    row('voltage', { place: { address: '4x0', dataType: 'uint16' } }),
    row('voltage'),
    row('nothing'),
    row('energy', { scale: 0, place: { address: 'holding:65535', dataType: 'float32' } }),
    row('energy2', { place: { dataType: 'uint16' } }),
  ]
  await assert.rejects(make(wrong), (error) => {
    failsWith('gateways.rowsWrong')(error)
    const { problems } = (error as CallFailed).problem as { problems: { row: number; field: string; code: string }[] }
    assert.deepEqual(
      problems.map((p) => [p.row, p.field, p.code]),
      [
        [0, 'place.address', 'modbus.addressOutOfRange'],
        [1, 'name', 'gateways.rows.nameTwice'],
        [2, 'name', 'gateways.rows.propertyUnknown'],
        [3, 'scale', 'gateways.rows.scaleZero'],
        [3, 'place.address', 'modbus.addressBeyondEnd'],
        [4, 'name', 'gateways.rows.propertyUnknown'],
        [4, 'place.address', 'gateways.rows.missing'],
      ],
    )
    return true
  })
  table = (await make([row('voltage')])).id
  await assert.rejects(make([], '电表点表'), failsWith('gateways.nameTaken'))
  const { rows } = await client.call(configurationApi.pointTable, { params: { id: table } })
  assert.deepEqual(rows[0]?.place, { address: 'holding:0', dataType: 'uint16', order: 'ABCD', encoding: 'ascii' })
})

test('a new device is connected in one step; the gateway then reads it and may send its values', async () => {
  const connect = (device: object, unit: object = { unitId: 1 }, pointTableId = table) =>
    client.call(configurationApi.connect, { body: { linkId: link, unit, pointTableId, ...nowhere, device } as never })
  await connect({ ...plate, code: 'M-1', nodeId: site })
  await assert.rejects(connect({ ...plate, code: 'M-2', nodeId: site }), failsWith('gateways.unitTaken'))
  await assert.rejects(connect({ ...plate, code: 'm-1', nodeId: site }, { unitId: 2 }), failsWith('devices.codeTaken'))
  await assert.rejects(connect({ id: gateway.id }, { unitId: 2 }), failsWith('gateways.otherModel'))
  await assert.rejects(connect({ ...plate, code: 'M-3', nodeId: site }, { unitId: 900 }), failsWith('gateways.settingsWrong'))
  const plain = (await client.call(devicesApi.list, { query: { search: 'plain' } })).items[0]
  await connect({ id: plain?.id }, { unitId: 2 })
  await assert.rejects(connect({ id: plain?.id }, { unitId: 3 }), failsWith('gateways.connectedAlready'))
  const { links } = await config()
  assert.deepEqual(
    links[0]?.devices.map((device) => [device.code, device.unit.unitId, device.enabled, device.points.length]),
    [
      ['M-1', 1, true, 1],
      ['plain', 2, true, 1],
    ],
  )
  assert.equal(links[0]?.devices[0]?.points[0]?.valueType, 'number')
  const items = ['M-1', 'plain', gateway.code, 'M-9'].map((device) => ({ device, ts: Date.now(), values: { voltage: 1 } }))
  const sent = await wire(telemetryApi.batch, { body: { batch: 1, items } })
  const answer = sent.body as z.infer<typeof telemetryApi.batch.response>
  assert.deepEqual(
    [answer.stored, answer.refusals.map((one) => one.reason)],
    [2, ['unknownPoint', 'foreignDevice']],
    'its own code is known, and has no such point',
  )
})

test('the long poll answers at once to another revision, and waits for the next change else', async () => {
  const { revision } = await config()
  assert.equal((await next(revision - 1)).revision, revision)
  const started = performance.now()
  const waiting = next(revision)
  await sleep(300)
  const { version } = await client.call(configurationApi.get, { params: { id: gateway.id } })
  await client.call(configurationApi.update, { params: { id: gateway.id }, body: { version, backfillSamplesPerSecond: 9_000 } })
  assert.equal((await waiting).revision, revision + 1)
  assert.ok(performance.now() - started < 10_000)
  await assert.rejects(
    client.call(configurationApi.update, { params: { id: gateway.id }, body: { version, backfillSamplesPerSecond: 1_000 } }),
    failsWith('gateways.changedMeanwhile'),
  )
})

test('what a gateway reports is its state, and the state of its devices', async () => {
  assert.equal((await client.call(configurationApi.get, { params: { id: gateway.id } })).state, 'never')
  const unit = {
    device: 'M-1',
    state: 'open' as const,
    reason: 'modbus.noAnswer',
    sinceMs: Date.now(),
    goodPoints: 0,
    badPoints: 1,
    badAddresses: [],
  }
  const linkStatus = { id: link, state: 'connected' as const, reason: null, sinceMs: Date.now(), cycle: null, units: [unit] }
  const answer = await wire(gatewaysApi.wireStatus, { body: status({ links: [linkStatus] }) })
  assert.ok(Math.abs((answer.body as { nowMs: number }).nowMs - Date.now()) < 5_000)
  const read = await client.call(configurationApi.get, { params: { id: gateway.id } })
  assert.deepEqual([read.state, read.status?.links[0]?.units[0]?.reason], ['online', 'modbus.noAnswer'])
  const { connection } = await client.call(configurationApi.connection, {
    params: { deviceId: read.connections.find((c) => c.code === 'M-1')?.deviceId as DeviceId },
  })
  assert.deepEqual([connection?.gateway.code, connection?.linkStatus?.state, connection?.unitStatus?.state], ['GW-1', 'connected', 'open'])
  assert.equal((await wire(gatewaysApi.wireStatus, { body: { revision: 1 } })).status, 400)
  await wire(gatewaysApi.wireLog, {
    body: [{ atMs: Date.now(), level: 'error', code: 'modbus.connectionRefused', link, details: { host: '10.1.2.3' } }],
  })
  const log = await client.call(configurationApi.log, { params: { id: gateway.id }, query: { level: 'error' } })
  assert.deepEqual(
    log.items.map((entry) => [entry.code, entry.link, entry.details.host]),
    [['modbus.connectionRefused', link, '10.1.2.3']],
  )
})

test('a test read goes to the gateway and back; without one, or without its answer, the reason is said', async () => {
  const other = await newGateway('GW-2')
  const points = [
    { name: 'voltage', place: { address: 'holding:0', dataType: 'uint16' }, valueType: 'number' as const, scale: 0.1, offset: 0 },
  ]
  const read = (id: DeviceId, change: object = {}) =>
    client.call(configurationApi.testRead, {
      params: { id },
      body: { link: { protocol: 'modbus', connection: { host: '10.1.2.3' } }, unit: { unitId: 1 }, points, ...change } as never,
    })
  assert.deepEqual(await read(other.id), { outcome: 'failed', reason: 'gateways.offline' })
  await assert.rejects(read(other.id, { link: { id: link } }), failsWith('gateways.linkNotFound'))
  await wire(gatewaysApi.wireStatus, { body: status() })
  const { revision } = await config()
  const asked = read(gateway.id, { link: { id: link } })
  const { commands } = await next(revision)
  const [command] = commands
  assert.ok(command?.kind === 'testRead')
  assert.deepEqual([command.linkId, command.unit, command.points.length], [link, { unitId: 1 }, 1])
  assert.ok(command.expiresAtMs > Date.now())
  const path = `/gateways/wire/commands/${command.id}/answer`
  const body = { samples: [{ name: 'voltage', raw: 2301, value: 230.1, quality: 'good' }] }
  assert.equal((await wire(gatewaysApi.wireAnswer, { as: other, path, body })).status, 404, 'another gateway answers nothing')
  assert.equal((await wire(gatewaysApi.wireAnswer, { path, body })).status, 200)
  assert.equal((await wire(gatewaysApi.wireAnswer, { path, body })).status, 404, 'answered once')
  assert.deepEqual(await asked, { outcome: 'read', ...body })
  const failing = read(gateway.id)
  const again = (await next(revision)).commands[0]
  await wire(gatewaysApi.wireAnswer, { path: `/gateways/wire/commands/${again?.id}/answer`, body: { failed: 'modbus.connectionRefused' } })
  assert.deepEqual(await failing, { outcome: 'failed', reason: 'modbus.connectionRefused' })
  const started = performance.now()
  assert.deepEqual(await read(gateway.id), { outcome: 'failed', reason: 'gateways.noAnswer' })
  assert.ok(performance.now() - started < 12_000)
})

test('a link’s password goes to the gateway alone; changed without it, it stays; a directory is browsed over the link', async () => {
  const third = await newGateway('GW-3')
  const connection = { host: '10.1.2.9', identity: 'userName', userName: 'gateway', password: 'Zwetschgenmus-4711' }
  const made = await client.call(configurationApi.createLink, {
    params: { id: third.id },
    body: { name: '压机', protocol: 'opcua', connection, enabled: true },
  })
  const wired = async () => ((await wire(gatewaysApi.wireConfig, { as: third })).body as WireConfig).links[0]?.connection
  assert.equal((await wired())?.password, connection.password)
  const shown = async () => (await client.call(configurationApi.get, { params: { id: third.id } })).linkList[0]
  assert.deepEqual((await shown())?.secretsKept, ['password'])
  assert.equal((await shown())?.connection.password, undefined)
  const change = async (more: object) => {
    const { version = 0, connection: now } = (await shown()) ?? {}
    const body = { version, name: '压机', connection: { ...now, ...more }, enabled: true }
    await client.call(configurationApi.updateLink, { params: { id: made.id }, body: body as never })
  }
  await change({ port: 4841 })
  assert.deepEqual([(await wired())?.port, (await wired())?.password], [4841, connection.password])
  await change({ password: 'neu' })
  assert.equal((await wired())?.password, 'neu')
  await change({ password: null, identity: 'anonymous' })
  assert.deepEqual([(await wired())?.password, (await shown())?.secretsKept], [undefined, []])
  await change({ password: 'wieder' })

  await wire(gatewaysApi.wireStatus, { as: third, body: status() })
  const { revision } = (await wire(gatewaysApi.wireConfig, { as: third })).body as WireConfig
  const browse = (id: LinkId) => client.call(configurationApi.browse, { params: { id }, body: { at: null, cursor: null } })
  const asked = browse(made.id)
  const { commands } = (await wire(gatewaysApi.wireNext, { as: third, path: `/gateways/wire/next?revision=${revision}` })).body as z.infer<
    typeof gatewaysApi.wireNext.response
  >
  const [command] = commands
  assert.deepEqual([command?.kind, command?.linkId, JSON.stringify(command).includes('wieder')], ['browse', made.id, false])
  const nodes = [{ at: 'ns=1;s=T', name: 'T', place: { address: 'ns=1;s=T' }, dataType: 'Double', hasChildren: false }]
  await wire(gatewaysApi.wireAnswer, {
    as: third,
    path: `/gateways/wire/commands/${command?.id}/answer`,
    body: { nodes, cursor: null },
  })
  assert.deepEqual(await asked, { outcome: 'read', nodes, cursor: null })
  assert.deepEqual(await browse(link), { outcome: 'failed', reason: 'gateways.cannotBrowse' })
  await client.call(configurationApi.deleteLink, { params: { id: made.id } })
})

test('a changed table reaches every device that uses it; properties that are new come with a new version of the thing model', async () => {
  const { version, rows } = await client.call(configurationApi.pointTable, { params: { id: table } })
  const { revision } = await config()
  const current = { name: 'current', label: '电流', labelEn: null, valueType: 'number' as const, unit: 'A', kind: 'instant' as const }
  await client.call(configurationApi.updatePointTable, {
    params: { id: table },
    body: { version, name: '电表点表', rows: [...rows, row('current')], newProperties: [current] },
  })
  const after = await config()
  assert.ok(after.revision > revision)
  assert.deepEqual(
    after.links[0]?.devices.map((device) => device.points.map((point) => point.name)),
    [
      ['voltage', 'current'],
      ['voltage', 'current'],
    ],
  )
  const items = [{ device: 'M-1', ts: Date.now(), values: { current: 3 } }]
  await sleep(100)
  const connections = (await client.call(configurationApi.get, { params: { id: gateway.id } })).connections
  const points = await client.call(devicesApi.points, { params: { id: connections[0]?.deviceId as DeviceId } })
  assert.ok(points.points.some((point) => point.name === 'current'))
  assert.ok(items.length > 0)
  await assert.rejects(
    client.call(configurationApi.updatePointTable, { params: { id: table }, body: { version, name: 'x', rows: [], newProperties: [] } }),
    failsWith('gateways.changedMeanwhile'),
  )
  await assert.rejects(client.call(configurationApi.deletePointTable, { params: { id: table } }), failsWith('gateways.tableInUse'))
  await assert.rejects(client.call(configurationApi.deleteLink, { params: { id: link } }), failsWith('gateways.linkInUse'))
})

test('a point whose place is left open is kept, counted and not read, and its explanation says so', async () => {
  const body = { name: '待填', protocol: 'modbus', modelCode: 'meter', rows: [row('voltage', { place: {} }), row('energy')] }
  const { id: pointTableId } = await client.call(configurationApi.createPointTable, { body })
  const listed = (await client.call(configurationApi.pointTables, { query: { search: '待填' } })).items[0]
  assert.deepEqual([listed?.points, listed?.unfilled], [2, 1])
  const connection = { linkId: link, unit: { unitId: 78 }, pointTableId, ...nowhere, device: { ...plate, code: 'M-open', nodeId: site } }
  const params = await client.call(configurationApi.connect, { body: connection })
  const read = (await config()).links[0]?.devices.find(({ code }) => code === 'M-open')
  assert.equal(String(read?.points.map(({ name }) => name)), 'energy')
  assert.equal((await client.call(explanationApi.explainPoint, { params: { ...params, name: 'voltage' } })).cause, 'notFilledIn')
  await client.call(configurationApi.disconnect, { params })
})

test('a retired device is not read any more; a disconnected one is not spoken for', async () => {
  const { connections } = await client.call(configurationApi.get, { params: { id: gateway.id } })
  const [first, second] = connections
  assert.ok(first && second)
  const device = await client.call(devicesApi.get, { params: { id: first.deviceId } })
  await client.call(devicesApi.retire, { params: { id: first.deviceId }, body: { version: device.own?.version ?? 0 } })
  assert.deepEqual(
    (await config()).links[0]?.devices.map((one) => [one.code, one.enabled]),
    [
      ['M-1', false],
      ['plain', true],
    ],
  )
  await client.call(configurationApi.disconnect, { params: { deviceId: second.deviceId } })
  assert.deepEqual(
    (await config()).links[0]?.devices.map((one) => one.code),
    ['M-1'],
  )
  assert.equal((await client.call(configurationApi.connection, { params: { deviceId: second.deviceId } })).connection, null)
  await assert.rejects(
    client.call(configurationApi.disconnect, { params: { deviceId: second.deviceId } }),
    failsWith('gateways.connectionNotFound'),
  )
})

test('two that connect the same unit at once: one does', async () => {
  const connect = (code: string) =>
    client.call(configurationApi.connect, {
      body: { linkId: link, unit: { unitId: 77 }, pointTableId: table, ...nowhere, device: { ...plate, code, nodeId: site } },
    })
  const outcomes = await Promise.allSettled(['T-1', 'T-2', 'T-3'].map(connect))
  assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1)
})

test('a point table’s file is read as texts and writes nothing; what is no spreadsheet is refused', async () => {
  const csv = new TextEncoder().encode('标识,地址,数据类型\r\nvoltage,400101.10,uint16\r\n')
  const { rows } = await client.call(configurationApi.readSheet, { bytes: csv })
  assert.deepEqual(rows, [
    { rowNo: 1, cells: ['标识', '地址', '数据类型'] },
    { rowNo: 2, cells: ['voltage', '400101.10', 'uint16'] },
  ])
  await assert.rejects(
    client.call(configurationApi.readSheet, { bytes: new TextEncoder().encode('%PDF-1.7') }),
    failsWith('imports.notSpreadsheet'),
  )
  const long = new TextEncoder().encode(`标识\r\n${'x\r\n'.repeat(2_001)}`)
  await assert.rejects(client.call(configurationApi.readSheet, { bytes: long }), failsWith('gateways.tooMany'))
})

test('a known device model is copied as thing model and point table, a second time it is the same', async () => {
  const { deviceModels } = await client.call(configurationApi.deviceModels)
  assert.ok(deviceModels.some((model) => model.id === 'eastron/sdm630'))
  const copy = () => client.call(configurationApi.createPointTable, { body: { deviceModel: 'eastron/sdm630', protocol: 'modbus' } })
  const first = await copy()
  assert.deepEqual(await copy(), first)
  const copied = await client.call(configurationApi.pointTable, { params: { id: first.id } })
  assert.deepEqual([copied.modelCode, copied.rows.length, copied.properties.length], ['eastron-sdm630', 15, 15])
  await assert.rejects(
    client.call(configurationApi.createPointTable, { body: { deviceModel: '../package', protocol: 'modbus' } }),
    failsWith('gateways.deviceModelNotFound'),
  )
})

test('news of a connected device raises its gateway’s revision, of another device none', async () => {
  const { id, connections } = await client.call(configurationApi.get, { params: { id: gateway.id } })
  const hear = async (deviceId: DeviceId) => {
    const { revision } = await config()
    await own.subscriptions?.[0]?.handle({ orgId, payload: { deviceId } } as never)
    return (await config()).revision - revision
  }
  assert.equal(await hear(connections[0]?.deviceId as DeviceId), 1)
  assert.equal(await hear(id), 0)
})

test('a log entry goes after a month, and what is newer stays', async () => {
  const MONTH_MS = 31 * 24 * 3_600_000
  const entry = (code: string, atMs: number) => ({ atMs, level: 'info', code, details: {} })
  await wire(gatewaysApi.wireLog, { body: [entry('gateways.old', Date.now() - MONTH_MS), entry('gateways.fresh', Date.now())] })
  await own.loops?.[0]?.run(new AbortController().signal)
  const { items } = await client.call(configurationApi.log, { params: { id: gateway.id }, query: { level: 'info' } })
  assert.deepEqual(
    items.map((one) => one.code),
    ['gateways.fresh'],
  )
})

test('an organisation’s first gateways made at the same moment are all made', async () => {
  const codes = ['N-1', 'N-2', 'N-3']
  const made = await Promise.all(
    codes.map((code) => newcomer.call(configurationApi.create, { body: { code, name: code, nameEn: null, nodeId: null } })),
  )
  assert.equal(new Set(made.map((one) => one.id)).size, 3)
  const { items } = await newcomer.call(configurationApi.list, { query: {} })
  assert.deepEqual(
    items.map((one) => one.code),
    codes,
  )
})
