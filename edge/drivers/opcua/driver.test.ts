import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#embedded/ports.ts'
import { systemClock } from '../../clock.ts'
import { type HistoryPage, LinkLost, type Sample } from '../driver.ts'
import { driverContract, SILENT_AFTER_MS } from '../test-contract.ts'
import { builtIn } from './codec.ts'
import { type OpcuaPlace, opcua } from './config.ts'
import { makeOpcuaDriver } from './driver.ts'
import { PLANT_URI, type SimulatedNode, startOpcuaSimulator } from './simulator.ts'

const never = new AbortController().signal
const unit = { name: '' }
const folder = mkdtempSync(join(tmpdir(), 'lianshu-opcua-test-'))

const place = (name: string, more: object = {}): OpcuaPlace => opcua.place.parse({ address: `nsu=${PLANT_URI};s=${name}`, ...more })
const settings = (port: number, more: object = {}) =>
  opcua.connection.parse({ host: '127.0.0.1', port, security: 'none', requestTimeoutMs: 10_000, connectTimeoutMs: 10_000, ...more })

const nodes: SimulatedNode[] = [
  { name: 'flag', dataType: builtIn.boolean, value: true },
  { name: 'small', dataType: builtIn.sByte, value: -5 },
  { name: 'short', dataType: builtIn.uint16, value: 65_000 },
  { name: 'long', dataType: builtIn.int64, value: [0xffff_ffff, 0xffff_fffe] },
  { name: 'huge', dataType: builtIn.uint64, value: [0x8000_0000, 1] },
  { name: 'float', dataType: builtIn.float, value: 20.1 },
  { name: 'double', dataType: builtIn.double, value: 1.5 },
  { name: 'text', dataType: builtIn.string, value: '压铸1号' },
  { name: 'row', dataType: builtIn.double, value: new Float64Array([1, 2, 3]), array: true },
]
const kept = ['kept', 'keptToo'].map((name): SimulatedNode => ({ name, dataType: builtIn.double, value: 0, keeps: 5_000 }))
const many = Array.from({ length: 250 }, (_, i): SimulatedNode => ({ name: `n${i}`, dataType: builtIn.double, value: i }))
const simulator = await startOpcuaSimulator({
  nodes: [...nodes, ...kept, ...many],
  methods: [
    {
      name: 'start',
      inputs: [
        { name: 'recipe', dataType: builtIn.uint16 },
        { name: 'speed', dataType: builtIn.double },
        { name: 'note', dataType: builtIn.string },
      ],
    },
    { name: 'stop', inputs: [] },
    { name: 'locked', inputs: [], status: 'BadInvalidState' },
    { name: 'broken', inputs: [], status: 'BadInternalError' },
    { name: 'endless', inputs: [], hangs: true },
  ],
  before: ['urn:somebody:new', 'urn:another'],
  users: { anna: 'geheim' },
  maxNodesPerRead: 10,
  maxMonitoredItemsPerCall: 10,
})
const nothing = await freePort()
after(async () => {
  await simulator.stop()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  simulator.silence(false)
  simulator.cut()
})

driverContract<{ name: string }, OpcuaPlace>({
  protocol: 'opcua',
  folder: import.meta.dirname,
  driver: () => makeOpcuaDriver(settings(simulator.port, { requestTimeoutMs: SILENT_AFTER_MS }), systemClock, folder),
  driverOfNothing: () => makeOpcuaDriver(settings(nothing), systemClock, folder),
  async start() {
    for (const { name, value } of nodes) simulator.set(name, value)
    return {
      unit,
      good: [
        { place: place('flag'), value: true },
        { place: place('small'), value: -5 },
        { place: place('short'), value: 65_000 },
        { place: place('long'), value: -2n },
        { place: place('huge'), value: 2n ** 63n + 1n },
        { place: place('float'), value: 20.1 },
        { place: place('double'), value: 1.5 },
        { place: place('text'), value: '压铸1号' },
        { place: place('row', { index: 1 }), value: 2 },
      ],
      bad: place('nothing of that name'),
      badBy: { code: { name: 'opcua.statusCode', value: '0x80340000 BadNodeIdUnknown' }, answer: undefined },
      writes: [
        { place: place('flag'), value: false },
        { place: place('short'), value: 7 },
        { place: place('long'), value: -(2n ** 61n) - 1n },
        { place: place('float'), value: -0.25 },
        { place: place('text'), value: '2号机' },
      ],
      silence: simulator.silence,
      cut: simulator.cut,
      connections: simulator.connections,
    }
  },
})

async function connected(t: TestContext, connection: object = {}) {
  const driver = makeOpcuaDriver(settings(simulator.port, connection), systemClock, folder)
  t.after(() => driver.close())
  await driver.connect(never)
  return driver
}

const lossOf = async (call: Promise<unknown>): Promise<LinkLost> => {
  const error = await call.then(
    () => undefined,
    (found: unknown) => found,
  )
  assert.ok(error instanceof LinkLost, `a lost link was expected: ${String(error)}`)
  return error
}

test('a server is trusted by nobody until its thumbprint is confirmed, in every security policy; another certificate is refused', async () => {
  const connect = (more: object) => makeOpcuaDriver(settings(simulator.port, { security: 'signAndEncrypt', ...more }), systemClock, folder)
  const unknown = await lossOf(connect({}).connect(never))
  assert.equal(unknown.reason, 'opcua.certificateUnknown')
  const { thumbprint = '' } = unknown.details
  assert.match(thumbprint, /^[0-9A-F]{64}$/)
  const other = thumbprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
  assert.equal((await lossOf(connect({ serverThumbprint: other }).connect(never))).reason, 'opcua.certificateChanged')
  const signIn = { serverThumbprint: thumbprint, identity: 'userName', userName: 'anna', password: 'geheim' }
  for (const [security, policy] of [
    ['signAndEncrypt', 'Basic256Sha256'],
    ['signAndEncrypt', 'Aes128_Sha256_RsaOaep'],
    ['signAndEncrypt', 'Aes256_Sha256_RsaPss'],
    ['sign', 'Basic256Sha256'],
  ]) {
    const driver = connect({ ...signIn, security, policy })
    await driver.connect(never)
    const [sample] = await driver.read({ unit, points: [{ id: 1, place: place('double') }] }, never)
    assert.equal(sample?.value, 1.5, `${security} ${policy}`)
    await driver.close()
  }
  assert.equal((await lossOf(connect({ ...signIn, password: 'wrong' }).connect(never))).reason, 'opcua.identityRefused')
  const byCertificate = connect({ serverThumbprint: thumbprint, identity: 'certificate', userCertificate: 'anna' })
  assert.equal((await lossOf(byCertificate.connect(never))).reason, 'opcua.userFilesMissing')
  mkdirSync(join(folder, 'users'))
  copyFileSync(join(folder, 'own/certificate.pem'), join(folder, 'users/anna.pem'))
  copyFileSync(join(folder, 'own/private_key.pem'), join(folder, 'users/anna.key'))
  await byCertificate.connect(never)
  await byCertificate.close()
  assert.equal(statSync(join(folder, 'own/private_key.pem')).mode & 0o077, 0)
})

test('a connection that is given up at any moment leaves nothing behind, and the next one works', async (t) => {
  for (const afterMs of [0, 1, 5, 20, 50]) {
    const stopping = new AbortController()
    const driver = makeOpcuaDriver(settings(simulator.port, { security: 'sign', serverThumbprint: 'AB'.repeat(32) }), systemClock, folder)
    const connecting = driver.connect(stopping.signal)
    setTimeout(() => stopping.abort(new Error('stopped')), afterMs)
    await assert.rejects(connecting)
    await driver.close()
  }
  await connected(t)
})

test('a point map outlives a server that numbers its namespaces anew; by index it would read something else', async (t) => {
  const driver = await connected(t)
  const points = [
    { id: 1, place: place('double') },
    { id: 2, place: opcua.place.parse({ address: 'ns=2;s=double' }) },
    { id: 3, place: opcua.place.parse({ address: 'nsu=urn:gone;s=double' }) },
  ]
  const samples = await driver.read({ unit, points }, never)
  const told = samples.toSorted((a, b) => a.point - b.point).map(({ value, reason }) => [value, reason])
  assert.deepEqual(told, [
    [1.5, undefined],
    [null, 'opcua.nodeUnknown'],
    [null, 'opcua.namespaceUnknown'],
  ])
})

test('what the server declares of its limits is kept to, in reading and in subscribing', async (t) => {
  const driver = await connected(t)
  const points = many.slice(0, 25).map(({ name }, id) => ({ id, place: place(name) }))
  const before = simulator.requests('ReadRequest')
  const samples = await driver.read({ unit, points }, never)
  assert.deepEqual([samples.filter(({ quality }) => quality === 'good').length, simulator.requests('ReadRequest') - before], [25, 3])
  const monitored = simulator.requests('CreateMonitoredItemsRequest')
  const subscriptions = simulator.requests('CreateSubscriptionRequest')
  const taken: Sample[] = []
  const left = await driver.subscribe?.({ unit, points, periodMs: 50 }, { take: (s) => taken.push(...s), lost: () => undefined }, never)
  assert.deepEqual([left, simulator.requests('CreateMonitoredItemsRequest') - monitored], [[], 3])
  await until(() => taken.length >= 25)
  const others = many.slice(25, 30).map(({ name }, id) => ({ id, place: place(name) }))
  await driver.subscribe?.(
    { unit: { name: 'another' }, points: others, periodMs: 50 },
    { take: (s) => taken.push(...s), lost: () => undefined },
    never,
  )
  await until(() => taken.length >= 30)
  assert.equal(simulator.requests('CreateSubscriptionRequest') - subscriptions, 1, 'devices of one period share a subscription')
})

test('changes come with the source’s own stamp and status; repeats of a value by the time stamp; a broken link is told at once', async (t) => {
  const driver = await connected(t, { queueSize: 100, samplingMs: 0 })
  const taken: Sample[] = []
  let lost: LinkLost | undefined
  const points = [
    { id: 1, place: place('double') },
    { id: 2, place: place('float', { trigger: 'value', deadbandKind: 'absolute', deadbandValue: 5 }) },
    { id: 3, place: place('nothing') },
    { id: 4, place: place('row') },
  ]
  const subscriber = {
    take: (samples: Sample[]) => void taken.push(...samples),
    lost: (error: LinkLost) => {
      lost = error
    },
  }
  assert.deepEqual(await driver.subscribe?.({ unit, points, periodMs: 100 }, subscriber, never), [3])
  await until(() => taken.length >= 3)
  assert.deepEqual(taken.find(({ point }) => point === 4)?.reason, 'opcua.arrayNotRead')
  taken.length = 0
  const start = Date.UTC(2018, 0, 1)
  for (let i = 1; i <= 20; i++) {
    simulator.set('double', 7, { sourceMs: start + i * 900_000 })
    simulator.set('float', i)
    // So that the server looks at each of them.
    if (i % 5 === 0) await sleep(10)
  }
  simulator.set('double', 7, { sourceMs: start + 21 * 900_000, status: 'UncertainLastUsableValue' })
  await until(() => taken.some(({ quality }) => quality === 'uncertainLastKnown'))
  const rows = taken.filter(({ point }) => point === 1)
  assert.deepEqual(
    rows.map(({ sourceMs }) => sourceMs),
    Array.from({ length: 21 }, (_, i) => start + (i + 1) * 900_000),
  )
  assert.ok(rows.every(({ value }) => value === 7))
  const floats = taken.filter(({ point }) => point === 2).map(({ value }) => Number(value))
  assert.ok(floats.length > 0 && floats.length <= 4, `the dead-band lets ${floats} through`)
  simulator.cut()
  await until(() => lost !== undefined)
  assert.equal(lost?.reason, 'opcua.connectionLost')
  assert.equal((await lossOf(driver.read({ unit, points }, never))).reason, 'opcua.connectionLost')
})

test('a server whose clock is an hour ahead is read all the same, its stamps are not taken', async (t) => {
  const driver = await connected(t)
  simulator.set('short', 3, { sourceMs: Date.now() + 3_600_000 })
  const [sample] = await driver.read({ unit, points: [{ id: 1, place: place('short') }] }, never)
  assert.deepEqual(
    [sample?.value, sample?.quality, sample?.sourceMs, sample?.reason],
    [3, 'uncertainClock', undefined, 'opcua.clockDoubted'],
  )
})

test('the server’s nodes are browsed page by page, and one that can be no point says why', async (t) => {
  const driver = await connected(t)
  const page = async (at: string | null, cursor?: string) => {
    const found = await driver.browse?.(at, cursor, never)
    assert.ok(found && 'nodes' in found)
    return found
  }
  const machine = (await page(null)).nodes.find(({ name }) => name === 'Machine')
  assert.equal(machine?.place, null)
  const first = await page(machine?.at ?? '')
  const second = await page(machine?.at ?? '', first.cursor)
  const all = [...first.nodes, ...second.nodes]
  assert.deepEqual([first.nodes.length, all.length, second.cursor], [200, nodes.length + kept.length + 250 + 5, undefined])
  // What the server does not show is not taken for an empty folder.
  assert.deepEqual(await driver.browse?.(machine?.at ?? '', first.cursor, never), { refused: 'opcua.pageGone' })
  assert.deepEqual(await driver.browse?.('ns=1;s=nothing', undefined, never), { refused: 'opcua.nodeUnknown' })
  assert.deepEqual(await driver.browse?.('nsu=urn:gone;s=x', undefined, never), { refused: 'opcua.namespaceUnknown' })
  const row = all.find(({ name }) => name === 'row')
  assert.deepEqual([row?.reason, row?.dataType, row?.at], ['opcua.arrayNotRead', 'Double', `nsu=${PLANT_URI};s=row`])
  const double = all.find(({ name }) => name === 'double')
  assert.deepEqual([double?.step, double?.type, double?.writable], [`nsu=${PLANT_URI};double`, 'BaseDataVariableType', true])
  const [start, stop] = ['start', 'stop'].map((name) => all.find((node) => node.name === name))
  assert.deepEqual(start?.method?.inputs, [
    { name: 'recipe', dataType: 'UInt16' },
    { name: 'speed', dataType: 'Double' },
    { name: 'note', dataType: 'String' },
  ])
  assert.deepEqual([stop?.method, stop?.hasChildren, stop?.dataType], [{ inputs: [] }, false, undefined])
  assert.deepEqual(start?.place, opcua.place.parse({ address: `nsu=${PLANT_URI};s=Machine`, method: `nsu=${PLANT_URI};s=start` }))
})

test('a point is found by browse names from the node that its unit says: read, watched, written, called, and asked for again where it is not', async (t) => {
  const driver = await connected(t)
  const below = (...names: string[]) => names.map((name) => `/nsu=${PLANT_URI};${name}`).join('')
  const byPath = (path: string, more: object = {}) => opcua.place.parse({ address: '{unit}', path, ...more })
  const objects = { name: 'i=85' }
  simulator.set('double', 2.5)
  simulator.set('short', 12)
  const points = [
    byPath(below('Machine', 'double')),
    byPath(below('Machine', 'nothing')),
    byPath('/nsu=urn:gone;Machine'),
    byPath(below('Machine', 'short')),
  ].map((place, id) => ({ id, place }))
  const before = simulator.requests('TranslateBrowsePathsToNodeIdsRequest')
  const read = async (name: { name: string }) => (await driver.read({ unit: name, points }, never)).sort((a, b) => a.point - b.point)
  const told = [
    [2.5, undefined],
    [null, 'opcua.pathUnknown'],
    [null, 'opcua.namespaceUnknown'],
    [12, undefined],
  ]
  for (let n = 0; n < 3; n++)
    assert.deepEqual(
      (await read(objects)).map(({ value, reason }) => [value, reason]),
      told,
    )
  assert.equal(simulator.requests('TranslateBrowsePathsToNodeIdsRequest') - before, 1, 'what was found is not asked for again')

  const taken: Sample[] = []
  const subscriber = { take: (samples: Sample[]) => void taken.push(...samples), lost: () => undefined }
  const left = await driver.subscribe?.({ unit: objects, points, periodMs: 100 }, subscriber, never)
  assert.deepEqual(left?.sort(), [1, 2])
  await until(() => taken.some(({ point, value }) => point === 0 && value === 2.5))

  const machine = { name: `nsu=${PLANT_URI};s=Machine` }
  const [written] = (await driver.write?.([{ unit: machine, point: { id: 9, place: byPath(below('double')) }, value: 4.5 }], never)) ?? []
  assert.deepEqual(written, { kind: 'done', readBack: 4.5 })
  const method = `nsu=${PLANT_URI};s=stop`
  assert.equal((await driver.call?.({ unit: objects, place: byPath(below('Machine'), { method }), arguments: [] }, never))?.kind, 'done')
  assert.equal(
    (await driver.call?.({ unit: machine, place: opcua.place.parse({ address: '{unit}', method }), arguments: [] }, never))?.kind,
    'done',
  )
  const lost = await driver.call?.({ unit: objects, place: byPath(below('Nobody'), { method }), arguments: [] }, never)
  assert.deepEqual(lost, { kind: 'refused', reason: 'opcua.pathUnknown' })
})

test('what the server kept between two stamps comes page by page, each value once, and a node without history says so', async (t) => {
  const driver = await connected(t)
  const at = (i: number) => Date.UTC(2024, 0, 1) + i * 1_000
  for (let i = 0; i < 2_500; i++) for (const { name } of kept) simulator.set(name, i, { sourceMs: at(i) })
  const points = ['kept', 'keptToo', 'double', 'nothing'].map((name, id) => ({
    id,
    place: place(name),
    afterMs: at(99),
    beforeMs: at(name === 'keptToo' ? 2_400 : 2_300),
  }))
  const pages: HistoryPage[] = []
  for await (const page of driver.history?.({ unit, points }, never) ?? []) pages.push(page)
  const values = (id: number) => pages.flatMap(({ samples }) => samples.filter(({ point }) => point === id))
  const numbers = (to: number) => Array.from({ length: to - 100 }, (_, i) => i + 100)
  for (const [id, to] of [
    [0, 2_300],
    [1, 2_400],
  ] as const) {
    assert.deepEqual(
      values(id).map(({ value }) => value),
      numbers(to),
    )
    assert.deepEqual(
      values(id).map(({ sourceMs }) => sourceMs),
      numbers(to).map(at),
    )
  }
  assert.ok(pages.every(({ samples }) => samples.length <= 3_000) && pages.length >= 6)
  assert.deepEqual(
    pages.flatMap(({ refused }) => refused),
    [
      { point: 2, reason: 'opcua.historyAbsent' },
      { point: 3, reason: 'opcua.historyFailed' },
    ],
  )
  // Left early, the server may forget where it stood; the session goes on.
  const pagesLeft = driver.history?.({ unit, points }, never)
  assert.equal((await pagesLeft?.next())?.done, false)
  const before = simulator.requests('HistoryReadRequest')
  await pagesLeft?.return()
  assert.equal(simulator.requests('HistoryReadRequest') - before, 1)
  assert.equal((await driver.read({ unit, points: points.slice(0, 1) }, never))[0]?.value, 2_499)
})

async function until(done: () => boolean): Promise<void> {
  for (let waitedMs = 0; !done(); waitedMs += 20) {
    assert.ok(waitedMs < 20_000, 'it did not come within 20 s')
    await sleep(20)
  }
}

test('a method is called once, its arguments in the types that the server declares; refused with the status, or unknown', async (t) => {
  const driver = await connected(t, { requestTimeoutMs: 3_000 })
  const call = (name: string, ...given: (number | boolean | string)[]) =>
    driver.call?.({ unit, place: place('Machine', { method: `nsu=${PLANT_URI};s=${name}` }), arguments: given }, never)
  assert.deepEqual(await call('start', 7, 1.5, '压铸'), { kind: 'done', results: [8.5] })
  assert.deepEqual(simulator.calls('start'), [[7, 1.5, '压铸']])
  assert.deepEqual(await call('stop'), { kind: 'done', results: [0] })
  assert.deepEqual(await call('start', 7), {
    kind: 'refused',
    reason: 'opcua.argumentCount',
    details: { expected: '3', given: '1' },
  })
  assert.deepEqual(await call('start', 70_000, 1.5, ''), { kind: 'refused', reason: 'opcua.argumentType', details: { argument: 'recipe' } })
  assert.deepEqual(await call('start', 7, 'fast', ''), { kind: 'refused', reason: 'opcua.argumentType', details: { argument: 'speed' } })
  assert.equal(simulator.calls('start').length, 1, 'what does not fit is not sent')
  assert.deepEqual(await call('locked'), { kind: 'refused', reason: 'opcua.callNotNow', details: { status: '0x80AF0000 BadInvalidState' } })
  assert.deepEqual(await call('broken'), {
    kind: 'unknown',
    reason: 'opcua.callMayHaveActed',
    details: { status: '0x80020000 BadInternalError' },
  })
  const absent = await call('nothing of that name')
  assert.deepEqual(absent, { kind: 'refused', reason: 'opcua.methodUnknown', details: { status: '0x80750000 BadMethodInvalid' } })
  const value = await driver.call?.({ unit, place: place('float'), arguments: [] }, never)
  assert.deepEqual(value, { kind: 'refused', reason: 'opcua.wrongPlace' })
  // It got there and its answer does not come: whether it ran nobody can say, and it is not sent again.
  assert.deepEqual(await call('endless'), { kind: 'unknown', reason: 'opcua.noAnswer' })
  assert.equal(simulator.calls('endless').length, 1)
})
