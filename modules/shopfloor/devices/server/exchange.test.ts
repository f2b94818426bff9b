import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { opaque } from '#kernel/postgres.ts'
import { type DeviceId, devicesApi, type MeasuringPointId } from '../contract.ts'
import { devicesPublic } from './devices-public.ts'
import { exchangeDevice } from './exchange-device.ts'
import {
  addMeasuringPoints,
  bindMeasuringPoint,
  listMeasuringPoints,
  readMeasuringPoint,
  updateMeasuringPoint,
} from './measuring-points.ts'
import { readDevice, readPoints } from './read-device.ts'
import { contextOf, dieCasting, failsWith, leader, newDevice, newModel, places, supplier, testRooms } from './test-rooms.ts'
import { createThingModel } from './thing-models.ts'

const { rooms } = await testRooms({ after })
const devices = devicesPublic(rooms)
const ctx = contextOf(leader, { now: '2026-11-22T06:00:00Z' })
const stranger = contextOf(supplier)
const modelId = await newModel(rooms, ctx)
const at = (text: string) => new Date(text).toISOString()
const noon = at('2026-11-22T04:00:00Z')

const pointsOf = (deviceId: DeviceId) => rooms.db.inTenant(ctx, (tx) => devices.points(opaque(tx), { deviceIds: [deviceId] }))
const exchange = (id: DeviceId, toDeviceId: DeviceId, from = noon, more = {}) =>
  exchangeDevice(rooms, ctx, id, { toDeviceId, from, retireOld: false, takePlace: false, ...more })
const measuringPointOf = async (deviceId: DeviceId, name: string): Promise<MeasuringPointId> => {
  const point = (await readPoints(rooms, ctx, deviceId)).find((p) => p.name === name)
  assert.ok(point?.measuringPoint, name)
  return point.measuringPoint.id
}

test('an exchanged device’s histories go on in the new one’s streams, without a break', async () => {
  const { id: old } = await newDevice(rooms, ctx, { code: 'M-1', thingModelId: modelId, nodeId: places.lineA })
  const { id: successor } = await newDevice(rooms, ctx, { code: 'M-2', thingModelId: modelId })
  const before = await pointsOf(old)
  const ownOfSuccessor = await pointsOf(successor)
  assert.deepEqual(await exchange(old, successor, noon, { retireOld: true }), { rebound: 3 })

  const afterwards = await pointsOf(successor)
  assert.deepEqual(
    afterwards.map((p) => p.id),
    before.map((p) => p.id),
  )
  for (const [i, point] of afterwards.entries()) {
    const [first, second] = point.bindings
    assert.deepEqual([first?.untilMs, second?.fromMs, second?.untilMs], [Date.parse(noon), Date.parse(noon), null])
    assert.equal(first?.series, before[i]?.bindings[0]?.series)
    // The stream is the device point's: what the new meter sent before anybody entered the exchange is in the history at once.
    assert.equal(second?.series, ownOfSuccessor[i]?.bindings[0]?.series)
  }
  assert.deepEqual(await pointsOf(old), [])
  const own = await readMeasuringPoint(rooms, ctx, ownOfSuccessor[0]?.id as MeasuringPointId)
  assert.ok(own.retiredAt, 'the new device’s own measuring point ends')
  const identity = await devices.identify('leader', 'M-2')
  assert.deepEqual(
    identity?.points[0]?.bindings.map((b) => [b.fromMs, b.untilMs]),
    [
      [Date.parse('2000-01-01'), Date.parse(noon)],
      [Date.parse(noon), null],
    ],
  )
  assert.equal((await readDevice(rooms, ctx, old, undefined)).own?.status, 'retired')
})

test('the successor stands where the old one stood, also when that was retired before', async () => {
  const { id: old } = await newDevice(rooms, contextOf(leader, { now: '2026-11-20T00:00:00Z' }), {
    code: 'T-1',
    thingModelId: modelId,
    nodeId: places.lineB,
  })
  const { id: successor } = await newDevice(rooms, ctx, { code: 'T-2', thingModelId: modelId })
  await exchange(old, successor, noon, { takePlace: true })
  assert.equal((await readDevice(rooms, ctx, successor, undefined)).own?.place?.nodeId, places.lineB)
  assert.equal((await readDevice(rooms, ctx, old, undefined)).own?.place, null)
  assert.equal((await pointsOf(successor))[0]?.siteId, places.siteB)
})

test('a device that measures otherwise is refused with the names', async () => {
  const { id: old } = await newDevice(rooms, ctx, { code: 'D-1', thingModelId: modelId })
  const [temperature] = dieCasting.definition.properties
  assert.ok(temperature)
  const other = await createThingModel(rooms.db, ctx, {
    ...dieCasting,
    code: 'other',
    definition: { properties: [{ ...temperature, unit: 'K' }], events: [], commands: [] },
  })
  const { id: wrong } = await newDevice(rooms, ctx, { code: 'D-2', thingModelId: other.id })
  await assert.rejects(exchange(old, wrong), (error: { code?: string; details?: { names?: string } }) => {
    assert.equal(error.code, 'devices.pointsDiffer')
    assert.equal(error.details?.names, 'energy、state、temperature')
    return true
  })
  await assert.rejects(exchange(old, old), failsWith('devices.sameDevice'))
  await assert.rejects(exchange(old, wrong, at('2027-01-01T00:00:00Z')), failsWith('devices.inFuture'))
  await assert.rejects(
    exchangeDevice(rooms, stranger, old, { toDeviceId: wrong, from: noon, retireOld: true, takePlace: true }),
    failsWith('devices.notFound'),
  )
})

test('exchanges at once: one wins, histories keep one stream at a time', async () => {
  const { id: old } = await newDevice(rooms, ctx, { code: 'R-0', thingModelId: modelId })
  const successors = await Promise.all(
    [1, 2, 3, 4].map((n) => newDevice(rooms, ctx, { code: `R-${n}`, thingModelId: modelId }).then((d) => d.id)),
  )
  const measuringPointId = await measuringPointOf(old, 'energy')
  const race = await Promise.allSettled(successors.map((to) => exchange(old, to)))
  assert.equal(race.filter((r) => r.status === 'fulfilled').length, 1)
  for (const r of race)
    if (r.status === 'rejected')
      assert.ok(failsWith('devices.nothingBound')(r.reason) || failsWith('devices.bindingOverlap')(r.reason), String(r.reason))
  const { bindings } = await readMeasuringPoint(rooms, ctx, measuringPointId)
  assert.equal(bindings.length, 2)
})

test('one measuring point is bound by hand, at once by many: never two streams at a time on either side', async () => {
  const { id: a } = await newDevice(rooms, ctx, { code: 'B-1', thingModelId: modelId })
  const { id: b } = await newDevice(rooms, ctx, { code: 'B-2', thingModelId: modelId })
  const [ofA, ofB] = [await measuringPointOf(a, 'temperature'), await measuringPointOf(b, 'temperature')]
  const bind = (id: MeasuringPointId, to: { deviceId: DeviceId; pointName: string } | null, from = noon) =>
    bindMeasuringPoint(rooms, ctx, id, { to, from })
  await assert.rejects(bind(ofA, { deviceId: b, pointName: 'temperature' }), failsWith('devices.bindingOverlap'))
  await bind(ofB, null)
  const free = { deviceId: b, pointName: 'temperature' }
  await assert.rejects(bind(ofA, { deviceId: b, pointName: 'energy' }), failsWith('devices.pointsDiffer'))
  await assert.rejects(bind(ofA, { deviceId: b, pointName: 'nothing' }), failsWith('devices.pointNotFound'))
  const race = await Promise.allSettled([ofA, ofB, ofA, ofB].map((id) => bind(id, free)))
  assert.equal(race.filter((r) => r.status === 'fulfilled').length, 1)
  const info = await devices.identify('leader', 'B-2')
  const open = info?.points.find((p) => p.name === 'temperature')?.bindings.filter((p) => p.untilMs === null)
  assert.equal(open?.length, 1)
})

test('a device put to new use gets measuring points of its own again', async () => {
  const { id: old } = await newDevice(rooms, ctx, { code: 'N-1', thingModelId: modelId })
  const { id: successor } = await newDevice(rooms, ctx, { code: 'N-2', thingModelId: modelId })
  await exchange(old, successor)
  assert.deepEqual(await addMeasuringPoints(rooms, ctx, old, { pointNames: ['temperature'], from: at('2026-11-22T05:00:00Z') }), {
    added: 1,
  })
  const [point] = await pointsOf(old)
  assert.equal(point?.code, 'N-1.temperature-2')
  await assert.rejects(
    addMeasuringPoints(rooms, ctx, old, { pointNames: ['temperature'], from: at('2026-11-22T05:30:00Z') }),
    failsWith('devices.bindingOverlap'),
  )
})

test('measuring points: found by part of a word, by device, renamed, retired when nothing is bound', async () => {
  const { id } = await newDevice(rooms, ctx, { code: 'L-1', thingModelId: modelId, nodeId: places.lineA })
  const find = (query: object, as = ctx) => listMeasuringPoints(rooms, as, devicesApi.measuringPoints.query.parse(query))
  assert.deepEqual(
    (await find({ search: 'l-1 炉' })).items.map((m) => m.code),
    ['L-1.temperature'],
  )
  assert.equal((await find({ deviceId: id, kind: 'counter' })).total, 1)
  assert.equal((await find({ deviceId: id }, stranger)).total, 0)
  assert.equal((await find({ deviceId: id }, contextOf(leader, { sites: [places.siteB] }))).total, 0)
  const measuringPointId = await measuringPointOf(id, 'state')
  const change = { label: '机台状态', labelEn: null, decimals: null }
  await assert.rejects(
    updateMeasuringPoint(rooms, ctx, measuringPointId, { ...change, version: 1, retired: true }),
    failsWith('devices.measuringPointBound'),
  )
  await updateMeasuringPoint(rooms, ctx, measuringPointId, { ...change, version: 1, retired: false })
  await assert.rejects(
    updateMeasuringPoint(rooms, ctx, measuringPointId, { ...change, version: 1, retired: false }),
    failsWith('devices.changedMeanwhile'),
  )
  await assert.rejects(readMeasuringPoint(rooms, stranger, measuringPointId), failsWith('devices.measuringPointNotFound'))
})
