import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#embedded/ports.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import type { LinkId, PointTableId } from '#modules/shopfloor/gateways/contract.ts'
import { enrolmentApi } from '#modules/shopfloor/gateways/enrolment-contract.ts'
import { explanationApi } from '#modules/shopfloor/gateways/explanation-contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { quality } from '#values/quality.ts'
import { type TestCertificates, testCertificates } from '../../tests/certificates.ts'
import { openField } from '../../tests/field.ts'
import { type ModbusSimulator, startModbusSimulator } from '../drivers/modbus/simulator.ts'
import { builtIn } from '../drivers/opcua/codec.ts'
import { PLANT_URI, startOpcuaSimulator } from '../drivers/opcua/simulator.ts'
import { batchesIn } from './queue/batches-in.ts'
import { DiskQueue } from './queue/disk-queue.ts'
import { buildBundle, openCable, openTestPlant, type StartedGateway, startGateway, type TestPlant, until } from './test-plant.ts'

// The gateway as it is shipped, over TLS against a started platform and Modbus units behind real sockets.

let files: TestCertificates
let plant: TestPlant
let bundle: ReturnType<typeof buildBundle>
let simulator: ModbusSimulator
let link: LinkId
let table: PointTableId
let cable: Awaited<ReturnType<typeof openCable>>
let gateway: StartedGateway
const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-gateway-'))

const start = (server = `https://localhost:${plant.field.platform.secure.httpsPort}`) =>
  startGateway(bundle.file, {
    server,
    mqtt: `mqtts://127.0.0.1:${cable.port}`,
    caFile: files.caFile,
    user: plant.gateway.user,
    secret: plant.gateway.secret,
    dataDir,
    heartbeatSeconds: 3,
    httpsAfterSeconds: 0,
  })

const report = async () => (await plant.field.client.call(configurationApi.get, { params: { id: plant.gateway.id } })).status

/** Of unit 1: a register that counts its own readings, so that what was read is known here, outside. */
const served: number[] = []

before(async () => {
  files = await testCertificates()
  ;[plant, simulator] = await Promise.all([openField({ certificate: files }).then(openTestPlant), startModbusSimulator()])
  bundle = buildBundle()
  cable = await openCable(plant.field.platform.secure.mqttsPort)
  for (const unitId of [1, 2, 3]) simulator.unit(unitId).set({ address: 'holding:0', dataType: 'uint16' }, unitId * 100)
  const counting = simulator.unit(1)
  counting.set({ address: 'holding:1', dataType: 'float32' }, 23.4)
  counting.set({ address: 'holding:0', dataType: 'uint16' }, 1)
  counting.onRead = () => {
    const value = counting.holding[0] ?? 0
    served.push(value)
    counting.holding[0] = value + 1
  }
  link = await plant.addLink('线路一', simulator.port, { requestTimeoutMs: 200 })
  table = await plant.addTable('counter', [
    { name: 'count', address: 'holding:0', scale: 0.1, periodMs: 200 },
    { name: 'temperature', address: 'holding:1', dataType: 'float32', periodMs: 200, deadband: 0.5 },
  ])
  await plant.addDevice('C-1', link, 1, table)
  gateway = await start()
})

after(async () => {
  await gateway?.kill('SIGKILL')
  cable?.close()
  await simulator?.stop()
  await plant?.stop()
  bundle?.remove()
  files?.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What the machine counted as read and is not stored. */
const missingIn = (stored: { v: number | null }[], from: number, until: number): number[] => {
  const there = new Set(stored.map(({ v }) => Math.round((v ?? 0) * 10)))
  return served.filter((value) => value >= from && value <= until && !there.has(value))
}

/** Readings as they must be stored: each once, scaled. */
function assertEachOnce(stored: { v: number | null }[], from: number, until: number): void {
  const values = stored.flatMap(({ v }) => (v === null ? [] : [Math.round(v * 10)])).filter((value) => value >= from && value <= until)
  assert.equal(new Set(values).size, values.length, 'none twice')
  assert.deepEqual(missingIn(stored, from, until), [], 'none is missing')
}

test('what is read is stored: on the scan grid, scaled, each reading once; an unchanged value by heartbeat only', async () => {
  const first = await until('twenty readings', async () => {
    const stored = await plant.stored('C-1', 'count')
    // Batches under way overtake each other, those from before the uplink stood come last; a bad value is no reading.
    return stored.length >= 20 && missingIn(stored, 1, stored.length).length === 0 && stored
  })
  assert.ok(first.every(({ at }) => at % 200 === 0))
  assert.deepEqual(first[0]?.v, 0.1)
  assertEachOnce(first, 1, first.length)
  const temperature = await until('a heartbeat', async () => {
    const stored = await plant.stored('C-1', 'temperature')
    return stored.length >= 2 && stored
  })
  assert.equal((temperature[1]?.at ?? 0) - (temperature[0]?.at ?? 0), 3_000)
  assert.ok(Math.abs((temperature[0]?.v ?? 0) - 23.4) < 1e-5)
  const said = await until('a report', async () => ((await report())?.links[0]?.cycle ? report() : undefined))
  assert.deepEqual([said?.links[0]?.state, said?.links[0]?.units[0]?.state, said?.links[0]?.cycle?.targetMs], ['connected', 'ok', 200])
  assert.deepEqual(
    said?.links[0]?.units[0]?.reads?.map(({ periodMs, points, requests }) => ({ periodMs, points, requests })),
    [{ periodMs: 200, points: 2, requests: 1 }],
  )
  const traced = await plant.field.client.call(configurationApi.trace, { params: { id: link }, body: {} })
  assert.ok(traced.outcome === 'read')
  // Modbus Messaging on TCP/IP §3.1.3 and Application Protocol §6.3: unit 1, three holding registers from 0.
  assert.match(traced.frames.find(({ way }) => way === 'sent')?.hex ?? '', /^[0-9a-f]{4}00000006010300000003$/)
  assert.match(traced.frames.find(({ way }) => way === 'received')?.hex ?? '', /^[0-9a-f]{4}000000090103060/)
  // A point five times a second and a heartbeat now and then: what a moment without other work shows.
  await until('its own count of values', async () => (await plant.stored('GW-1', 'samples_per_s')).some(({ v }) => (v ?? 0) > 5))
})

test('a device that is connected while the gateway runs is read at once, and the others’ link is not opened anew for another link', async () => {
  const other = await startModbusSimulator()
  try {
    other.unit(7).set({ address: 'holding:0', dataType: 'uint16' }, 77)
    const before = simulator.connections
    const second = await plant.addLink('线路二', other.port)
    await plant.addDevice('C-7', second, 7, table)
    const stored = await until('the new device', async () => {
      const samples = await plant.stored('C-7', 'count')
      return samples.length > 0 && samples
    })
    assert.equal(stored[0]?.v, 7.7)
    assert.equal(simulator.connections, before)
    // A link that is lost is said in the quality of its points.
    await other.stop()
    const lost = await until('bad quality', async () => (await plant.stored('C-7', 'count')).find(({ v }) => v === null))
    assert.equal(lost.quality, quality.badNoCommunication)
    await until('the report says why', async () => (await report())?.links.find(({ id }) => id === second)?.reason?.startsWith('modbus.'))
  } finally {
    await other.stop()
  }
})

test('a test read goes through the running link’s queue, and to a link that is not saved yet over a connection of its own', async () => {
  const place = { address: 'holding:1', dataType: 'float32' }
  const ask = (asked: { id: LinkId } | { protocol: string; connection: Record<string, string | number> }) =>
    plant.field.client.call(configurationApi.testRead, {
      params: { id: plant.gateway.id },
      body: { link: asked, unit: { unitId: 1 }, points: [{ name: 'temperature', place, valueType: 'number', scale: 10, offset: 1 }] },
    })
  const connections = simulator.connections
  const over = await ask({ id: link })
  assert.ok(over.outcome === 'read' && over.samples[0]?.quality === 'good', JSON.stringify(over))
  assert.ok(Math.abs(Number(over.samples[0].raw) - 23.4) < 1e-5 && Math.abs(Number(over.samples[0].value) - 235) < 1e-4)
  assert.equal(simulator.connections, connections)
  const apart = await ask({ protocol: 'modbus', connection: { host: '127.0.0.1', port: simulator.port } })
  assert.ok(apart.outcome === 'read' && apart.samples[0]?.quality === 'good', JSON.stringify(apart))
  assert.equal(simulator.connections, connections + 1)
  const nobody = await ask({ protocol: 'modbus', connection: { host: '127.0.0.1', port: 1 } })
  assert.deepEqual(nobody, { outcome: 'failed', reason: 'modbus.connectionRefused' })
})

test('a unit that falls silent is bad, rests, and slows nobody; it comes back by itself', async () => {
  await plant.addDevice('C-2', link, 2, table)
  await until('unit 2', async () => (await plant.stored('C-2', 'count')).length > 3)
  simulator.unit(2).silent = true
  const open = await until('its breaker opens', async () =>
    (await report())?.links[0]?.units.find(({ device, state }) => device === 'C-2' && (state === 'open' || state === 'halfOpen')),
  )
  assert.equal(open.reason, 'modbus.noAnswer')
  const asked = simulator.unit(2).requestCount
  const [from, cycles] = [served.length, 3_000 / 200]
  await sleep(3_000)
  assert.ok(simulator.unit(2).requestCount - asked <= 3, 'one probe per back-off')
  const read = served.length - from
  assert.ok(read >= cycles * 0.8, `${read} of ${cycles} readings of its neighbour`)
  const bad = (await plant.stored('C-2', 'count')).filter(({ v }) => v === null)
  assert.equal(bad[0]?.quality, quality.badTimeout)
  for (const [i, { at }] of bad.entries()) assert.ok(i === 0 || at - (bad[i - 1]?.at ?? 0) >= 3_000, 'said again by heartbeat only')
  simulator.unit(2).silent = false
  await until('good again', async () => (await plant.stored('C-2', 'count')).at(-1)?.v === 20)
})

test('what an OPC UA server sends is stored with its own time; away it is bad, back it is confirmed; nobody is read whom nobody trusts', async (t) => {
  const startMs = Date.UTC(2026, 0, 1)
  const server = await startOpcuaSimulator({
    nodes: ['speed', 'energy'].map((name) => ({ name, dataType: builtIn.double, value: 0, keeps: name === 'energy' ? 5_000 : 0 })),
    users: { anna: 'geheim' },
  })
  t.after(() => server.stop())
  server.set('speed', 7, { sourceMs: startMs })
  server.set('energy', 3, { sourceMs: startMs })
  const { client } = plant.field
  const connection = { host: '127.0.0.1', port: server.port, identity: 'userName', userName: 'anna', password: 'geheim' }
  const params = { id: plant.gateway.id }
  const made = await client.call(configurationApi.createLink, {
    params,
    body: { name: 'UA', protocol: 'opcua', connection, enabled: true },
  })
  const properties = [
    { name: 'speed', label: 'speed', labelEn: null, valueType: 'number' as const, unit: null, kind: 'instant' as const },
    { name: 'energy', label: 'energy', labelEn: null, valueType: 'number' as const, unit: null, kind: 'interval' as const },
  ]
  await client.call(devicesApi.createThingModel, {
    body: { code: 'ua', name: 'ua', nameEn: null, description: '', definition: { properties } },
  })
  const rows = properties.map(({ name }) => ({
    name,
    place: { address: name === 'energy' ? `nsu=${PLANT_URI};s={unit}gy` : `nsu=${PLANT_URI};s=${name}` },
    ...{ scale: 1, offset: 0, periodMs: 100, deadband: 0, access: 'r' as const },
  }))
  const table = await client.call(configurationApi.createPointTable, { body: { name: 'ua', protocol: 'opcua', modelCode: 'ua', rows } })
  const plate = { nameEn: null, maker: '', model: '', serial: '' }
  const { deviceId } = await client.call(configurationApi.connect, {
    body: {
      linkId: made.id,
      unit: { name: 'ener' },
      pointTableId: table.id,
      ...{ sourceTime: null, sequence: null },
      device: { code: 'U-1', name: 'U-1', ...plate, nodeId: plant.site },
    },
  })
  const linkNow = async () => (await report())?.links.find(({ id }) => id === made.id)
  const thumbprint = await until('an unknown certificate', async () => (await linkNow())?.details?.thumbprint)
  assert.deepEqual(
    (await plant.stored('U-1', 'speed')).filter(({ v }) => v !== null),
    [],
  )
  const { linkList } = await client.call(configurationApi.get, { params })
  const link = linkList.find(({ id }) => id === made.id)
  await client.call(configurationApi.updateLink, {
    params: { id: made.id },
    body: { version: link?.version ?? 0, name: 'UA', enabled: true, connection: { ...link?.connection, serverThumbprint: thumbprint } },
  })
  await until('the first values', async () => (await plant.stored('U-1', 'speed')).find(({ at, v }) => at === startMs && v === 7))
  server.set('speed', 8, { sourceMs: startMs + 1_000 })
  server.set('energy', 3, { sourceMs: startMs + 1_000 })
  await until('a repeated interval', async () => (await plant.stored('U-1', 'energy')).find(({ at }) => at === startMs + 1_000))
  const beforeMs = Date.now()
  server.cut()
  const bad = await until('no communication', async () =>
    (await plant.stored('U-1', 'speed')).find(({ at, quality: q }) => at >= beforeMs - 1_000 && q === quality.badNoCommunication),
  )
  const back = await until('confirmed', async () => (await plant.stored('U-1', 'speed')).find(({ at, v }) => at > bad.at && v === 8))
  assert.ok(back.at <= Date.now())
  const energy = (await plant.stored('U-1', 'energy')).filter(({ v }) => v !== null)
  assert.deepEqual(
    energy.map(({ at, v }) => [at, v]),
    [
      [startMs, 3],
      [startMs + 1_000, 3],
    ],
    'an interval stands once, at its own time',
  )
  const measure = (from: number, to: number) => {
    for (let i = from; i <= to; i++) for (const name of ['speed', 'energy']) server.set(name, i, { sourceMs: startMs + i * 1_000 })
  }
  const complete = async (to: number) => {
    const stored = (await plant.stored('U-1', 'energy')).filter(({ v, at }) => v !== null && at >= startMs + 2_000)
    return stored.length >= to - 1 && stored
  }
  const standing = async () => (await client.call(telemetryApi.devicePace, { params: { deviceId } })).pace?.standing
  await until('that its values hold', standing)
  server.pull(true)
  await until('that the cable is missed', async () => (await linkNow())?.state === 'failed')
  assert.equal(await standing(), false)
  measure(2, 1_500)
  server.pull(false)
  const filled = await until('the history of the time without a cable', () => complete(1_500))
  const expected = (to: number) => Array.from({ length: to - 1 }, (_, i) => [startMs + (i + 2) * 1_000, i + 2])
  assert.deepEqual(
    filled.map(({ at, v }) => [at, v]),
    expected(1_500),
  )
  assert.deepEqual(new Set(filled.slice(0, -1).map(({ quality: q }) => q)), new Set([quality.goodBackfill]))
  await gateway.kill('SIGTERM')
  measure(1_501, 2_000)
  gateway = await start()
  const both = await until('the history of the gateway’s own stop', () => complete(2_000))
  assert.deepEqual(
    both.map(({ at, v }) => [at, v]),
    expected(2_000),
  )
  const speeds = (await plant.stored('U-1', 'speed')).filter(({ v, at }) => v !== null && at < startMs + 3_000_000)
  assert.deepEqual(
    speeds.map(({ v }) => v),
    [7, 8, 1_500, 2_000],
    'of what the server does not keep the time without a link stays a gap',
  )
  const told = async () => (await client.call(configurationApi.log, { params, query: { limit: 200 } })).items.map(({ code }) => code)
  await until('the word of it', async () => {
    const codes = await told()
    return ['gateways.historyFilled', 'opcua.historyAbsent'].every((code) => codes.includes(code))
  })
})

test('the uplink is cut and mended: all of it arrives, live values first, the rest flagged as backfill', async () => {
  cable.pull()
  const cutAt = Date.now()
  const from = served.length
  await sleep(4_000)
  const mendedAt = Date.now()
  cable.putBack()
  await until('live values', async () => ((await plant.stored('C-1', 'count')).at(-1)?.at ?? 0) > mendedAt)
  const [first = 0, last = 0] = [served[from], served.at(-1)]
  const stored = await until('all of it', async () => {
    const samples = await plant.stored('C-1', 'count')
    return missingIn(samples, first, last).length === 0 && samples
  })
  assertEachOnce(stored, first, last)
  const flagged = stored.filter((sample) => sample.quality === quality.goodBackfill)
  const meanwhile = stored.filter(({ at }) => at > cutAt + 600 && at < mendedAt - 300)
  assert.ok(meanwhile.length >= 10)
  assert.ok(meanwhile.every((sample) => sample.quality === quality.goodBackfill))
  assert.ok(flagged.every(({ at }) => at <= Date.now() - 300))
})

test('SIGKILL while the uplink is away: what was committed arrives after a restart, which needs no platform to read the plant', async () => {
  cable.pull()
  await sleep(2_500)
  await gateway.kill('SIGKILL')
  const committed: { device: string; ts: number; values: Record<string, number> }[] = []
  for (const { items } of await batchesIn(join(dataDir, 'queue'))) committed.push(...JSON.parse(`[${items}]`))
  const mine = committed.filter(({ device, values }) => device === 'C-1' && values.count !== undefined)
  assert.ok(mine.length >= 8, `${mine.length}`)
  const connections = simulator.connections
  gateway = await start('http://127.0.0.1:1')
  await until('the plant is read from the kept configuration', () => simulator.connections > connections)
  cable.putBack()
  await until('what was committed', async () => {
    const stored = new Map((await plant.stored('C-1', 'count')).map(({ at, v }) => [at, v]))
    return mine.every(({ ts, values }) => stored.get(ts) === values.count)
  })
  const times = (await plant.stored('C-1', 'count')).map(({ at }) => at)
  assert.equal(new Set(times).size, times.length)
})

test('a batch that the platform will never take is set aside, in words on its page, and what was read goes on arriving', async () => {
  await gateway.kill('SIGKILL')
  const dir = join(dataDir, 'queue')
  const queue = await DiskQueue.open({ dir, limitBytes: 2 ** 30, memoryBytes: 2 ** 22, log: () => undefined })
  const items = Buffer.from(JSON.stringify({ device: 'C-1', ts: Date.now(), values: { count: 'x'.repeat(300_000) } }))
  const poison = await queue.commit({ items, samples: 1, oldestMs: Date.now(), live: false })
  await queue.close()
  const from = served.length
  gateway = await start()
  const set = await until('the quarantine', async () => {
    const quarantine = (await report())?.queue.quarantine
    return quarantine?.batches === 1 && quarantine
  })
  assert.deepEqual([set.samples, set.files, set.last?.reason], [1, 1, 'gateways.batchRefused'])
  const note = JSON.parse(readFileSync(join(dir, 'quarantine', `${String(poison?.number).padStart(15, '0')}.json`), 'utf8'))
  assert.deepEqual(note.details, { status: 413, code: 'request.tooLarge' })
  const last = served[from + 3] ?? served.at(-1) ?? 0
  await until('later values', async () => (await plant.stored('C-1', 'count')).some(({ v }) => Math.round((v ?? 0) * 10) > last))
  const { items: entries } = await plant.field.client.call(configurationApi.log, { params: { id: plant.gateway.id }, query: {} })
  assert.ok(entries.some(({ code }) => code === 'gateways.batchRefused'))
})

test('why a value is not good is told of each point: a dead slave, an absent address, a wrong type, a cut link, a gateway that is gone', async () => {
  const [line, other] = await Promise.all([startModbusSimulator({ missingUnit: 'silence' }), startModbusSimulator()])
  const { client } = plant.field
  try {
    const able = line.unit(5)
    able.set({ address: 'holding:0', dataType: 'uint16' }, 7)
    able.illegal = [{ table: 'holding', from: 500, until: 600 }]
    able.holding[10] = 0xab_cd
    other.unit(1).set({ address: 'holding:0', dataType: 'uint16' }, 1)
    const table = await plant.addTable('why', [
      { name: 'right', address: 'holding:0', periodMs: 200 },
      { name: 'absent', address: 'holding:500', periodMs: 200 },
      { name: 'mistyped', address: 'holding:10', dataType: 'bcd16', periodMs: 200 },
    ])
    const [lineId, otherId] = [
      await plant.addLink('问因一', line.port, { requestTimeoutMs: 200 }),
      await plant.addLink('问因二', other.port),
    ]
    const asked = {
      able: await plant.addDevice('W-5', lineId, 5, table),
      dead: await plant.addDevice('W-6', lineId, 6, table),
      cut: await plant.addDevice('W-1', otherId, 1, table),
    }
    const explain = async (device: keyof typeof asked, name = 'right') => {
      const { cause, reason, quality, since, source, shown } = await client.call(explanationApi.explainPoint, {
        params: { deviceId: asked[device], name },
      })
      const told = { cause, reason, quality, dated: since !== null && Math.abs(Date.now() - Date.parse(since)) < 60_000 }
      return { told, source, shown }
    }
    const becomes = (device: keyof typeof asked, name: string, cause: string) =>
      until(`${device} ${name}: ${cause}`, async () => {
        const { told, source, shown } = await explain(device, name)
        return told.cause === cause && { ...told, source, shown }
      })
    const dated = { dated: true }
    const bare = ({ source: _, shown: __, ...told }: Awaited<ReturnType<typeof becomes>>) => told
    assert.deepEqual(bare(await becomes('able', 'right', 'read')), { cause: 'read', reason: null, quality: null, dated: false })
    const absent = await becomes('able', 'absent', 'point')
    assert.deepEqual(bare(absent), { cause: 'point', reason: 'modbus.illegalAddress', quality: 'badIllegalAddress', ...dated })
    assert.deepEqual(
      [
        absent.source?.link.name,
        absent.source?.link.connection.port,
        absent.source?.unit,
        absent.source?.place?.address,
        absent.source?.periodMs,
      ],
      ['问因一', line.port, { unitId: 5 }, 'holding:500', 200],
    )
    const framesOf = ({ shown }: typeof absent) => shown?.frames.map(({ way, hex }) => `${way} ${hex.slice(4)}`)
    assert.deepEqual(absent.shown?.code, { name: 'modbus.exception', value: '2' })
    assert.deepEqual(framesOf(absent), ['sent 00000006050301f40001', 'received 00000003058302'])
    assert.ok(absent.shown?.frames.every(({ atMs }) => Math.abs(Date.now() - atMs) < 60_000))
    const { pace } = await client.call(telemetryApi.devicePace, { params: { deviceId: asked.able } })
    assert.deepEqual(pace, { everyMs: { right: 200, absent: 200, mistyped: 200 }, standing: null })
    const wrong = await becomes('able', 'mistyped', 'point')
    // Read together with its neighbour: the value that is no BCD stands in the answer.
    assert.match(framesOf(wrong)?.[1] ?? '', /^received .*abcd$/)
    const mistyped = bare(wrong)
    assert.deepEqual([mistyped.reason, mistyped.quality?.startsWith('bad'), mistyped.dated], ['modbus.notBcd', true, true])
    const dead = await becomes('dead', 'right', 'unit')
    assert.deepEqual(bare(dead), { cause: 'unit', reason: 'modbus.noAnswer', quality: null, ...dated })
    assert.match(framesOf(dead)?.join() ?? '', /^sent 0000000606030000000[1-9a-b],silence $/)
    await becomes('cut', 'right', 'read')
    await other.stop()
    const cut = bare(await becomes('cut', 'right', 'link'))
    assert.match(cut.reason ?? '', /^modbus\.connection(Lost|Refused)$/)
    await gateway.kill()
    // As if half a minute had gone by without a report.
    const postgres = await plant.field.postgres()
    await postgres.query("update gateways.report set received_at = received_at - interval '40 seconds' where gateway_id = $1", [
      plant.gateway.id,
    ])
    await postgres.end()
    for (const device of ['able', 'dead', 'cut'] as const)
      assert.deepEqual((await explain(device, 'absent')).told, { cause: 'gatewaySilent', reason: null, quality: null, ...dated })
  } finally {
    await Promise.all([line.stop(), other.stop()])
  }
})

test('a one-time code from the page makes the program the gateway: once, in words where not, secrets for its own eyes', async (t) => {
  await gateway.kill()
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-enrolled-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { client, platform } = plant.field
  const { code } = await client.call(enrolmentApi.createEnrolment, { params: { id: plant.gateway.id }, body: {} })
  const server = `https://localhost:${platform.secure.httpsPort}`
  const enrol = (args: string[], lang = 'zh_CN.UTF-8') =>
    spawnSync(process.execPath, [bundle.file, 'enrol', ...args, '--ca', files.caFile], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: lang },
    })
  const wrong = enrol([server, 'AAAA-AAAA-AAAA', '--folder', join(folder, 'wrong')])
  assert.deepEqual([wrong.status, wrong.stderr.trim()], [1, '平台没有接受：没有网关使用此登记码。请核对后重输，或在网关页面重新生成。'])
  assert.match(enrol(['http://192.0.2.1', code, '--folder', folder], 'en_GB.UTF-8').stderr, /not encrypted/)
  const done = enrol([server, code.toLowerCase(), '--folder', folder])
  assert.deepEqual([done.status, done.stderr], [0, ''])
  assert.ok(
    done.stdout.includes(`已登记为 ${plant.gateway.user}`) &&
      !done.stdout.includes(readFileSync(join(folder, 'gateway.secret'), 'utf8').trim()),
  )
  for (const name of ['gateway.json', 'gateway.secret']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.match(enrol([server, code, '--folder', folder]).stderr, /已登记过/)
  const again = enrol([server, code, '--folder', join(folder, 'second')], 'C')
  assert.match(again.stderr, /This code was used already/)
  const pagePort = await freePort()
  const child = spawn(process.execPath, [bundle.file, '--config', join(folder, 'gateway.json')], {
    stdio: 'ignore',
    env: { ...process.env, LIANSHU_GATEWAY_PAGE_PORT: String(pagePort) },
  })
  t.after(() => child.kill('SIGKILL'))
  const since = Date.now()
  await until('it reports', async () => ((await report())?.startedAtMs ?? 0) >= since - 1_000)
  const page = await (await fetch(`http://127.0.0.1:${pagePort}/`)).text()
  assert.ok(page.includes(plant.gateway.user) && page.includes('已连接，自') && page.includes('C-1'), page)
  assert.ok(!page.includes(readFileSync(join(folder, 'gateway.secret'), 'utf8').trim()))
  const old = await fetch(`${platform.address}/api/gateways/wire/config`, {
    headers: { authorization: `Basic ${Buffer.from(`${plant.gateway.user}:${plant.gateway.secret}`).toString('base64')}` },
  })
  assert.equal(old.status, 401, 'what it had before is over')
})
