import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { z } from 'zod'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { type ApiClient, CallFailed, firstAdministrator, registerOrganisation } from '../../../../tests/api-client.ts'
import { SETUP_CODE, testApp } from '../../../../tests/app.ts'
import { configurationApi } from '../configuration-contract.ts'
import { gatewaysApi, type PointTableId, type RollOutId, type WireConfig } from '../contract.ts'
import { rollOutApi } from '../roll-out-contract.ts'

/** 300 (ROLL_OUT_DEVICES=300) are connected in half a minute: the usual run has to do with fewer. */
const DEVICES = Number(process.env.ROLL_OUT_DEVICES ?? 24)
const BATCH = DEVICES / 6
const cleanups: (() => Promise<void>)[] = []
let app: Awaited<ReturnType<typeof testApp>>
let client: ApiClient
let stranger: ApiClient
let gateway: { id: DeviceId; secret: string }
let table: PointTableId
let devices: DeviceId[]

const property = (name: string) => ({ name, label: name, labelEn: null, valueType: 'number' as const, unit: 'V', kind: 'instant' as const })
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

before(async () => {
  app = await testApp({ after: (work) => void cleanups.unshift(work) })
  const operator = await firstAdministrator(app.address, SETUP_CODE)
  client = (await registerOrganisation(operator, app.address, { code: 'roll', kind: 'leader', n: 7 })).client
  stranger = (await registerOrganisation(operator, app.address, { code: 'other', kind: 'supplier', n: 8 })).client
  const node = { parentId: null, level: 'enterprise' as const, code: 'E', name: '企业', nameEn: null }
  const enterprise = await client.call(plantApi.createNode, { body: node })
  const site = await client.call(plantApi.createNode, {
    body: { parentId: enterprise.id, level: 'site', code: 'S', name: '一厂', nameEn: null },
  })
  const read = await client.call(plantApi.site, { params: { id: site.id }, query: { year: 2026 } })
  const network = { network: '10.0.0.0/16', note: '', validFrom: '2020-01-01', validUntil: null }
  await client.call(plantApi.declareNetworks, { params: { id: site.id }, body: { version: read.version, networks: [network] } })
  const definition = { properties: [property('voltage')] }
  await client.call(devicesApi.createThingModel, { body: { code: 'meter', name: '电表', nameEn: null, description: '', definition } })
  const made = await client.call(configurationApi.create, { body: { code: 'GW', name: '网关', nameEn: null, nodeId: site.id } })
  gateway = { id: made.id, secret: made.credential.secret }
  table = (
    await client.call(configurationApi.createPointTable, {
      body: { name: '表', protocol: 'modbus', modelCode: 'meter', rows: [row('voltage')] },
    })
  ).id
  devices = await connected(site.id as string)
})
after(async () => {
  for (const cleanup of cleanups) await cleanup()
})

/** Two links of 150 units each. */
async function connected(nodeId: string): Promise<DeviceId[]> {
  const ids: DeviceId[] = []
  for (const n of [0, 1]) {
    const connection = { host: `10.0.0.${n + 1}` }
    const link = await client.call(configurationApi.createLink, {
      params: { id: gateway.id },
      body: { name: `L${n}`, protocol: 'modbus', connection, enabled: true },
    })
    for (let i = 0; i < DEVICES / 2; i++) {
      const code = `M-${n}-${String(i).padStart(3, '0')}`
      const device = { code, name: code, nameEn: null, maker: '', model: '', serial: '', nodeId: nodeId as never }
      const body = { linkId: link.id, unit: { unitId: i + 1 }, pointTableId: table, sourceTime: null, sequence: null, device }
      ids.push((await client.call(configurationApi.connect, { body })).deviceId)
    }
  }
  return ids
}

const config = async (): Promise<WireConfig> => {
  const authorization = `Basic ${Buffer.from(`roll/GW:${gateway.secret}`).toString('base64')}`
  const answer = await fetch(`${app.address}/api${gatewaysApi.wireConfig.path}`, { headers: { authorization } })
  return (await answer.json()) as WireConfig
}
/** How many devices are read by so many points. */
const readBy = async (points: number) =>
  (await config()).links.flatMap((link) => link.devices).filter((device) => device.points.length === points).length

const plan = (toVersion?: number) =>
  client.call(rollOutApi.planRollOut, { params: { id: table }, query: toVersion === undefined ? {} : { toVersion } })
const rollOuts = async () => (await client.call(rollOutApi.rollOuts, { params: { id: table } })).rollOuts
const state = async (id: RollOutId) => (await rollOuts()).find((one) => one.id === id)

/** The worker's loop, once; with `batches` it is killed behind so many of them. */
async function work(batches = Number.POSITIVE_INFINITY) {
  const loop = app.composition.modules.find(({ name }) => name === 'gateways')?.loops?.find(({ name }) => name === 'gateways: roll-outs')
  let left = batches
  const signal = {
    get aborted() {
      return left-- <= 0
    },
  } as AbortSignal
  await loop?.run(signal)
}

async function afterWork(id: RollOutId, wanted: string, batches?: number) {
  await work(batches)
  const now = await state(id)
  assert.equal(now?.state, wanted)
  return now
}

const save = async (rows: ReturnType<typeof row>[], more: Partial<z.input<typeof configurationApi.updatePointTable.body>> = {}) => {
  const { version } = await client.call(configurationApi.pointTable, { params: { id: table } })
  return client.call(configurationApi.updatePointTable, {
    params: { id: table },
    body: { version, name: '表', rows, newProperties: [], devices: 'later', ...more },
  })
}

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof CallFailed, String(error))
  assert.equal(error.problem.code, code)
  return true
}

test('a revision goes to all devices: plan, canary, batches, one device that cannot; and back in one step', async (t) => {
  const rows = [row('voltage', { scale: 0.01 }), row('current', { place: { address: 'holding:1', dataType: 'uint16' } })]
  const { version } = await save(rows, { newProperties: [property('current')] })
  assert.equal(await readBy(1), DEVICES, 'nothing changes by saving')

  // One of them retires meanwhile: it stays with what it has.
  const retired = devices[7] as DeviceId
  const { own } = await client.call(devicesApi.get, { params: { id: retired } })
  await client.call(devicesApi.retire, { params: { id: retired }, body: { version: own?.version ?? 0 } })

  const began = performance.now()
  const planned = await plan()
  t.diagnostic(`plan of ${DEVICES} devices: ${Math.round(performance.now() - began)} ms`)
  assert.equal(planned.toVersion, version)
  assert.deepEqual(planned.differences, [
    {
      fromVersion: 1,
      added: ['current'],
      removed: [],
      changed: [{ name: 'voltage', fields: [{ field: 'scale', before: '0.1', after: '0.01' }] }],
    },
  ])
  const outcomes = planned.devices.map((device) => device.outcome)
  assert.deepEqual([outcomes.filter((one) => one === 'ready').length, outcomes.filter((one) => one === 'blocked').length], [DEVICES - 1, 1])
  assert.equal(planned.devices.find((device) => device.outcome === 'blocked')?.reason?.code, 'gateways.rollOut.reasons.retired')
  assert.equal(await readBy(1), DEVICES, 'nor by planning')

  const body = { toVersion: version, batchSize: BATCH, canary: true }
  const { id } = await client.call(rollOutApi.startRollOut, { params: { id: table }, body })
  const paused = await afterWork(id, 'paused')
  assert.equal(await readBy(2), 1)
  await assert.rejects(client.call(rollOutApi.startRollOut, { params: { id: table }, body }), failsWith('gateways.rollOutOpen'))
  await assert.rejects(
    stranger.call(rollOutApi.resumeRollOut, { params: { id }, body: { version: 1 } }),
    failsWith('gateways.rollOutNotFound'),
  )
  await assert.rejects(
    client.call(rollOutApi.resumeRollOut, { params: { id }, body: { version: 99 } }),
    failsWith('gateways.changedMeanwhile'),
  )

  const resumed = performance.now()
  const going = await client.call(rollOutApi.resumeRollOut, { params: { id }, body: { version: paused.version } })
  assert.ok(going.version > paused.version)
  await afterWork(id, 'running', 2)
  assert.equal(await readBy(2), 1 + 2 * BATCH, 'two batches, then the worker died')
  const done = await afterWork(id, 'done')
  t.diagnostic(`${DEVICES - 2} devices in batches of ${BATCH}: ${Math.round(performance.now() - resumed)} ms`)
  assert.equal(await readBy(2), DEVICES - 1)
  assert.equal(done.devices.filter((device) => device.state === 'done').length, DEVICES - 1)
  assert.deepEqual(
    done.devices.filter((device) => device.state === 'failed').map((device) => device.deviceId),
    [retired],
  )

  const back = performance.now()
  await client.call(rollOutApi.rollBack, { params: { id }, body: { version: done.version } })
  t.diagnostic(`rolled back: ${Math.round(performance.now() - back)} ms`)
  assert.equal(await readBy(1), DEVICES)
  assert.equal((await state(id))?.state, 'rolledBack')
  await assert.rejects(
    client.call(rollOutApi.rollBack, { params: { id }, body: { version: (await state(id))?.version ?? 0 } }),
    failsWith('gateways.notAllowedNow'),
  )
})

test('what was stopped stays where it is and goes on later; a device that was connected anew keeps what it took', async () => {
  const { version } = await client.call(configurationApi.pointTable, { params: { id: table } })
  await assert.rejects(
    client.call(rollOutApi.startRollOut, { params: { id: table }, body: { toVersion: 99, batchSize: 1, canary: false } }),
    failsWith('gateways.revisionNotFound'),
  )
  const { id } = await client.call(rollOutApi.startRollOut, {
    params: { id: table },
    body: { toVersion: version, batchSize: 100, canary: true },
  })
  const paused = await afterWork(id, 'paused')
  const stopped = await client.call(rollOutApi.stopRollOut, { params: { id }, body: { version: paused.version } })
  assert.equal(await readBy(2), 1)
  await client.call(rollOutApi.resumeRollOut, { params: { id }, body: { version: stopped.version } })
  await afterWork(id, 'done')
  assert.equal(await readBy(2), DEVICES - 1)
  const same = { toVersion: version, batchSize: 100, canary: false }
  await assert.rejects(client.call(rollOutApi.startRollOut, { params: { id: table }, body: same }), failsWith('gateways.rollOutEmpty'))
})
