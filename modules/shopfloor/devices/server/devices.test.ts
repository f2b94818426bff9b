import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { opaque } from '#kernel/postgres.ts'
import { devicesApi } from '../contract.ts'
import { DOCUMENT_FORMAT } from '../thing-model.ts'
import { retireDevice, takeModel, updateDevice } from './change-device.ts'
import { createCredential, disableCredential } from './credentials.ts'
import { devicesPublic } from './devices-public.ts'
import { listDevices } from './list-devices.ts'
import { placeDevice } from './place-device.ts'
import { readDevice, readPoints } from './read-device.ts'
import { contextOf, dieCasting, failsWith, leader, newDevice, newModel, places, sha256, supplier, testRooms } from './test-rooms.ts'
import { addModelVersion, importThingModel, readThingModel, retireThingModel } from './thing-models.ts'

const { rooms, pool } = await testRooms({ after })
const devices = devicesPublic(rooms)
const mine = contextOf(leader)
const partner = contextOf(supplier)
const modelId = await newModel(rooms, mine)
const list = (query: object = {}) => devicesApi.list.query.parse(query)

test('a device comes with the points of its model, bound measuring points and a secret shown once', async () => {
  const { id, credential } = await newDevice(rooms, mine, {
    code: 'DC-01',
    thingModelId: modelId,
    nodeId: places.lineA,
    name: '压铸机一号',
  })
  assert.equal(credential?.userName, 'leader/DC-01')
  const points = await readPoints(rooms, mine, id)
  assert.deepEqual(
    points.map((p) => p.measuringPoint?.code),
    ['DC-01.temperature', 'DC-01.energy', 'DC-01.state'],
  )
  const device = await readDevice(rooms, mine, id, undefined)
  assert.deepEqual(device.own?.place?.path, ['重庆厂', '压铸一线'])
  assert.equal(device.own?.connection.topic, 'v1/leader/DC-01/telemetry')
  assert.ok(!JSON.stringify(device).includes(credential?.secret ?? '?'))
  await assert.rejects(newDevice(rooms, mine, { code: 'dc-01', thingModelId: modelId }), failsWith('devices.codeTaken'))
})

test('the ingest knows a device by its codes: secrets, points and series', async () => {
  const { id, credential } = await newDevice(rooms, mine, { code: 'DC-02', thingModelId: modelId })
  const found = await devices.identify('leader', 'DC-02')
  assert.equal(found?.deviceId, id)
  assert.deepEqual([found?.orgId, found?.orgNo, found?.active], [leader, 7, true])
  assert.deepEqual(found?.credentials, [{ hash: sha256(credential?.secret ?? '') }])
  const [temperature, , state] = found?.points ?? []
  assert.deepEqual([temperature?.name, temperature?.kind, temperature?.valueType], ['temperature', 'instant', 'number'])
  assert.deepEqual([temperature?.min, temperature?.max, state?.max], [0, 800, null])
  assert.deepEqual(state?.states, { '0': '停机', '1': '运行' })
  assert.equal(temperature?.bindings.length, 1)
  assert.deepEqual([temperature?.bindings[0]?.fromMs, temperature?.bindings[0]?.untilMs], [Date.parse('2000-01-01'), null])
  for (const [org, code] of [
    ['leader', 'DC-99'],
    ['leader', 'dc-02'],
    ['nobody', 'DC-02'],
    ['supplier', 'DC-02'],
  ] as const)
    assert.equal(await devices.identify(org, code), undefined)
})

test('a secret is exchanged while the old one works, replaced at once, disabled', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'DC-03', thingModelId: modelId })
  const inUse = async () => (await devices.identify('leader', 'DC-03'))?.credentials.length
  const second = await createCredential(rooms, mine, id, { replace: false })
  assert.equal(await inUse(), 2)
  await assert.rejects(createCredential(rooms, mine, id, { replace: false }), failsWith('devices.tooManyCredentials'))
  await disableCredential(rooms, mine, id, second.id)
  await assert.rejects(disableCredential(rooms, mine, id, second.id), failsWith('devices.credentialNotFound'))
  const third = await createCredential(rooms, mine, id, { replace: true })
  assert.deepEqual((await devices.identify('leader', 'DC-03'))?.credentials, [{ hash: sha256(third.secret) }])
  await assert.rejects(createCredential(rooms, partner, id, { replace: true }), failsWith('devices.notFound'))
  const audit = await rooms.db.inTenant(mine, (tx) =>
    sql<{ text: string }>`select string_agg(after::text, '') as text from kernel.audit where entity = 'devices.credential'`.execute(tx.sql),
  )
  assert.ok(!audit.rows[0]?.text.includes(sha256(third.secret).toString('hex')), 'no hash in the audit')
})

test('every change that the ingest must hear of is in the outbox', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'DC-04', thingModelId: modelId })
  await updateDevice(rooms, mine, id, {
    version: 1,
    name: 'x',
    nameEn: null,
    maker: '',
    model: '',
    serial: '',
    note: '',
    status: 'maintenance',
  })
  await retireDevice(rooms, mine, id, 2)
  const rows = await rooms.system.inSystem((system) =>
    sql<{ payload: unknown }>`select payload from kernel.outbox where key = ${id} order by id`.execute(system),
  )
  assert.deepEqual(
    rows.rows.map((r) => r.payload),
    Array(3).fill({ deviceId: id, orgCode: 'leader', deviceCode: 'DC-04' }),
  )
})

test('retiring ends credentials, bindings and placement, not the history; a stale version is refused', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'DC-05', thingModelId: modelId, nodeId: places.lineA })
  await assert.rejects(retireDevice(rooms, mine, id, 9), failsWith('devices.changedMeanwhile'))
  await retireDevice(rooms, contextOf(leader, { now: '2026-11-23T00:00:00Z' }), id, 1)
  const found = await devices.identify('leader', 'DC-05')
  assert.deepEqual(
    [found?.active, found?.credentials.length, found?.points[0]?.bindings[0]?.untilMs],
    [false, 0, Date.parse('2026-11-23T00:00:00Z')],
  )
  const device = await readDevice(rooms, mine, id, undefined)
  assert.equal(device.own?.placements[0]?.until, '2026-11-23T00:00:00.000Z')
  const points = await rooms.db.inTenant(mine, (tx) => devices.points(opaque(tx), { deviceIds: [id] }))
  assert.equal(points.length, 3, 'what was bound last can still be read')
  await assert.rejects(
    updateDevice(rooms, mine, id, { version: 2, name: 'x', nameEn: null, maker: '', model: '', serial: '', note: '', status: 'active' }),
    failsWith('devices.retired'),
  )
})

test('placements follow each other and never overlap', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'DC-06', thingModelId: modelId, nodeId: places.lineA })
  const later = contextOf(leader, { now: '2026-11-24T06:00:00Z' })
  const placements = await placeDevice(rooms, later, id, { nodeId: places.lineB, from: new Date('2026-11-23T00:00:00Z') })
  assert.deepEqual(
    placements.map((p) => [p.siteId, p.until]),
    [
      [places.siteB, null],
      [places.siteA, '2026-11-23T00:00:00.000Z'],
    ],
  )
  await assert.rejects(
    placeDevice(rooms, later, id, { nodeId: places.lineA, from: new Date('2026-11-22T12:00:00Z') }),
    failsWith('devices.placementOverlap'),
  )
  await assert.rejects(
    placeDevice(rooms, mine, id, { nodeId: places.lineA, from: new Date('2027-01-01T00:00:00Z') }),
    failsWith('devices.inFuture'),
  )
})

test('whoever is confined to a site sees and changes the devices that stand there', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'SC-A', thingModelId: modelId, nodeId: places.lineA })
  const inB = contextOf(leader, { sites: [places.siteB] })
  const { id: other } = await newDevice(rooms, inB, { code: 'SC-B', thingModelId: modelId, nodeId: places.lineB })
  const seen = await listDevices(rooms, inB, list({ search: 'sc-' }))
  assert.deepEqual(
    seen.items.map((d) => d.id),
    [other],
  )
  assert.equal(seen.total, 1)
  await assert.rejects(readDevice(rooms, inB, id, undefined), failsWith('devices.notFound'))
  await assert.rejects(retireDevice(rooms, inB, id, 1), failsWith('devices.notFound'))
  await assert.rejects(placeDevice(rooms, inB, other, { nodeId: places.lineA, from: inB.now }), failsWith('devices.placeNotFound'))
  await assert.rejects(newDevice(rooms, inB, { code: 'SC-C', thingModelId: modelId }), failsWith('devices.placeNotFound'))
})

test('another organisation gets nothing by the own door, and name and type by the partner’s', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'P-01', thingModelId: modelId, name: '共享压铸机', serial: 'SECRET-SERIAL' })
  assert.equal((await listDevices(rooms, partner, list())).total, 0)
  await assert.rejects(readDevice(rooms, partner, id, undefined), failsWith('devices.notFound'))
  await assert.rejects(readPoints(rooms, partner, id), failsWith('devices.notFound'))
  await assert.rejects(newDevice(rooms, partner, { code: 'X', thingModelId: modelId }), failsWith('devices.modelNotFound'))
  const cards = await listDevices(rooms, partner, list({ owner: leader, search: '共享' }))
  assert.deepEqual(cards.items, [
    { id, ownerId: leader, name: '共享压铸机', nameEn: null, typeName: '压铸机', typeNameEn: 'Die-casting machine', own: null },
  ])
  assert.equal((await listDevices(rooms, partner, list({ owner: leader, search: 'SECRET' }))).total, 0)
  for (const query of [{ status: 'active' }, { modelCode: 'die-casting' }, { sort: '-createdAt' }])
    assert.throws(() => listDevices(rooms, partner, list({ owner: leader, ...query })), failsWith('devices.partnerFilter'))
  assert.equal((await readDevice(rooms, partner, id, leader)).own, null)
  const raw = await sql<{ n: number }>`select count(*)::int as n from devices.device`.execute(pool)
  assert.equal(raw.rows[0]?.n, 0, 'the application role without an organisation sees nothing')
})

test('search takes any part of code, name, maker and serial, several words, and no wildcard', async () => {
  await newDevice(rooms, mine, { code: 'Q-77', thingModelId: modelId, name: '力劲压铸机', maker: '力劲科技', serial: 'LK100%A' })
  const codesOf = async (search: string) => (await listDevices(rooms, mine, list({ search }))).items.map((d) => d.own?.code)
  for (const search of ['q-7', '劲压', '力劲科', 'lk100%', '力劲 q-77']) assert.deepEqual(await codesOf(search), ['Q-77'], search)
  assert.deepEqual(await codesOf('LK1_0'), [])
  const filtered = await listDevices(rooms, mine, list({ nodeId: places.siteA, status: 'active', limit: 1, sort: '-code' }))
  assert.ok(filtered.total >= 2 && filtered.nextCursor !== null)
  const next = await listDevices(
    rooms,
    mine,
    list({ nodeId: places.siteA, status: 'active', limit: 1, sort: '-code', cursor: filtered.nextCursor }),
  )
  assert.notEqual(next.items[0]?.id, filtered.items[0]?.id)
})

test('a thing model gets versions that devices take; a quantity never changes under its name', async () => {
  const { id } = await newDevice(rooms, mine, { code: 'V-01', thingModelId: modelId })
  const { code: _, ...head } = dieCasting
  const [temperature, ...rest] = dieCasting.definition.properties
  assert.ok(temperature)
  const inFahrenheit = { ...head, definition: { ...head.definition, properties: [{ ...temperature, unit: '℉' }, ...rest] } }
  await assert.rejects(addModelVersion(rooms.db, mine, modelId, inFahrenheit), failsWith('devices.propertyChanged'))
  const pressure = { ...temperature, name: 'pressure', label: '压射压力', unit: 'MPa' }
  const better = { ...head, definition: { ...head.definition, properties: [{ ...temperature, label: '熔炉温度' }, ...rest, pressure] } }
  const next = await addModelVersion(rooms.db, mine, modelId, better)
  await assert.rejects(addModelVersion(rooms.db, mine, modelId, better), failsWith('devices.modelNotNewest'))
  assert.equal((await readDevice(rooms, mine, id, undefined)).own?.newerModelId, next.id)
  assert.deepEqual(await takeModel(rooms, mine, id, { version: 1, thingModelId: next.id }), { version: 2, added: 1 })
  const points = await readPoints(rooms, mine, id)
  assert.deepEqual(
    points.map((p) => p.label),
    ['熔炉温度', '电能', '状态', '压射压力'],
  )
  assert.equal((await devices.identify('leader', 'V-01'))?.points.length, 4)
  await assert.rejects(retireThingModel(rooms.db, mine, modelId), failsWith('devices.modelInUse'))
})

test('a thing model goes out as a file and comes in elsewhere; another file is refused with its faults', async () => {
  const { definition, code, name } = await readThingModel(rooms.db, mine, modelId)
  const file = { format: DOCUMENT_FORMAT, code, name, ...definition }
  const first = await importThingModel(rooms.db, partner, JSON.parse(JSON.stringify(file)))
  assert.equal(first.versionNo, 1)
  assert.equal((await importThingModel(rooms.db, partner, file)).versionNo, 2)
  assert.deepEqual((await readThingModel(rooms.db, partner, first.id)).definition, definition)
  assert.throws(() => importThingModel(rooms.db, partner, { format: 'other' }), failsWith('devices.foreignFormat'))
  assert.throws(() => importThingModel(rooms.db, partner, { ...file, properties: [{ name: '1x' }] }), failsWith('devices.foreignFormat'))
})
